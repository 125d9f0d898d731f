#!/usr/bin/env python3
"""Compares memgov's engines and the installed peers on every load, and says which bars each engine passes."""

import argparse
import datetime
import json
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "micro"))

import bars
import figures
import page
import stages


class Parser(argparse.ArgumentParser):
    """One line says what is wrong."""

    def error(self, message):
        print(f"engine_choice: {message}", file=sys.stderr)
        sys.exit(2)


def whole(least, most):
    def parse(text):
        if not text.isdecimal() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"'{text}' is not a whole number from {least} to {most}")
        return int(text)

    return parse


def seconds(text):
    try:
        value = float(text)
    except ValueError:
        value = 0
    if not 0.5 <= value <= 3600:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number of seconds from 0.5 to 3600")
    return value


def _stage_list(text):
    names = text.split(",")
    unknown = [name for name in names if name not in stages.STAGES]
    if unknown:
        raise argparse.ArgumentTypeError(f"no stage '{unknown[0]}'; there are {', '.join(stages.STAGES)}")
    return names


def parse_arguments(arguments=None):
    parser = Parser(description=__doc__)
    parser.add_argument(
        "--build", required=True, type=pathlib.Path, help="build folder, such as build/release"
    )
    parser.add_argument("--out", required=True, type=pathlib.Path, help="folder for the figures")
    parser.add_argument(
        "--page", type=pathlib.Path, help="page to write the tables into (default: one in --out)"
    )
    parser.add_argument(
        "--runs", type=whole(1, 100), help="interleaved runs of everything (default 5; --quick: 1)"
    )
    parser.add_argument("--seconds", type=seconds, help="length of each load (default 10; --quick: 1)")
    parser.add_argument(
        "--quick", action="store_true", help="a trial: short, few figures; never written to --page"
    )
    parser.add_argument(
        "--allocators", type=lambda text: text.split(","), help="only these: glibc,memgov-arena,..."
    )
    parser.add_argument(
        "--stages", type=_stage_list, default=list(stages.STAGES), help=f"of {','.join(stages.STAGES)}"
    )
    parser.add_argument("--check", action="store_true", help="only look at these arguments, before a build")
    chosen = parser.parse_args(arguments)
    chosen.runs = chosen.runs or (1 if chosen.quick else 5)
    chosen.seconds = chosen.seconds or (1.0 if chosen.quick else 10.0)
    if not chosen.check and not chosen.build.is_dir():
        parser.error(f"--build: no folder {chosen.build}")
    return chosen


def measure(bench, wanted):
    measured = {}
    failures = []
    began = time.monotonic()
    for number, name in enumerate(wanted):
        minutes = (time.monotonic() - began) / 60
        stages.say(f"\n== [{number + 1}/{len(wanted)}] {name} [{minutes:.0f} min so far]")
        try:
            measured[name] = stages.STAGES[name](bench, measured)
        except stages.StageFailed as failure:
            measured[name] = None
            failures.append(f"{name}: {failure}")
            stages.say(f"engine_choice: {failures[-1]}")
    return measured, failures


def readable(measured):
    """The reports as the bars read them."""
    loads = {key: figures.Load(measured[key]) for key in page.LOAD_TITLES if measured.get(key)}
    micro = {"micro": figures.Micro(measured["micro"])} if measured.get("micro") else {}
    return {**measured, **loads, **micro}


def without_samples(report):
    """A load's report without the series that only charts need."""
    results = [
        {
            **result,
            "runs": [
                {key: value for key, value in run.items() if key != "rss_bytes_by_second"}
                for run in result["runs"]
            ],
        }
        for result in report["results"]
    ]
    live = {key: value for key, value in (report["live"] or {}).items() if key != "requested_bytes_by_second"}
    return {**report, "results": results, "live": live or None}


def print_verdicts(verdicts, gate, names):
    for bar in bars.BARS:
        print(f"\n{bar.what} ({bar.limit})")
        for name in names:
            verdict = verdicts[bar.key][name]
            print(f"  {page.WORDS[verdict.passed]:4}  {name:16} {verdict.text}")
    words = {True: "passed", False: "missed", None: "open"}
    print(f"\nthe gate for {bars.CANDIDATE}: {words[gate.passed]}: {gate.text}")


def write(arguments, facts, measured, verdicts, gate, names):
    document = {
        **facts,
        "bars": {
            key: {name: {"passed": verdict.passed, "text": verdict.text} for name, verdict in row.items()}
            for key, row in verdicts.items()
        },
        "gate": {"passed": gate.passed, "text": gate.text},
        "measured": {
            key: without_samples(value) if key in page.LOAD_TITLES and value else value
            for key, value in measured.items()
        },
    }
    (arguments.out / "engine-choice.json").write_text(json.dumps(document, indent=1) + "\n")
    target = arguments.out / "engine-choice.md"
    if arguments.page and not arguments.quick:
        target = arguments.page
    before = target.read_text() if target.is_file() else page.PREFACE
    target.write_text(page.replaced(before, page.body(facts, measured, verdicts, gate, names)))
    print(f"\nfigures: {arguments.out / 'engine-choice.json'}\npage:    {target}")


def check_page(target):
    """Better known now than after an hour of measuring."""
    if target and target.is_file():
        try:
            page.replaced(target.read_text(), "")
        except ValueError as problem:
            raise SystemExit(f"engine_choice: {target}: {problem}") from problem


def main():
    arguments = parse_arguments()
    check_page(arguments.page)
    if arguments.check:
        return 0
    arguments.out.mkdir(parents=True, exist_ok=True)
    facts = {
        "date": datetime.date.today().isoformat(),
        "command": " ".join(["./setup.sh engine-choice", *said_by_the_user()]),
        "machine": stages.machine(),
        "runs": arguments.runs,
        "seconds": arguments.seconds,
    }
    bench = stages.Bench(
        arguments.build.resolve(),
        arguments.out.resolve(),
        arguments.runs,
        arguments.seconds,
        arguments.quick,
        arguments.allocators,
    )
    measured, facts["failures"] = measure(bench, arguments.stages)
    names = [each.name for each in bench.ours()]
    verdicts = bars.judge(readable(measured), names)
    gate = bars.gate(verdicts)
    print_verdicts(verdicts, gate, names)
    write(arguments, facts, measured, verdicts, gate, names)
    return 1 if facts["failures"] else 0


def said_by_the_user():
    """The arguments without the folders that setup.sh adds."""
    said = []
    skip = False
    for argument in sys.argv[1:]:
        if skip:
            skip = False
        elif argument in ("--build", "--out", "--page"):
            skip = True
        else:
            said.append(argument)
    return said


if __name__ == "__main__":
    sys.exit(main())
