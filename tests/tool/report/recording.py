"""memgov record on processes that run, end, stop, or are none of ours."""

import json
import os
import signal
import subprocess
import unittest

from support import TOOL, ToolTest, wait_for


class Recording(ToolTest):
    def setUp(self):
        super().setUp()
        self.path = os.path.join(self.folder, "web.jsonl")

    def governed(self, **options):
        subject = self.start(**options)
        subject.say("hold io 4")
        self.wait_until_listed(subject)
        return subject

    def record(self, subject, *arguments):
        """In the background: returns once the first sample is there."""
        recorder = subprocess.Popen(
            [TOOL, "record", str(subject.pid), "-o", self.path, "--interval", "50ms", *arguments],
            env={**os.environ, "MEMGOV_DIR": self.folder},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(recorder.communicate)
        self.addCleanup(recorder.kill)
        self.wait_for_samples(1)
        return recorder

    def lines(self):
        if not os.path.exists(self.path):
            return []
        with open(self.path, encoding="utf-8") as file:
            return [json.loads(line) for line in file if line.endswith("\n")]

    def wait_for_samples(self, count):
        wait_for(lambda: len(self.lines()) > count, f"{count} samples")

    def pools(self):
        return {pool["pool"] for line in self.lines() for pool in line.get("pools", [])}

    def finish(self, recorder):
        output, errors = recorder.communicate(timeout=60)
        self.assertEqual(recorder.returncode, 0, errors)
        return output

    def test_until_the_time_is_up(self):
        subject = self.governed()
        finished = self.tool("record", subject.pid, "-o", self.path, "--interval", "50ms", "--duration", "300ms")
        self.assertEqual(finished.returncode, 0, finished.stderr)
        self.assertIn("the time is up", finished.stdout)
        head, first, *_, end = self.lines()
        self.assertEqual(head["memgov_recording"], 1)
        self.assertEqual(head["pid"], subject.pid)
        self.assertEqual(end["ended"], "duration")
        self.assertGreater(first["resident_bytes"], 4 << 20)
        for figure in ("live_bytes", "rung", "minor_faults_total", "peak_resident_bytes", "figures_age_ns"):
            self.assertIn(figure, first["figures"])
        self.assertIn("main", [pool["pool"] for pool in first["pools"]])

    def test_sees_what_happens(self):
        subject = self.governed()
        recorder = self.record(subject, "--duration", "inf")
        wait_for(lambda: "io" in self.pools(), "the name of the threads")
        subject.say("hold io 64")
        seen = len(self.lines())
        self.wait_for_samples(seen + 3)
        recorder.send_signal(signal.SIGINT)
        self.finish(recorder)
        sizes = [line["resident_bytes"] for line in self.lines()[1:-1]]
        self.assertGreater(max(sizes) - sizes[0], 60 << 20)
        times = [line["time_s"] for line in self.lines()[1:]]
        self.assertEqual(times, sorted(times))

    def test_a_process_that_ends_leaves_a_whole_recording(self):
        subject = self.governed()
        recorder = self.record(subject, "--duration", "inf")
        subject.stop()
        self.assertIn("the process ended", self.finish(recorder))
        self.assertEqual(self.lines()[-1]["ended"], "process")

    def test_stopped_by_hand(self):
        subject = self.governed()
        for number in (signal.SIGINT, signal.SIGTERM):
            recorder = self.record(subject, "--duration", "inf")
            recorder.send_signal(number)
            self.assertIn("stopped by hand", self.finish(recorder))
            self.assertEqual(self.lines()[-1]["ended"], "interrupt")
            os.remove(self.path)

    def test_killed_recorder_leaves_what_it_had(self):
        subject = self.governed()
        recorder = self.record(subject, "--duration", "inf")
        recorder.kill()
        recorder.wait()
        finished = self.tool("report", self.path, "-o", os.devnull)
        self.assertEqual(finished.returncode, 0, finished.stderr)
        self.assertIn("has no end", finished.stdout)

    def test_a_stopped_process_is_recorded_with_old_figures(self):
        subject = self.governed()
        os.kill(subject.pid, signal.SIGSTOP)
        self.addCleanup(os.kill, subject.pid, signal.SIGCONT)
        recorder = self.record(subject, "--duration", "inf")
        self.wait_for_samples(4)
        recorder.send_signal(signal.SIGINT)
        self.finish(recorder)
        ages = [line["figures"]["figures_age_ns"] for line in self.lines()[1:-1]]
        self.assertEqual(ages, sorted(ages))
        self.assertGreater(ages[-1], ages[0])

    def test_to_standard_output(self):
        subject = self.governed()
        finished = self.tool("record", subject.pid, "-o", "-", "--interval", "50ms", "--duration", "100ms")
        self.assertEqual(finished.returncode, 0, finished.stderr)
        lines = [json.loads(line) for line in finished.stdout.splitlines()]
        self.assertEqual(lines[-1]["ended"], "duration")

    def test_through_a_pipe(self):
        subject = self.governed()
        recorded = self.tool("record", subject.pid, "-o", "-", "--interval", "50ms", "--duration", "100ms").stdout
        finished = self.tool("report", "-", input=recorded, cwd=self.folder)
        self.assertEqual((finished.returncode, finished.stderr), (0, ""))
        self.assertIn(f"Page: memgov-{subject.pid}.html", finished.stdout)
        self.assertTrue(os.path.exists(os.path.join(self.folder, f"memgov-{subject.pid}.html")))
        summary = json.loads(self.tool("report", "-", "--json", input=recorded).stdout)
        self.assertEqual(summary["pid"], subject.pid)
        empty = self.tool("report", "-", input="")
        self.assertEqual((empty.returncode, empty.stderr), (5, "memgov: standard input: is empty\n"))

    def assert_fails(self, status, words, *arguments):
        finished = self.tool("record", *arguments)
        self.assertEqual(finished.returncode, status, finished.stderr)
        self.assertEqual(finished.stdout, "")
        self.assertEqual(len(finished.stderr.splitlines()), 1, finished.stderr)
        self.assertIn(words, finished.stderr)

    def test_bad_arguments(self):
        subject = self.governed()
        self.assert_fails(2, "--interval 49ms: allowed", subject.pid, "-o", self.path, "--interval", "49ms")
        self.assert_fails(2, "--duration 10ms: allowed", subject.pid, "-o", self.path, "--duration", "10ms")
        self.assert_fails(2, "at most 200000 samples", subject.pid, "-o", self.path, "--duration", "100h")
        self.assert_fails(2, "nginx", "nginx")
        self.assertFalse(os.path.exists(self.path))

    def test_a_file_that_exists_is_kept(self):
        subject = self.governed()
        with open(self.path, "w", encoding="utf-8") as file:
            file.write("precious")
        self.assert_fails(2, "exists: --force replaces it", subject.pid, "-o", self.path)
        with open(self.path, encoding="utf-8") as file:
            self.assertEqual(file.read(), "precious")

    def test_no_such_process(self):
        gone = subprocess.Popen(["true"])
        gone.wait()
        self.assert_fails(3, str(gone.pid), gone.pid, "-o", self.path)
        self.assert_fails(3, str(os.getpid()), os.getpid(), "-o", self.path)
        self.assertFalse(os.path.exists(self.path))

    @unittest.skipIf(os.geteuid() != 0, "needs root, to be two users")
    def test_of_another_user(self):
        subject = self.governed()
        try:
            finished = self.tool("record", subject.pid, "-o", "-", user=65534, group=65534, extra_groups=[])
        except PermissionError:
            self.skipTest("other users cannot run what is in the build folder")
        self.assertEqual(finished.returncode, 4, finished.stderr)
        self.assertEqual(finished.stdout, "")
        self.assertEqual(len(finished.stderr.splitlines()), 1, finished.stderr)

    def test_no_space(self):
        subject = self.governed()
        self.assert_fails(5, "/dev/full: No space left", subject.pid, "-o", "/dev/full", "--force")


if __name__ == "__main__":
    unittest.main()
