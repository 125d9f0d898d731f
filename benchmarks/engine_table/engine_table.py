#!/usr/bin/env python3
"""Measures memgov's engines beside plain glibc and plain mimalloc, and writes the table of docs/engines.md."""

import argparse
import datetime
import json
import pathlib
import sys

BENCHMARKS = pathlib.Path(__file__).resolve().parent.parent
sys.path[1:1] = [str(BENCHMARKS / "engine_choice"), str(BENCHMARKS / "micro")]

import allocators
import engine_choice
import engines
import measures
import stages
import table

RUNS, SECONDS = 3, 4.0


class Parser(argparse.ArgumentParser):
    """One line says what is wrong."""

    def error(self, message):
        print(f"engine_table: {message}", file=sys.stderr)
        sys.exit(2)


def parse_arguments(arguments=None):
    parser = Parser(description=__doc__)
    parser.add_argument(
        "--build", required=True, type=pathlib.Path, help="build folder, such as build/release"
    )
    parser.add_argument("--out", required=True, type=pathlib.Path, help="folder for the figures")
    parser.add_argument(
        "--page", type=pathlib.Path, help="page whose table to rewrite (default: one in --out)"
    )
    parser.add_argument("--runs", type=engine_choice.whole(1, 100), help=f"interleaved runs (default {RUNS})")
    parser.add_argument(
        "--seconds", type=engine_choice.seconds, help=f"length of a load (default {SECONDS:g})"
    )
    parser.add_argument("--quick", action="store_true", help="a trial: short; never written to --page")
    parser.add_argument(
        "--mimalloc-3", type=pathlib.Path, help="libmimalloc.so.3, if not beside the build folder"
    )
    parser.add_argument("--check", action="store_true", help="only look at these arguments, before a build")
    chosen = parser.parse_args(arguments)
    chosen.runs = chosen.runs or (1 if chosen.quick else RUNS)
    chosen.seconds = chosen.seconds or (1.0 if chosen.quick else SECONDS)
    if chosen.mimalloc_3 and not chosen.mimalloc_3.is_file():
        parser.error(f"--mimalloc-3: no file {chosen.mimalloc_3}")
    if not chosen.check and not chosen.build.is_dir():
        parser.error(f"--build: no folder {chosen.build}")
    if chosen.page and chosen.page.is_file():
        try:
            table.replaced(chosen.page.read_text(), "")
        except ValueError as problem:
            parser.error(f"--page: {chosen.page}: {problem}")
    return chosen


def command_of(arguments):
    """What the user said, for the page: without the folders that setup.sh adds."""
    words = ["./setup.sh engines"]
    if arguments.runs != RUNS:
        words.append(f"--runs {arguments.runs}")
    if arguments.seconds != SECONDS:
        words.append(f"--seconds {arguments.seconds:g}")
    return " ".join(words)


def write(arguments, facts, measured):
    document = {
        **facts,
        "bars": [
            {"what": what, "passed": passed, "text": text} for what, passed, text in table.verdicts(measured)
        ],
        "measured": {
            key: engine_choice.without_samples(value) if value and "results" in value else value
            for key, value in measured.items()
        },
    }
    (arguments.out / "engine-table.json").write_text(json.dumps(document, indent=1) + "\n")
    target = arguments.out / "engine-table.md"
    if arguments.page and not arguments.quick:
        target = arguments.page
    before = target.read_text() if target.is_file() else f"{table.BEGIN}\n{table.END}\n"
    target.write_text(table.replaced(before, table.body(facts, measured)))
    print(f"figures: {arguments.out / 'engine-table.json'}\npage:    {target}")


def main():
    arguments = parse_arguments()
    if arguments.check:
        return 0
    arguments.out.mkdir(parents=True, exist_ok=True)
    build = arguments.build.resolve()
    library = arguments.mimalloc_3 or engines.find_library(build)
    rows = engines.candidates(allocators.all_allocators(build), library and library.resolve())
    facts = {
        "date": datetime.date.today().isoformat(),
        "command": command_of(arguments),
        "machine": stages.machine(),
        "runs": arguments.runs,
        "seconds": arguments.seconds,
    }
    bench = measures.Bench(build, arguments.out.resolve(), arguments, rows)
    measured, facts["failures"] = measures.measure(bench)
    write(arguments, facts, measured)
    for what, passed, text in table.verdicts(measured):
        print(f"  {'-' if passed is None else 'pass' if passed else 'MISS':4}  {what}: {text}")
    return 1 if facts["failures"] else 0


if __name__ == "__main__":
    sys.exit(main())
