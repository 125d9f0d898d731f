#!/usr/bin/env python3
"""Runs the micro benchmarks under every allocator, interleaved, and prints each one's time against glibc's."""

import argparse
import json
import math
import pathlib
import statistics
import subprocess
import sys

import allocators


def run_once(program, allocator, arguments):
    """{benchmark: nanoseconds per iteration} of one run."""
    command = [
        str(program),
        "--benchmark_format=json",
        f"--benchmark_min_time={arguments.min_time}",
        f"--benchmark_filter={arguments.filter}",
    ]
    done = subprocess.run(
        command,
        env=allocator.environment(),
        stdin=subprocess.DEVNULL,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    if done.returncode != 0:
        raise SystemExit(f"{allocator.name}: exit status {done.returncode}\n{done.stderr[-2000:]}")
    # Several threads, or another one at work: the wall clock is what counts.
    return {
        entry["name"]: entry["real_time" if "real_time" in entry["name"] else "cpu_time"]
        * SCALE[entry["time_unit"]]
        for entry in json.loads(done.stdout)["benchmarks"]
    }


SCALE = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}


def measure(program, candidates, arguments):
    """{allocator: {benchmark: [nanoseconds, one per round]}}; a round runs every allocator once."""
    times = {allocator.name: {} for allocator in candidates}
    for round_number in range(arguments.rounds):
        for allocator in candidates:
            print(
                f"round {round_number + 1}/{arguments.rounds}: {allocator.name}", file=sys.stderr, flush=True
            )
            for name, nanoseconds in run_once(program, allocator, arguments).items():
                times[allocator.name].setdefault(name, []).append(nanoseconds)
    return times


def summarize(times):
    """{benchmark: {allocator: median, ratio to glibc of the medians, and the spread of the rounds' ratios}}"""
    summary = {}
    base = times[allocators.BASE]
    for benchmark in base:
        summary[benchmark] = {}
        for name, runs in times.items():
            ratios = [own / other for own, other in zip(runs[benchmark], base[benchmark])]
            summary[benchmark][name] = {
                "median_ns": statistics.median(runs[benchmark]),
                "ratio": statistics.median(runs[benchmark]) / statistics.median(base[benchmark]),
                "ratio_min": min(ratios),
                "ratio_max": max(ratios),
            }
    return summary


def geometric_mean(values):
    return math.exp(statistics.fmean(math.log(value) for value in values))


def print_summary(summary, names):
    rows = []
    for benchmark, results in summary.items():
        base = results[allocators.BASE]["median_ns"]
        rows.append([benchmark, f"{base:.1f}", *(f"{results[name]['ratio']:.2f}" for name in names[1:])])
    means = [geometric_mean([results[name]["ratio"] for results in summary.values()]) for name in names[1:]]
    rows.append(["geometric mean", "", *(f"{mean:.2f}" for mean in means)])
    print(
        "Median time per iteration against glibc, below 1 is faster; CPU time, or wall clock where threads meet"
    )
    allocators.print_table(["benchmark", "glibc ns", *names[1:]], rows)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--build", required=True, type=pathlib.Path, help="build folder, such as build/release"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--min-time", type=float, default=0.05, help="seconds per benchmark and round")
    parser.add_argument("--filter", default=".", help="regular expression of benchmarks to run")
    parser.add_argument(
        "--only", action="append", help="allocator to compare with glibc (repeatable; default: all)"
    )
    parser.add_argument("--json", type=pathlib.Path, help="file for all figures")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    program = next(iter(arguments.build.rglob("memgov_micro")), None)
    if not program:
        raise SystemExit(f"memgov_micro is not built in {arguments.build}")
    candidates = [
        allocator
        for allocator in allocators.all_allocators(arguments.build)
        if not arguments.only or allocator.name in [allocators.BASE, *arguments.only]
    ]
    for allocator in candidates:
        allocators.check_serves(allocator)
    times = measure(program, candidates, arguments)
    summary = summarize(times)
    if not summary:
        raise SystemExit(f"no benchmark matches {arguments.filter}")
    print_summary(summary, [allocator.name for allocator in candidates])
    if arguments.json:
        arguments.json.write_text(
            json.dumps({"rounds": arguments.rounds, "summary": summary, "times_ns": times}, indent=1)
        )


if __name__ == "__main__":
    main()
