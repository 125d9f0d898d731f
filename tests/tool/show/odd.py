"""Processes that are gone, another user's or of another version; files that are damaged or hostile."""

import os
import shutil
import subprocess
import sys
import unittest
import unittest.mock

import support
from segments import of_version
from support import TOOL, ToolTest

COMMANDS = (("stat",), ("pools",), ("release",), ("set", "BUDGET=200M"), ("health",))
NOBODY = 65534


class Odd(ToolTest):
    def setUp(self):
        super().setUp()
        self.subject = self.start()
        self.wait_until_listed(self.subject)
        self.path = os.path.join(self.folder, f"memgov-{os.geteuid()}", f"{self.subject.pid}.stats")

    def assert_one_line(self, finished, status):
        self.assertEqual(finished.returncode, status, finished.stderr)
        self.assertRegex(finished.stderr, r"^memgov: [^\n]+\n$")
        self.assertEqual(finished.stdout, "")

    def test_a_pid_that_is_gone(self):
        self.subject.stop()
        for command in COMMANDS:
            finished = self.tool(command[0], self.subject.pid, *command[1:])
            self.assert_one_line(finished, 3)
            self.assertIn(str(self.subject.pid), finished.stderr)

    def test_a_pid_that_is_none(self):
        for pid in ("0", "abc", "1.5", "99999999999999999999", "12x", "\x1b[2J"):
            finished = self.tool("stat", pid)
            self.assert_one_line(finished, 2)
            self.assertNotIn("\x1b", finished.stderr)

    def test_a_process_that_is_not_governed(self):
        other = subprocess.Popen(["/bin/sleep", "60"])
        self.addCleanup(other.wait)
        self.addCleanup(other.kill)
        self.assert_one_line(self.tool("stat", other.pid), 3)

    def test_another_version(self):
        with open(self.path, "rb") as file:
            segment = file.read()
        copy = self.path + ".copy"
        with open(copy, "wb") as file:
            file.write(of_version(segment, 999))
        os.chmod(copy, 0o600)
        os.rename(copy, self.path)
        for command in COMMANDS:
            finished = self.tool(command[0], self.subject.pid, *command[1:])
            self.assert_one_line(finished, 5)
            self.assertIn("version", finished.stderr)

    def replace(self, content):
        copy = self.path + ".copy"
        with open(copy, "wb") as file:
            file.write(content)
        os.chmod(copy, 0o600)
        os.rename(copy, self.path)

    def test_damaged_segments_cost_a_line_each(self):
        with open(self.path, "rb") as file:
            segment = file.read()
        for content in (
            b"",
            segment[:100],
            segment[: len(segment) // 2],
            bytes(len(segment)),
            os.urandom(len(segment)),
        ):
            self.replace(content)
            finished = self.tool("ps")
            self.assertEqual(finished.returncode, 0)
            self.assertIn(str(self.subject.pid), finished.stderr)
            self.assert_one_line(self.tool("stat", self.subject.pid), 5)

    def test_a_link_is_not_followed(self):
        shutil.copy(self.path, os.path.join(self.folder, "elsewhere"))
        os.remove(self.path)
        os.symlink(os.path.join(self.folder, "elsewhere"), self.path)
        finished = self.tool("stat", self.subject.pid)
        self.assert_one_line(finished, 5)
        self.assertIn("a symbolic link; not followed", finished.stderr)

    def test_a_thread_is_no_process(self):
        threads = [int(name) for name in os.listdir(f"/proc/{self.subject.pid}/task")]
        thread = next(thread for thread in threads if thread != self.subject.pid)
        for command in COMMANDS:
            finished = self.tool(command[0], thread, *command[1:])
            self.assert_one_line(finished, 3)
            self.assertEqual(finished.stderr, f"memgov: {thread} is a thread of process {self.subject.pid}\n")

    def test_names_that_would_write_to_the_terminal(self):
        hostile = os.path.join(self.folder, "a\x1b[2Jb")
        shutil.copy(support.SUBJECT, hostile)
        with unittest.mock.patch.object(support, "SUBJECT", hostile):
            subject = self.start()
        self.wait_until_listed(subject)
        for command in (("ps",), ("stat", subject.pid), ("pools", subject.pid), ("top", "-n", "1")):
            text = self.tool(*command).stdout
            self.assertNotIn("\x1b", text, command)
            self.assertIn("\\x1b", text, command)

    @unittest.skipUnless(os.geteuid() == 0, "needs root, to become somebody else")
    def test_another_users(self):
        def as_nobody(*arguments):
            return subprocess.run(
                [
                    sys.executable,
                    "-c",
                    f"import os, sys; os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY});"
                    "os.execv(sys.argv[1], sys.argv[1:])",
                    tool,
                    *map(str, arguments),
                ],
                env={"MEMGOV_DIR": self.folder, "PATH": os.environ["PATH"]},
                capture_output=True,
                text=True,
                timeout=60,
            )

        # The build's folder may be closed to others.
        tool = os.path.join(self.folder, "memgov")
        shutil.copy(TOOL, tool)
        os.chmod(self.folder, 0o755)
        for command in COMMANDS:
            finished = as_nobody(command[0], self.subject.pid, *command[1:])
            self.assert_one_line(finished, 4)
            self.assertRegex(finished.stderr, rf"^memgov: process {self.subject.pid}: another user's; ")
        self.assertNotIn(str(self.subject.pid), as_nobody("ps", "--json").stdout)
        # Folders of others are no reason why a process of one's own is not governed.
        own = subprocess.Popen(["/bin/sleep", "60"], user=NOBODY, group=NOBODY, extra_groups=[])
        self.addCleanup(own.wait)
        self.addCleanup(own.kill)
        finished = as_nobody("stat", own.pid)
        self.assert_one_line(finished, 3)
        self.assertIn("memgov is not loaded in it", finished.stderr)


if __name__ == "__main__":
    unittest.main()
