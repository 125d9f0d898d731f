"""memgov check: limits, baselines, and what CI systems read."""

import json
import xml.etree.ElementTree

import launching
from launching import BATCH, PYTHON


class Checking(launching.LaunchTest):
    def test_within_and_beyond_limits(self):
        good = self.memgov("check", "--max-rss", "200M", "--max-idle-rss", "40M", "--", PYTHON, "-c", BATCH)
        self.assertEqual(good.returncode, 0, good)
        self.assertRegex(good.stdout, r"ok    peak RSS: \d+\.\d MB, allowed are 200\.0 MB\n")
        self.assertTrue(good.stdout.endswith("passed\n"))
        bad = self.memgov("check", "--max-rss", "20M", "--", PYTHON, "-c", BATCH)
        self.assertEqual(bad.returncode, 1, bad)
        self.assertRegex(bad.stdout, r"FAIL  peak RSS: \d+\.\d MB, allowed are 20\.0 MB\n")
        self.assertTrue(bad.stdout.endswith("failed\n"))

    def test_junit(self):
        odd = 'print("<&>\\x01")'
        finished = self.memgov(
            "check", "--max-rss", "1M", "--max-idle-rss", "1G", "--format", "junit", "--", PYTHON, "-c", odd, "\x01<]]>"
        )
        self.assertEqual(finished.returncode, 1)
        suites = xml.etree.ElementTree.fromstring(finished.stdout)
        suite = suites.find("testsuite")
        self.assertEqual((suite.get("tests"), suite.get("failures")), ("4", "1"))
        cases = {case.get("name"): case for case in suite.iter("testcase")}
        self.assertIsNotNone(cases["peak RSS"].find("failure"))
        self.assertIsNone(cases["idle RSS"].find("failure"))
        self.assertIn("<&>", suite.find("properties/property[@name='command']").get("value"))

    def test_json_into_a_file(self):
        where = self.path("result.json")
        finished = self.memgov(
            "check", "--max-rss", "1G", "--json", "--output", where, "--", "/bin/sh", "-c", "echo from the command"
        )
        self.assertEqual(finished.returncode, 0, finished)
        self.assertEqual(finished.stdout, "")
        self.assertIn("from the command", finished.stderr)
        with open(where) as file:
            result = json.load(file)
        self.assertTrue(result["passed"])
        self.assertEqual(result["command"][0], "/bin/sh")
        self.assertGreater(result["measured"]["peak_bytes"], 1 << 20)

    def test_baseline(self):
        where = self.path("baseline.json")
        hold = "import sys, time; held = bytearray(int(sys.argv[1]) << 20); held[::4096] = b'x' * len(held[::4096]); time.sleep(1)"
        first = self.memgov("check", "--write-baseline", where, "--", PYTHON, "-c", hold, "40")
        self.assertEqual(first.returncode, 0, first)
        with open(where) as file:
            self.assertGreater(json.load(file)["peak_bytes"], 40 << 20)
        same = self.memgov("check", "--baseline", where, "--", PYTHON, "-c", hold, "40")
        self.assertEqual(same.returncode, 0, same)
        grown = self.memgov("check", "--baseline", where, "--", PYTHON, "-c", hold, "60")
        self.assertEqual(grown.returncode, 1, grown)
        self.assertIn("FAIL  peak RSS against baseline", grown.stdout)
        allowed = self.memgov("check", "--baseline", where, "--tolerance", "80%", "--", PYTHON, "-c", hold, "60")
        self.assertEqual(allowed.returncode, 0, allowed)

    def test_bad_baselines(self):
        for content in ("", "[]", '{"memgov_baseline":7}', '{"memgov_baseline":1,"peak_bytes":"x"}', "[" * 60000):
            finished = self.memgov("check", "--baseline", self.write("base", content), "--", "/bin/true")
            self.assertEqual(finished.returncode, 2, content[:40])
            self.assertRegex(finished.stderr, r"\Amemgov: --baseline [^\n]*base: [^\n]*\n\Z")

    def test_idle_memory_of_a_short_command_is_not_judged(self):
        where = self.path("baseline.json")
        limits = ("--max-rss", "1G", "--max-idle-rss", "1K")
        finished = self.memgov("check", *limits, "--write-baseline", where, "--json", "--", "/bin/true")
        result = json.loads(finished.stdout)
        if result["measured"]["seconds"] > 0.4:
            self.skipTest("this machine was too busy for a short command")
        self.assertEqual(finished.returncode, 0, finished)
        findings = {finding["name"]: finding for finding in result["findings"]}
        self.assertIsNone(findings["idle RSS"]["passed"])
        self.assertIn("too short to judge idle", findings["idle RSS"]["detail"])
        # No program with a C library has less.
        self.assertGreater(result["measured"]["peak_bytes"], 1 << 20)
        again = self.memgov("check", "--baseline", where, "--", "/bin/true")
        self.assertEqual(again.returncode, 0, again)
        self.assertIn("-     idle RSS against baseline: the baseline has none\n", again.stdout)

    def test_says_whether_memgov_was_loaded(self):
        finished = self.memgov("check", "--max-rss", "1G", "--json", "--", "/bin/sleep", "1")
        self.assertEqual(finished.returncode, 0, finished)
        result = json.loads(finished.stdout)
        self.assertEqual(result["findings"][-1], {"name": "memgov", "passed": True, "detail": "was loaded"})
        self.assertTrue(result["measured"]["governed"])

    def test_a_command_that_fails_fails_the_check(self):
        finished = self.memgov("check", "--max-rss", "1G", "--", "/bin/sh", "-c", "exit 4")
        self.assertEqual(finished.returncode, 1)
        self.assertIn("FAIL  command: status 4 by itself", finished.stdout)

    def test_no_baseline_of_a_command_that_failed(self):
        where = self.path("baseline.json")
        finished = self.memgov("check", "--write-baseline", where, "--", "/bin/false")
        self.assertEqual(finished.returncode, 1)
        with self.assertRaises(FileNotFoundError):
            open(where)

    def test_a_load_that_fails_fails_the_check(self):
        finished = self.memgov(
            "check", "--max-rss", "1G", "--ready", "0", "--settle", "0", "--load", "exit 5", "--", "sleep", "60"
        )
        self.assertEqual(finished.returncode, 1, finished)
        self.assertIn("FAIL  load: status 5", finished.stdout)

    def test_a_load_that_never_ends_is_cut(self):
        finished = self.memgov(
            "check", "--max-rss", "1G", "--ready", "0", "--settle", "0", "--seconds", "1", "--load", "sleep 60",
            "--", "sleep", "60",
        )  # fmt: skip
        self.assertEqual(finished.returncode, 0, finished)

    def test_a_crash_when_stopped_fails(self):
        crash = "import os, signal, time; signal.signal(15, lambda *_: os.abort())\nwhile True: time.sleep(0.05)"
        finished = self.memgov("check", "--max-rss", "1G", "--seconds", "1", "--", PYTHON, "-c", crash)
        self.assertEqual(finished.returncode, 1, finished)
        self.assertIn("FAIL  command: status SIGABRT when it was stopped", finished.stdout)


if __name__ == "__main__":
    launching.main()
