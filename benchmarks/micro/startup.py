#!/usr/bin/env python3
"""What a preload costs a short process: CPU time (user + system) of many runs, and private memory at its end."""

import argparse
import json
import os
import pathlib
import statistics
import sys

import allocators
import at_exit

COMMANDS = {"true": ["/bin/true"], "sh -c true": ["/bin/sh", "-c", "true"], "ls": ["/bin/ls", "/"]}
MEMORY_RUNS = 15


def cpu_microseconds(command, environment):
    """User and system time of one run, from its execution on."""
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    pid = os.posix_spawn(command[0], command, environment, file_actions=quiet)
    _, status, usage = os.wait4(pid, 0)
    if status != 0:
        raise SystemExit(f"{command}: wait status {status}")
    return (usage.ru_utime + usage.ru_stime) * 1e6


def measure_cpu(candidates, runs):
    """{command: {allocator: [microseconds]}}, one run of each in turn: drift of the machine meets all alike."""
    times = {name: {allocator.name: [] for allocator in candidates} for name in COMMANDS}
    for name, command in COMMANDS.items():
        print(f"{runs} runs of: {name}", file=sys.stderr, flush=True)
        for _ in range(runs):
            for allocator in candidates:
                times[name][allocator.name].append(cpu_microseconds(command, allocator.environment()))
    return times


def private_kib(command, allocator):
    """Median private memory at the process's end, in KiB."""
    found = [at_exit.look(command, allocator.environment()) for _ in range(MEMORY_RUNS)]
    return statistics.median(held.private_bytes for held in found) / 1024


def summarize(times, candidates):
    rows = []
    for name, command in COMMANDS.items():
        base_time = statistics.median(times[name][allocators.BASE])
        memory = {allocator.name: private_kib(command, allocator) for allocator in candidates}
        for allocator in memory:
            own = statistics.median(times[name][allocator])
            rows.append(
                {
                    "command": name,
                    "allocator": allocator,
                    "cpu_us": own,
                    "cpu_over_glibc_us": own - base_time,
                    "private_kib": memory[allocator],
                    "private_over_glibc_kib": memory[allocator] - memory[allocators.BASE],
                }
            )
    return rows


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--build", required=True, type=pathlib.Path, help="build folder, such as build/release"
    )
    parser.add_argument("--runs", type=int, default=500, help="runs per command and allocator")
    parser.add_argument("--json", type=pathlib.Path, help="file for the figures")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    candidates = allocators.all_allocators(arguments.build)
    for allocator in candidates:
        allocators.check_serves(allocator)
    rows = summarize(measure_cpu(candidates, arguments.runs), candidates)
    header = ["command", "allocator", "user+sys us", "over glibc us", "private KiB", "over glibc KiB"]
    allocators.print_table(
        header,
        [
            [
                row["command"],
                row["allocator"],
                f"{row['cpu_us']:.0f}",
                f"{row['cpu_over_glibc_us']:+.0f}",
                f"{row['private_kib']:.0f}",
                f"{row['private_over_glibc_kib']:+.0f}",
            ]
            for row in rows
        ],
    )
    if arguments.json:
        arguments.json.write_text(json.dumps({"runs": arguments.runs, "rows": rows}, indent=1))


if __name__ == "__main__":
    main()
