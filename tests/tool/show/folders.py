"""Processes whose runtime folder is not the tool's, and a MEMGOV_DIR of the tool's own that is none."""

import os
import tempfile
import unittest

from support import ToolTest


class Folders(ToolTest):
    def test_a_process_with_another_folder_is_found(self):
        subject = self.start()
        self.wait_until_listed(subject)
        with tempfile.TemporaryDirectory(prefix="memgov-test-") as other:
            variables = {"MEMGOV_DIR": other, "XDG_RUNTIME_DIR": other}
            finished = self.tool("health", subject.pid, environment=variables)
            self.assertEqual(finished.returncode, 0, finished.stderr)
            self.assertEqual(finished.stderr, "")
            self.assertNotIn(f" {subject.pid} ", self.tool("ps", environment=variables).stdout)

    def test_a_folder_of_somebody_else_is_not_looked_into(self):
        subject = self.start()
        self.wait_until_listed(subject)
        # Named for one user and owned by another, as anybody could make it.
        own = os.path.join(self.folder, f"memgov-{os.geteuid()}")
        os.rename(own, os.path.join(self.folder, f"memgov-{os.geteuid() + 1}"))
        finished = self.tool("health", subject.pid)
        self.assertEqual(finished.returncode, 3)
        self.assertIn("nothing of it is in a runtime folder", finished.stderr)

    def test_a_folder_that_is_none_costs_one_line(self):
        missing = os.path.join(self.folder, "a\x1b[2Jb")
        for folder, words in (("relative", "allowed is an absolute path"), (missing, "there is no such folder")):
            finished = self.tool("top", "-n", "2", "--interval", "50ms", environment={"MEMGOV_DIR": folder})
            self.assertEqual(finished.returncode, 0)
            self.assertRegex(finished.stderr, rf"^memgov: MEMGOV_DIR=[^\n]+: {words}[^\n]*\n$")
            self.assertNotIn("\x1b", finished.stderr)
        self.assertEqual(self.tool("manual", environment={"MEMGOV_DIR": "relative"}).stderr, "")


if __name__ == "__main__":
    unittest.main()
