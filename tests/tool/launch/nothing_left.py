"""Whatever happens to the tool or to the command, nothing that it started stays."""

import os
import signal
import subprocess

import launching
import support
from launching import PYTHON

# A daemon of two forks and a session of its own, which ignores polite signals; its parent stays, or goes.
DAEMON = """
import os, signal, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in (1, 2, 3, 15):
            signal.signal(number, signal.SIG_IGN)
        time.sleep(300)
    os._exit(0)
os.wait()
if sys.argv[1] == "stay":
    time.sleep(300)
"""


class NothingLeft(launching.LaunchTest):
    def setUp(self):
        super().setUp()
        self.marker = os.path.basename(self.folder)

    def start(self, *arguments):
        process = subprocess.Popen(
            [support.TOOL, *arguments],
            env=launching.clean(MEMGOV_DIR=self.folder),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.addCleanup(self.end, process)
        return process

    @staticmethod
    def end(process):
        if process.poll() is None:
            process.kill()
        process.communicate()

    def descendants(self):
        """Processes of the command; the tool's own has the marker in its command line, too."""
        return [pid for pid in launching.processes_with(self.marker) if "memgov" not in name_of(pid)]

    def test_interrupt_ends_command_and_load(self):
        process = self.start(
            "try", "--ready", "0", "--load", f"sleep 300; : {self.marker}", "--",
            PYTHON, "-c", DAEMON, "stay", self.marker,
        )  # fmt: skip
        support.wait_for(lambda: len(self.descendants()) >= 3, "command, daemon and load")
        process.send_signal(signal.SIGINT)
        support.wait_for(lambda: process.poll() is not None, "the tool's end")
        self.assertEqual(process.returncode, 128 + signal.SIGINT)
        self.assertEqual(self.descendants(), [])
        self.assertIn("stopped by SIGINT; nothing is left running", process.communicate()[1])

    def test_signals_are_forwarded(self):
        seen = self.path("seen")
        command = f"import signal, sys, time\nsignal.signal(15, lambda *_: (open('{seen}', 'w').write('yes'), sys.exit()))\n"
        command += f"open('{self.path('ready')}', 'w')\nwhile True:\n    time.sleep(0.05)"
        process = self.start("check", "--max-rss", "1G", "--", PYTHON, "-c", command)
        support.wait_for(lambda: os.path.exists(self.path("ready")), "the command")
        process.terminate()
        support.wait_for(lambda: process.poll() is not None, "the tool's end")
        self.assertEqual(process.returncode, 128 + signal.SIGTERM)
        self.assertTrue(os.path.exists(seen))

    def test_a_killed_tool_takes_all_with_it(self):
        process = self.start("check", "--max-rss", "1G", "--", PYTHON, "-c", DAEMON, "stay", self.marker)
        support.wait_for(lambda: len(self.descendants()) >= 2, "command and daemon")
        process.kill()
        support.wait_for(lambda: not self.descendants(), "their end")

    def test_a_second_signal_does_not_wait(self):
        deaf = f"import signal, time\nfor n in (1, 2, 3, 15): signal.signal(n, signal.SIG_IGN)\nopen('{self.path('ready')}', 'w')\nwhile True:\n    time.sleep(0.05)"
        process = self.start("try", "--", PYTHON, "-c", deaf, self.marker)
        support.wait_for(lambda: os.path.exists(self.path("ready")), "the command")
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        support.wait_for(lambda: process.poll() is not None, "the tool's end")
        self.assertEqual(self.descendants(), [])

    def test_what_a_command_leaves_behind_is_stopped_and_said(self):
        finished = self.memgov("check", "--max-rss", "1G", "--", PYTHON, "-c", DAEMON, "go", self.marker)
        self.assertIn("the command left 1 processes running; they were stopped", finished.stderr)
        self.assertEqual(self.descendants(), [])

    def test_a_daemon_is_measured_for_its_time(self):
        finished = self.memgov(
            "check", "--max-rss", "1G", "--seconds", "2", "--json", "--", PYTHON, "-c", DAEMON, "go", self.marker
        )
        self.assertIn('"peak_bytes"', finished.stdout)
        self.assertEqual(self.descendants(), [])


def name_of(pid):
    try:
        with open(f"/proc/{pid}/comm") as comm:
            return comm.read().strip()
    except OSError:
        return "memgov"


if __name__ == "__main__":
    launching.main()
