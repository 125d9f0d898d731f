"""The whole command, short: everything measures something, figures and page are written, bad arguments are refused in
one line. Argument: the build folder."""

import json
import pathlib
import subprocess
import sys
import tempfile

PROGRAM = pathlib.Path(__file__).resolve().parent / "engine_table.py"
REFUSED = (
    (["--runs", "0"], "0"),
    (["--seconds", "soon"], "soon"),
    (["--mimalloc-3", "/nowhere/libmimalloc.so.3"], "/nowhere/libmimalloc.so.3"),
    (["--page", __file__], "markers"),
    (["--nonsense"], "--nonsense"),
)


def run(build, out, *options):
    command = [sys.executable, "-B", PROGRAM, "--build", build, "--out", out, *options]
    return subprocess.run(
        [str(part) for part in command], stdin=subprocess.DEVNULL, capture_output=True, text=True
    )


def expect(condition, what):
    if not condition:
        raise SystemExit(f"quick_test: {what}")


def main():
    build = pathlib.Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        for options, named in REFUSED:
            done = run(build, folder, *options)
            expect(done.returncode == 2, f"{options}: exit status {done.returncode}")
            expect(len(done.stderr.splitlines()) == 1 and named in done.stderr, f"{options}: {done.stderr}")
        done = run(build, folder, "--quick")
        expect(done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:])
        document = json.loads((pathlib.Path(folder) / "engine-table.json").read_text())
        measured = document["measured"]
        expect(
            all(measured[name] for name in ("gateway", "churn", "pair", "start-up", "parked")),
            measured.keys(),
        )
        for name in ("pair", "start-up", "parked"):
            expect("system" in measured[name], f"{name}: no figure for system")
        loaded = [each["allocator"] for each in measured["churn"]["results"] if each["runs"]]
        expect({"glibc", "arena", "system"} <= set(loaded), f"churn: {loaded}")
        expect(
            "| pool churn: requests/s |" in (pathlib.Path(folder) / "engine-table.md").read_text(), "no table"
        )


if __name__ == "__main__":
    main()
