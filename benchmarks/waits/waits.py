"""How long allocations take while the gateway serves its load: glibc, glibc that is trimmed each second, memgov with
and without its governor, interleaved. Prints a table in Markdown; docs/measurements.md has one."""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(1, str(pathlib.Path(__file__).resolve().parent.parent / "engine_choice"))

import figures

FIGURES = ("p999_ns", "p9999_ns", "longest_ns")


def ways(build):
    """name, objects, variables"""
    waits = build / "benchmarks/waits/libwaits.so"
    arena = build / "shim/libmemgov-arena.so"
    return (
        ("glibc", [waits], {}),
        ("glibc, malloc_trim(0) each second", [waits], {"WAITS_TRIM": "1"}),
        ("memgov, governor off", [waits, arena], {"MEMGOV_GOVERNOR": "0"}),
        ("memgov", [waits, arena], {}),
    )


def measure(build, objects, variables, seconds, folder):
    """One load under one of the ways: the line that libwaits.so writes when the gateway ends."""
    wrote = pathlib.Path(folder) / "waits.json"
    wrote.unlink(missing_ok=True)
    inherited = {"WAITS_FILE": str(wrote), **variables}
    preload = ":".join(str(each) for each in objects)
    gateway = ["env", *(f"{name}={value}" for name, value in inherited.items()), f"LD_PRELOAD={preload}"]
    gateway.append(build / "examples/llm_gateway/llm_gateway")
    command = [build / "benchmarks/gateway_load/gateway_load", "--allocators", "glibc", "--no-live"]
    command += ["--seconds", seconds, "--after", 0.5, "--", *gateway]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0 or not wrote.exists():
        raise SystemExit(f"waits: gateway_load: exit status {done.returncode}\n{done.stderr[-2000:]}")
    return json.loads(wrote.read_text(encoding="utf-8"))


def row(name, measured):
    cells = [figures.Figure.of([each[figure] / 1e6 for each in measured]).text("{:.3f}") for figure in FIGURES]
    allocations = figures.Figure.of([each["allocations"] / 1e6 for each in measured]).median
    return f"| {name} | {allocations:.1f} | " + " | ".join(cells) + " |"


def main():
    parser = argparse.ArgumentParser(prog="waits", description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build/release"))
    parser.add_argument("--runs", type=int, default=3, help="interleaved runs (A B C D A B C D)")
    parser.add_argument("--seconds", type=float, default=10, help="length of one load")
    options = parser.parse_args()
    if options.runs < 1 or options.seconds < 0.1:
        parser.error("--runs must be 1 or more, --seconds 0.1 or more")
    build = options.build.resolve()
    measured = {name: [] for name, _, _ in ways(build)}
    with tempfile.TemporaryDirectory() as folder:
        for run in range(options.runs):
            for name, objects, variables in ways(build):
                print(f"run {run + 1} of {options.runs}: {name}", file=sys.stderr, flush=True)
                measured[name].append(measure(build, objects, variables, options.seconds, folder))
    print("| allocator | million allocations | p99.9 ms | p99.99 ms | longest ms |\n|---|---|---|---|---|")
    for name, values in measured.items():
        print(row(name, values))


if __name__ == "__main__":
    main()
