"""release, set and health on living processes."""

import signal
import unittest

from support import ToolTest, wait_for

MEGABYTE = 1 << 20


class Steer(ToolTest):
    def start_listed(self, **options):
        subject = self.start(**options)
        self.wait_until_listed(subject)
        wait_for(lambda: self.tool_json("stat", subject.pid, "--json")["answered"], "an answer")
        return subject

    def test_release_says_what_came_back(self):
        subject = self.start_listed()
        subject.say("hold io 64")
        subject.process.send_signal(signal.SIGSTOP)
        finished = self.tool("release", subject.pid)
        self.assertEqual(finished.returncode, 5)
        self.assertRegex(finished.stderr, r"^memgov: process \d+ is stopped .*\n$")
        subject.process.send_signal(signal.SIGCONT)
        subject.say("free io")
        outcome = self.tool_json("release", subject.pid, "--json")
        self.assertGreaterEqual(outcome["resident_before_bytes"], outcome["resident_after_bytes"])
        self.assertGreaterEqual(outcome["took_seconds"], 0)
        self.assertLess(outcome["resident_after_bytes"], 40 * MEGABYTE, "whoever gave it back")
        line = self.tool("release", subject.pid)
        self.assertEqual(line.returncode, 0)
        self.assertRegex(line.stdout, r"^process \d+: .* came back in .*; RSS .* before, .* after\n$")

    def test_release_of_more_than_there_is_fails(self):
        subject = self.start_listed()
        finished = self.tool("release", subject.pid, "10G")
        self.assertEqual(finished.returncode, 1)
        self.assertIn("of 10.0 GB asked for", finished.stdout)

    def test_release_refuses_what_is_no_size(self):
        subject = self.start_listed()
        for size in ("-1", "all", "5Q"):
            finished = self.tool("release", subject.pid, "--", size)
            self.assertEqual(finished.returncode, 2, size)
            self.assertEqual(len(finished.stderr.splitlines()), 1)
            self.assertIn(size, finished.stderr)

    def test_set_takes_effect_at_once(self):
        subject = self.start_listed(MEMGOV_BUDGET="300M")
        finished = self.tool("set", subject.pid, "budget=200M")
        self.assertEqual(finished.returncode, 0, finished.stderr)
        self.assertIn("200.0 MB", finished.stdout)
        self.assertEqual(self.tool_json("stat", subject.pid, "--json")["hard_budget_bytes"], 200 * MEGABYTE)
        self.assertRegex(self.tool("set", subject.pid).stdout, r"MEMGOV_BUDGET +200.0 MB")

    def test_set_refuses_in_one_line_and_changes_nothing(self):
        subject = self.start_listed(MEMGOV_BUDGET="300M")
        for assignment in ("BUDGET", "BUDGET=", "BUDGET=fast", "NO_SUCH=1", "THREAD=never", "A=\x1b[2J"):
            finished = self.tool("set", subject.pid, assignment)
            self.assertEqual(finished.returncode, 2, assignment)
            self.assertEqual(len(finished.stderr.splitlines()), 1, finished.stderr)
            self.assertNotIn("\x1b", finished.stderr)
        self.assertEqual(self.tool_json("stat", subject.pid, "--json")["hard_budget_bytes"], 300 * MEGABYTE)

    def test_health_is_an_exit_status(self):
        subject = self.start_listed()
        subject.say("hold io 64")
        for options, status, word in (
            ((), 0, "healthy"),
            (("--max-rss", "1G", "--max-rung", "normal", "--max-held-ratio", "100"), 0, "healthy"),
            (("--max-rss", "20M"), 1, "not healthy: .*RSS .* is above 20.0 MB"),
        ):
            finished = self.tool("health", subject.pid, *options)
            self.assertEqual(finished.returncode, status, finished.stdout)
            self.assertRegex(finished.stdout, f"^{word}")
            self.assertEqual(len(finished.stdout.splitlines()), 1)
        for options in (("--max-rss", "much"), ("--max-rung", "top"), ("--max-held-ratio", "0")):
            self.assertEqual(self.tool("health", subject.pid, *options).returncode, 2, options)

    def test_health_of_the_ladder(self):
        subject = self.start_listed(MEMGOV_BUDGET="100M")
        subject.say("hold io 90")
        wait_for(lambda: self.tool_json("stat", subject.pid, "--json")["rung"] > 0, "rung soft")
        finished = self.tool("health", subject.pid, "--max-rung", "normal")
        self.assertEqual(finished.returncode, 1)
        self.assertIn("above normal", finished.stdout)

    def test_who_is_stopped_is_not_well(self):
        subject = self.start_listed()
        subject.process.send_signal(signal.SIGSTOP)
        self.addCleanup(subject.process.send_signal, signal.SIGCONT)
        for command in (("health",), ("set", "BUDGET=200M"), ("release",)):
            finished = self.tool(command[0], subject.pid, *command[1:])
            self.assertEqual(finished.returncode, 5, command)
            self.assertRegex(finished.stderr, r"^memgov: .*stopped.*\n$")


if __name__ == "__main__":
    unittest.main()
