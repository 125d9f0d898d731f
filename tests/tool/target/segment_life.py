"""When a stats segment is there, for whom, and what becomes of it."""

import glob
import os
import signal
import stat
import subprocess
import tempfile
import unittest

from support import OBJECT, SUBJECT, ToolTest, wait_for

MAGIC = b"GOvstats"


class SegmentLife(ToolTest):
    def path(self, subject, folder=None, user=None):
        user = os.geteuid() if user is None else user
        return os.path.join(folder or self.folder, f"memgov-{user}", f"{subject.pid}.stats")

    def test_owner_only_and_gone_with_the_process(self):
        subject = self.start()
        self.wait_until_listed(subject)
        path = self.path(subject)
        status = os.lstat(path)
        self.assertEqual(stat.S_IMODE(status.st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(os.lstat(os.path.dirname(path)).st_mode), 0o700)
        with open(path, "rb") as file:
            self.assertEqual(file.read(8), MAGIC)
        subject.process.stdin.write("quit\n")
        subject.process.stdin.flush()
        self.assertEqual(subject.process.wait(timeout=30), 0)
        self.assertFalse(os.path.exists(path))

    def test_eight_of_the_killed_stay(self):
        for _ in range(11):
            subject = self.start()
            self.wait_until_listed(subject)
            subject.process.send_signal(signal.SIGKILL)
            subject.process.wait()
        alive = self.start()
        self.wait_until_listed(alive)
        files = glob.glob(os.path.join(self.folder, "memgov-*", "*.stats"))
        self.assertEqual(len(files), 9)

    def test_none_where_nothing_is_to_be_exported(self):
        subject = self.start(MEMGOV_EXPORT="0")
        subject.say("hold io 8")
        subject.say("free io")
        self.assertEqual(os.listdir(self.folder), [])

    def test_a_folder_that_cannot_be_used_costs_one_line(self):
        with tempfile.NamedTemporaryFile() as no_folder:
            finished = subprocess.run(
                [SUBJECT],
                env={**os.environ, "LD_PRELOAD": OBJECT, "MEMGOV_DIR": no_folder.name, "MEMGOV_START_BYTES": "1M"},
                input="hold io 8\nquit\n",
                capture_output=True,
                text=True,
                timeout=60,
            )
        self.assertEqual(finished.returncode, 0)
        self.assertLessEqual(len(finished.stderr.splitlines()), 1)

    def test_a_child_has_its_own(self):
        script = (
            "import os, threading, time\n"
            "thread = threading.Thread(target=time.sleep, args=(60,), daemon=True); thread.start()\n"
            "child = os.fork()\n"
            "other = threading.Thread(target=time.sleep, args=(60,), daemon=True); other.start()\n"
            "print(os.getpid(), flush=True)\n"
            "time.sleep(60)\n"
        )
        environment = {**os.environ, "LD_PRELOAD": OBJECT, "MEMGOV_DIR": self.folder}
        parent = subprocess.Popen(
            ["/usr/bin/python3", "-c", script], env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        self.addCleanup(parent.stdout.close)
        self.addCleanup(parent.wait)
        self.addCleanup(os.killpg, parent.pid, signal.SIGKILL)
        pids = {int(parent.stdout.readline()), int(parent.stdout.readline())}
        files = {os.path.join(self.folder, f"memgov-{os.geteuid()}", f"{pid}.stats") for pid in pids}
        wait_for(lambda: all(os.path.exists(file) for file in files), files)

    @unittest.skipUnless(os.geteuid() == 0, "needs root, to become somebody else")
    def test_it_follows_a_process_that_changes_its_user(self):
        os.chmod(self.folder, 0o777)
        script = (
            "import os, threading, time\n"
            "threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
            "input()\n"
            "os.setgid(12345); os.setuid(12345)\n"
            "for round in range(600):\n"
            "    keep = [bytes(300000) for _ in range(20)]\n"
            "    time.sleep(0.05)\n"
        )
        process = subprocess.Popen(
            ["/usr/bin/python3", "-c", script],
            env={**os.environ, "LD_PRELOAD": OBJECT, "MEMGOV_DIR": self.folder},
            stdin=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.addCleanup(process.stdin.close)
        wait_for(lambda: os.path.exists(self.path(process)), "the file of root")
        process.stdin.write("\n")
        process.stdin.flush()
        wait_for(lambda: os.path.exists(self.path(process, user=12345)), "the file of its new user")


if __name__ == "__main__":
    unittest.main()
