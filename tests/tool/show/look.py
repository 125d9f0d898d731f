"""ps, stat and pools on processes that hold what they were told to."""

import json
import os
import signal
import unittest

from support import ToolTest, wait_for

MEGABYTE = 1 << 20


class Look(ToolTest):
    def row_of(self, subject, *options):
        rows = {row["pid"]: row for row in self.tool_json("ps", "--json", *options)["processes"]}
        return rows.get(subject.pid)

    def start_holding(self, **options):
        """64 MiB in pool io, 8 in parse; its pools are known."""
        subject = self.start(MEMGOV_BUDGET="300M", **options)
        self.wait_until_listed(subject)
        subject.say("hold io 64")
        subject.say("hold parse 8")

        def has_pools():
            pools = {pool["pool"]: pool for pool in self.tool_json("pools", subject.pid, "--json")["pools"]}
            return pools.get("io", {}).get("held_bytes", 0) > 32 * MEGABYTE and "parse" in pools

        wait_for(has_pools, "pools io and parse")
        return subject

    def test_ps_lists_each_once_and_sorts(self):
        small = self.start()
        large = self.start()
        large.say("hold io 64")
        self.wait_until_listed(small)
        self.wait_until_listed(large)
        for key, first in (("rss", large), ("pid", min(small, large, key=lambda subject: subject.pid))):
            rows = self.tool_json("ps", "--json", "--sort", key)["processes"]
            pids = [row["pid"] for row in rows if row["pid"] in (small.pid, large.pid)]
            self.assertEqual(len(pids), 2)
            self.assertEqual(pids[0], first.pid, key)

    def test_ps_has_the_figures(self):
        subject = self.start_holding()
        row = self.row_of(subject)
        self.assertEqual(row["command"], os.environ["MEMGOV_SUBJECT"])
        self.assertEqual(row["engine"], "arena")
        self.assertEqual(row["hard_budget_bytes"], 300 * MEGABYTE)
        self.assertGreater(row["resident_bytes"], 72 * MEGABYTE)
        self.assertGreater(row["held_bytes"], 72 * MEGABYTE)
        self.assertEqual(row["rung"], "normal")
        self.assertGreaterEqual(row["age_seconds"], 0)
        self.assertNotIn("proportional_bytes", row)
        self.assertGreater(self.row_of(subject, "--pss")["proportional_bytes"], 70 * MEGABYTE)
        text = self.tool("ps").stdout
        self.assertIn("tool_subject", text)
        self.assertIn("of 300.0 MB", text)
        self.assertNotIn("\x1b", text)

    def test_ps_without_processes_says_so(self):
        finished = self.tool("ps", environment={"XDG_RUNTIME_DIR": self.folder})
        self.assertEqual(finished.returncode, 0)
        self.assertTrue(finished.stdout or "no governed process" in finished.stderr)

    def test_stat_is_of_this_moment(self):
        subject = self.start_holding()
        before = self.tool_json("stat", subject.pid, "--json")
        subject.say("hold parse 32")
        after = self.tool_json("stat", subject.pid, "--json")
        self.assertTrue(after["answered"])
        self.assertLess(after["age_seconds"], 1)
        self.assertGreaterEqual(after["live_bytes"] - before["live_bytes"], 30 * MEGABYTE)
        self.assertEqual(after["container_limit_bytes"] is None or after["container_limit_bytes"] > 0, True)
        self.assertIn("api", [entry["reason"] for entry in after["releases"]])
        self.assertEqual(after["rung"], "normal")
        self.assertIs(after["governor_running"], True)
        self.assertIs(after["recycle_advised"], False)
        text = self.tool("stat", subject.pid).stdout
        for group in ("memory", "budget", "admission", "pressure", "threads", "releases"):
            self.assertRegex(text, rf"(?m)^{group} ")

    def test_stat_has_every_figure_that_the_process_has(self):
        subject = self.start_holding()
        with open(os.path.join(self.folder, f"memgov-{os.geteuid()}", f"{subject.pid}.stats"), "rb") as file:
            names = {
                words[2].removeprefix(b"memgov_").partition(b"{")[0].decode()
                for words in (line.split() for line in file.read().split(b"\n"))
                if len(words) == 3 and words[2].startswith(b"memgov_") and not words[2].startswith(b"memgov_pool_")
            }
        figures = self.tool_json("stat", subject.pid, "--json")
        have = set(figures) | {name for entry in figures["releases"] for name in entry}
        names.discard("info")
        self.assertGreater(len(names), 30)
        self.assertEqual(names - have, set())

    def test_pools_have_bars_and_shares(self):
        subject = self.start_holding()
        answer = self.tool_json("pools", subject.pid, "--json")
        pools = {pool["pool"]: pool for pool in answer["pools"]}
        self.assertEqual(pools["io"]["threads"], 4)
        self.assertGreater(pools["io"]["held_bytes"], 3 * pools["parse"]["held_bytes"])
        self.assertEqual(answer["pools"][0]["pool"], "io")
        held = sum(pool["held_bytes"] for pool in answer["pools"]) + answer["held_by_no_pool_bytes"]
        self.assertGreaterEqual(held, answer["held_bytes"])
        text = self.tool("pools", subject.pid, environment={"LC_ALL": "C"}).stdout
        self.assertRegex(text, r"(?m)^io +4 .*%  #+\.* ")
        self.assertIn("█", self.tool("pools", subject.pid, environment={"LC_ALL": "C.UTF-8"}).stdout)

    def test_pools_are_counted_as_they_are_shown(self):
        subject = self.start_holding()
        count = self.row_of(subject)["pool_count"]
        shown = [line.split()[0] for line in self.tool("pools", subject.pid).stdout.splitlines()[1:-2]]
        self.assertEqual(count, len([name for name in shown if name != "memgov"]), shown)
        self.assertEqual(self.tool_json("stat", subject.pid, "--json")["named_pools"], count)
        self.assertRegex(self.tool("stat", subject.pid).stdout, rf"named pools +{count}\n")

    def test_a_stopped_process_is_read_and_said_to_be(self):
        subject = self.start_holding()
        subject.process.send_signal(signal.SIGSTOP)
        self.addCleanup(subject.process.send_signal, signal.SIGCONT)
        wait_for(lambda: self.row_of(subject)["state"] == "T", "state T")
        finished = self.tool("stat", subject.pid)
        self.assertEqual(finished.returncode, 0)
        self.assertRegex(finished.stderr, r"^memgov: figures of .* ago: .*stopped")
        self.assertRegex(finished.stdout, r"resident +\d+\.\d MB")
        self.assertIn("stopped", self.tool("ps").stdout)
        self.assertFalse(self.tool_json("stat", subject.pid, "--json")["answered"])
        json.loads(self.tool("pools", subject.pid, "--json").stdout)


if __name__ == "__main__":
    unittest.main()
