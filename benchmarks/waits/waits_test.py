"""libwaits.so counts and orders what it times, alone and before memgov. Arguments: libwaits.so, pool_churn, memgov."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

REQUESTS = 50


def check(preload, churn, folder):
    wrote = pathlib.Path(folder) / "waits.json"
    wrote.unlink(missing_ok=True)
    variables = {"LD_PRELOAD": preload, "WAITS_FILE": str(wrote), "WAITS_TRIM": "1"}
    command = [churn, "--requests", str(REQUESTS), "--threads", "8", "--connections", "8", "--after", "0"]
    subprocess.run(command, env={**os.environ, **variables}, stdout=subprocess.DEVNULL, check=True)
    waits = json.loads(wrote.read_text(encoding="utf-8"))
    assert waits["allocations"] > REQUESTS, waits
    assert 0 < waits["p50_ns"] <= waits["p999_ns"] <= waits["p9999_ns"], waits
    # The percentiles are the upper ends of steps of 3 %.
    assert waits["p9999_ns"] <= waits["longest_ns"] * 1.04, waits


def main():
    waits, churn, memgov = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        check(waits, churn, folder)
        check(f"{waits}:{memgov}", churn, folder)


if __name__ == "__main__":
    main()
