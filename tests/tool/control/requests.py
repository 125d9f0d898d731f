"""What a governed process answers, and that what it is told takes effect."""

import json
import os
import unittest

import support
from asking import LoudSubject, ask, path_of, told


class RequestsTest(support.ToolTest):
    def setUp(self):
        super().setUp()
        # A folder whose sockets' paths do not fit into an address.
        self.folder = os.path.join(self.folder, "x" * 120)
        os.mkdir(self.folder)

    def start_and_find(self, **options):
        subject = LoudSubject(self.folder, **options)
        self.addCleanup(subject.stop)
        folder = os.path.dirname(path_of(subject, self.folder))
        support.wait_for(lambda: os.path.exists(path_of(subject, self.folder)), "the socket")
        descriptor = os.open(folder, os.O_PATH)
        self.addCleanup(os.close, descriptor)
        return subject, f"/proc/self/fd/{descriptor}/{subject.pid}.sock"

    def figures(self, path):
        return json.loads(told(path, "json"))

    def test_figures(self):
        subject, path = self.start_and_find()

        def pools():
            return [pool["pool"] for pool in self.figures(path)["pools"]]

        support.wait_for(lambda: "io" in pools(), "the pool's name")
        figures = self.figures(path)
        self.assertEqual(figures["process_id"], subject.pid)
        self.assertIn(f"memgov_threads {figures['threads']}\n", told(path, "prometheus"))
        self.assertIn("  MEMGOV_IDLE_MS          500.0 ms          default\n", told(path, "config"))
        self.assertEqual(told(path, "refresh"), "")

    def test_release_says_what_came_back(self):
        subject, path = self.start_and_find(MEMGOV_IDLE_MS="0", MEMGOV_TRIM_INTERVAL="off")
        subject.say("hold io 64")
        subject.say("fragment io 8")
        self.assertGreater(self.figures(path)["resident_bytes"], 64 << 20)
        subject.say("free io")
        answer = json.loads(told(path, "release all"))
        figures = self.figures(path)
        # The demand window has given back a part before, perhaps all.
        self.assertLess(figures["resident_bytes"], 40 << 20)
        self.assertEqual(set(answer), {"released_bytes", "took_ns"})
        self.assertGreater(answer["took_ns"], 0)
        asked = [one for one in figures["releases"] if one["reason"] == "api"]
        self.assertEqual([one["trims_total"] for one in asked], [1])
        self.assertEqual([one["trimmed_bytes_total"] for one in asked], [answer["released_bytes"]])
        self.assertIn("released_bytes", told(path, "release 1048576"))

    def test_budgets_take_effect_and_go(self):
        subject, path = self.start_and_find(MEMGOV_BUDGET="off")
        self.assertIsNone(self.figures(path)["hard_budget_bytes"])
        self.assertEqual(told(path, "set budget=64M"), "MEMGOV_BUDGET is 64.0 MB, was off")
        self.assertEqual(told(path, "set budget-soft=32M"), "MEMGOV_BUDGET_SOFT is 32.0 MB, was 84%")
        figures = self.figures(path)
        self.assertEqual((figures["soft_budget_bytes"], figures["hard_budget_bytes"]), (32 << 20, 64 << 20))
        subject.say("hold io 40")
        support.wait_for(lambda: self.figures(path)["rung"] == 1, "the soft rung")
        self.assertEqual(told(path, "set memgov_budget=off"), "MEMGOV_BUDGET is off, was 64.0 MB")
        support.wait_for(lambda: self.figures(path)["rung"] == 0, "the normal rung")
        config = told(path, "config")
        self.assertIn("  MEMGOV_BUDGET           off               set while running\n", config)
        self.assertIn("  MEMGOV_EXPORT           on                default\n", config)

    def test_idle_release_begins_when_it_is_switched_on(self):
        subject, path = self.start_and_find(MEMGOV_IDLE_MS="0", MEMGOV_TRIM_INTERVAL="off")

        def idle_releases():
            releases = self.figures(path)["releases"]
            return [one["trims_total"] for one in releases if one["reason"] == "idle"][0]

        subject.say("hold io 16")
        subject.say("free io")
        self.assertEqual(idle_releases(), 0)
        self.assertEqual(told(path, "set IDLE_MS=20"), "MEMGOV_IDLE_MS is 20.0 ms, was off")
        support.wait_for(lambda: idle_releases() > 0, "a release at rest")

    def test_reports_begin_and_end(self):
        folder = self.folder
        with open(os.path.join(folder, "errors"), "w+") as errors:
            subject, path = self.start_and_find(errors=errors)

            def reports():
                errors.seek(0)
                return errors.read().count("memgov: report for process")

            self.assertEqual(reports(), 0)
            self.assertEqual(told(path, "set report=1s"), "MEMGOV_REPORT is 1.0 s, was off")
            support.wait_for(reports, "a report")
            self.assertEqual(told(path, "set report=off"), "MEMGOV_REPORT is off, was 1.0 s")

    def test_what_is_refused(self):
        _, path = self.start_and_find()
        for request, why in (
            ("", None),
            ("hello", "error no such request; there are json"),
            ("release", "error release takes all or bytes"),
            ("release 0", "error release 0: allowed is all, or a number of bytes above 0"),
            ("release -1", "error release -1: allowed is all, or a number of bytes above 0"),
            ("release 99999999999999999999", "error release 99999999999999999999: allowed is all"),
            ("set budget=1", "error MEMGOV_BUDGET=1: allowed is auto, off, bytes such as 512M"),
            ("set pools=a=b", "error MEMGOV_POOLS: cannot change while the process runs"),
            ("set nonsense=1", "error NONSENSE: no such option"),
            ("json" * 100, "error a request has at most 256 bytes"),
        ):
            if why:
                answer = ask(path, request)
                self.assertTrue(answer.startswith(why), answer)
                self.assertNotIn("\n", answer)
        self.assertIn("  MEMGOV_BUDGET           auto              default\n", told(path, "config"))


if __name__ == "__main__":
    unittest.main()
