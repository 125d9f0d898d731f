"""The whole command, short: every stage measures something, the page and the figures are written, bad arguments
are refused in one line. Argument: the build folder."""

import json
import pathlib
import subprocess
import sys
import tempfile

PROGRAM = pathlib.Path(__file__).resolve().parent / "engine_choice.py"
STAGES = ("gateway", "churn", "micro", "gateway_paced", "churn_paced", "startup", "parked", "stall", "rest")
REFUSED = (
    (["--runs", "0"], "0"),
    (["--runs", "many"], "many"),
    (["--seconds", "-1"], "-1"),
    (["--stages", "churn,none"], "none"),
    (["--allocators", "glibc,hoard"], "hoard"),
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


def check_refused(build, out):
    for options, named in REFUSED:
        done = run(build, out, *options)
        expect(done.returncode in (1, 2), f"{options}: exit status {done.returncode}")
        expect(len(done.stderr.splitlines()) == 1 and named in done.stderr, f"{options}: {done.stderr}")


def check_only_looked_at(build, out):
    done = run(build, out / "nothing", "--check", "--runs", "3")
    expect(done.returncode == 0, f"--check: exit status {done.returncode} {done.stderr}")
    expect(not (out / "nothing").exists(), "--check measured something")


def check_whole(build, out):
    names = "glibc,glibc-arena2,memgov-system"
    page = out / "page.md"
    done = run(build, out, "--quick", "--allocators", names, "--page", page)
    expect(done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:])
    document = json.loads((out / "engine-choice.json").read_text())
    measured = document["measured"]
    expect([name for name in STAGES if not measured[name]] == [], "a stage measured nothing")
    expect(measured["churn"]["results"][2]["runs"][0]["requests"] > 0, "no requests in the pool churn")
    expect(document["bars"]["startup"]["memgov-system"]["passed"] is not None, "start-up is not judged")
    expect(document["bars"]["rest"]["memgov-system"]["passed"] is not None, "rest is not judged")
    expect(document["gate"]["passed"] is None, "the gate is judged without the candidate")
    expect(not page.exists(), "a trial was written to --page")
    expect("## Pool churn" in (out / "engine-choice.md").read_text(), "the page has no pool churn")


def main():
    build = pathlib.Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        check_refused(build, folder)
        check_only_looked_at(build, pathlib.Path(folder))
        check_whole(build, pathlib.Path(folder))


if __name__ == "__main__":
    main()
