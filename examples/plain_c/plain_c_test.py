"""Runs plain_c without memgov, under it, and under it with a budget that one of the jobs does not fit.

usage: plain_c_test.py <plain_c> <libmemgov object> [unittest arguments]
"""

import os
import subprocess
import sys
import unittest

PROGRAM, OBJECT = sys.argv[1:3]


def run(*jobs: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """plain_c with these jobs and environment variables."""
    return subprocess.run(
        [PROGRAM, *jobs], env={**os.environ, **variables}, capture_output=True, text=True, timeout=30, check=False
    )


class PlainCTest(unittest.TestCase):
    """What it prints, by what is preloaded."""

    def test_absent(self) -> None:
        """Everything is admitted, and no figure is known."""
        got = run("8", "200")
        self.assertEqual(got.stdout, "memgov absent\njob of 8 MiB: done\njob of 200 MiB: done\n")
        self.assertEqual((got.returncode, got.stderr), (0, ""))

    def test_preloaded(self) -> None:
        """The version, the pool, and memory that went back."""
        got = run("8", "200", LD_PRELOAD=OBJECT, MEMGOV_BUDGET="off")
        lines = got.stdout.splitlines()
        self.assertRegex(lines[0], r"^memgov \d+\.\d+\.\d+ (arena|mimalloc|system)$")
        self.assertEqual(lines[1:3], ["job of 8 MiB: done", "job of 200 MiB: done"])
        self.assertIn("pool jobs", lines)
        self.assertLess(int(lines[-1].split()[-2]), 32)
        self.assertEqual((got.returncode, got.stderr), (0, ""))

    def test_rejected(self) -> None:
        """A job larger than the budget is turned away, and the next one is done."""
        got = run("8", "200", "16", LD_PRELOAD=OBJECT, MEMGOV_BUDGET="100M", MEMGOV_PRESSURE="off")
        self.assertEqual(
            got.stdout.splitlines()[1:4], ["job of 8 MiB: done", "job of 200 MiB: rejected", "job of 16 MiB: done"]
        )
        self.assertEqual((got.returncode, got.stderr), (1, ""))

    def test_bad_arguments(self) -> None:
        """Each is named, with what is allowed."""
        for jobs in (["0"], ["x"], ["8", "1025"], ["-1"]):
            got = run(*jobs)
            self.assertEqual(got.returncode, 2)
            self.assertIn(f"'{jobs[-1]}': allowed are 1 to 1024 MiB", got.stderr)
        self.assertEqual(run().returncode, 2)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
