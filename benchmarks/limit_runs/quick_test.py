"""limit_runs for a moment, with a server that is killed: that it sees deaths, not who dies earlier.

  quick_test.py <preloadable object> <gateway>
"""

import json
import pathlib
import subprocess
import sys
import tempfile

PROGRAM = pathlib.Path(__file__).with_name("limit_runs.py")


def measure(path, limit, connections):
    command = [sys.executable, "-B", str(PROGRAM), "--object", sys.argv[1], "--limit", limit, "--runs", "1"]
    command += ["--connections", str(connections), "--body", "512K", "--ramp", "1", "--hold", "2"]
    command += ["--json", str(path), "--", sys.argv[2], "--port", "{port}"]
    done = subprocess.run(command, text=True, stdout=subprocess.PIPE, timeout=120)
    print(done.stdout)
    if done.returncode == 77:
        sys.exit(77)
    figures = json.loads(path.read_text())
    # The verdict follows from the figures of the one run of each; a pass prints PASS.
    passed = "PASS" in done.stdout
    assert (done.returncode == 0) == passed and done.returncode in (0, 1), done.returncode
    return figures["runs"]


def main():
    with tempfile.TemporaryDirectory(prefix="memgov-test-") as folder:
        path = pathlib.Path(folder) / "figures.json"
        killed = measure(path, "24M", 48)["glibc"][0]
        assert killed["ending"] == "OOM kill" and killed["seconds"] is not None, killed
        for name, (run,) in measure(path, "1G", 4).items():
            assert run["ending"] == "alive" and run["seconds"] is None, (name, run)
            assert run["served"] > 0 and run["refused"] == 0, (name, run)
            assert 0 < run["peak_bytes"] < 1 << 30, (name, run)


if __name__ == "__main__":
    main()
