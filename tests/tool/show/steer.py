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

    def test_set_of_several_makes_all_or_none(self):
        subject = self.start_listed(MEMGOV_BUDGET="300M")
        for second in ("IDLE_MS=soon", "NO_SUCH=1", "BUDGET_SOFT=250M"):
            finished = self.tool("set", subject.pid, "BUDGET=200M", second)
            self.assertEqual(finished.returncode, 2, second)
            self.assertRegex(finished.stderr, r"^memgov: [^\n]+; nothing was changed\n$")
            self.assertEqual(finished.stdout, "")
        self.assertEqual(self.tool_json("stat", subject.pid, "--json")["hard_budget_bytes"], 300 * MEGABYTE)
        # Only the process knows its budget: what it refuses later leaves the first one in force.
        finished = self.tool("set", subject.pid, "IDLE_MS=700", "BUDGET_SOFT=400M")
        self.assertEqual(finished.returncode, 2)
        self.assertRegex(finished.stderr, r"^memgov: .*at most .*; in force already: IDLE_MS=700\n$")
        self.assertRegex(self.tool("set", subject.pid).stdout, r"MEMGOV_IDLE_MS +700.0 ms")

    def test_set_as_json(self):
        subject = self.start_listed(MEMGOV_BUDGET="300M")
        changed = self.tool_json("set", subject.pid, "--json", "budget=200M", "idle-ms=700")["changed"]
        self.assertEqual(changed[0], {"name": "MEMGOV_BUDGET", "value": "200.0 MB", "was": "300.0 MB"})
        self.assertEqual([change["name"] for change in changed], ["MEMGOV_BUDGET", "MEMGOV_IDLE_MS"])
        shown = self.tool_json("set", subject.pid, "--json")["options"]
        options = {option["name"]: (option["value"], option["source"]) for option in shown}
        self.assertEqual(options["MEMGOV_BUDGET"], ("200.0 MB", "set while running"))
        self.assertEqual(options["MEMGOV_DIR"][1], "environment")
        self.assertEqual(options["MEMGOV_ON_HARD"], ("fail", "default"))

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
        for options in (
            ("--max-rss", "much"),
            ("--max-rung", "top"),
            ("--max-held-ratio", "0"),
            ("--max-held-ratio", "nan"),
        ):
            self.assertEqual(self.tool("health", subject.pid, *options).returncode, 2, options)

    def test_an_empty_argument_is_not_an_absent_one(self):
        subject = self.start_listed()
        pid = subject.pid
        for arguments in (
            ("release", pid, ""),
            ("set", pid, ""),
            ("health", pid, "--max-rss", ""),
            ("health", pid, "--max-held-ratio", ""),
            ("last", ""),
            ("stat", ""),
            ("top", "-n", "1", "--interval", ""),
        ):
            finished = self.tool(*arguments)
            self.assertEqual(finished.returncode, 2, arguments)
            self.assertEqual(finished.stdout, "")
            self.assertRegex(finished.stderr, r"^memgov: [^\n]+\n$")

    def test_health_of_the_ladder(self):
        subject = self.start_listed(MEMGOV_BUDGET="100M")
        subject.say("hold io 90")
        wait_for(lambda: self.tool_json("stat", subject.pid, "--json")["rung"] != "normal", "rung soft")
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
