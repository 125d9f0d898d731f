"""When a stats segment is there, for whom, and what becomes of it."""

import glob
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import unittest

from support import OBJECT, SUBJECT, ToolTest, wait_for

MAGIC = b"GOvstats"


def governed(folder, **options):
    """The environment of a governed process, without what the tests say to each other."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MEMGOV_")}
    return {**environment, "LD_PRELOAD": OBJECT, "MEMGOV_DIR": folder, **options}


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
        with tempfile.NamedTemporaryFile() as no_folder, tempfile.TemporaryFile("w+") as said:
            process = subprocess.Popen(
                [SUBJECT],
                env=governed(no_folder.name),
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=said,
                text=True,
            )
            self.addCleanup(process.wait)
            self.addCleanup(process.kill)
            wait_for(lambda: os.fstat(said.fileno()).st_size > 0, "the line")
            process.communicate("hold io 8\nfree io\nquit\n", timeout=60)
            self.assertEqual(process.returncode, 0)
            said.seek(0)
            lines = said.readlines()
        self.assertEqual(len(lines), 1, lines)
        self.assertIn(no_folder.name, lines[0])

    def test_a_folder_that_went_with_its_session_is_made_anew(self):
        subject = self.start()
        self.wait_until_listed(subject)
        shutil.rmtree(os.path.dirname(self.path(subject)))
        subject.say("hold io 8")
        self.wait_until_listed(subject)

    def test_a_child_has_its_own(self):
        script = (
            "import os, threading, time\n"
            "thread = threading.Thread(target=time.sleep, args=(60,), daemon=True); thread.start()\n"
            "child = os.fork()\n"
            "other = threading.Thread(target=time.sleep, args=(60,), daemon=True); other.start()\n"
            "print(os.getpid(), flush=True)\n"
            "time.sleep(60)\n"
        )
        parent = subprocess.Popen(
            ["/usr/bin/python3", "-c", script], env=governed(self.folder), stdout=subprocess.PIPE, text=True, start_new_session=True
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
            env=governed(self.folder),
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
        # What it may not remove any more says that it is nobody's.
        with open(self.path(process), "rb") as file:
            self.assertEqual(int.from_bytes(file.read(20)[16:20], "little"), 0)


if __name__ == "__main__":
    unittest.main()
