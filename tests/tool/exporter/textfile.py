"""--textfile: whole pages for node_exporter's collector."""

import os
import signal
import subprocess
import unittest

from running import ExporterTest, Page
from support import TOOL, wait_for


class Textfile(ExporterTest):
    def setUp(self):
        super().setUp()
        self.file = os.path.join(self.folder, "collector", "memgov.prom")
        os.mkdir(os.path.dirname(self.file))

    def read(self):
        with open(self.file, encoding="utf-8") as file:
            return Page(file.read())

    def test_once(self):
        subject = self.governed()
        finished = self.tool("exporter", "--once", "--textfile", self.file)
        self.assertEqual((finished.returncode, finished.stdout), (0, ""), finished.stderr)
        self.assertEqual(self.read().value("memgov_info", pid=str(subject.pid)), 1)
        self.assertEqual(os.listdir(os.path.dirname(self.file)), ["memgov.prom"])

    def test_again_and_again_until_a_signal(self):
        process = subprocess.Popen(
            [TOOL, "exporter", "--textfile", self.file, "--interval", "1"],
            env={**os.environ, "MEMGOV_DIR": self.folder},
        )
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        first = wait_for(lambda: os.path.exists(self.file) and os.stat(self.file).st_ino, "the first page")
        subject = self.governed()
        wait_for(
            lambda: self.read().values("memgov_info", pid=str(subject.pid)), "a page with the new process"
        )
        self.assertNotEqual(os.stat(self.file).st_ino, 0)
        self.assertTrue(first)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(timeout=30), 0)
        self.assertEqual(os.listdir(os.path.dirname(self.file)), ["memgov.prom"])

    def test_a_name_that_nobody_would_read(self):
        finished = self.tool("exporter", "--once", "--textfile", self.file + ".txt")
        self.assertEqual((finished.returncode, finished.stdout), (2, ""))
        self.assertEqual(len(finished.stderr.splitlines()), 1)
        self.assertIn(f"--textfile {self.file}.txt: node_exporter reads only files", finished.stderr)
        self.assertEqual(os.listdir(os.path.dirname(self.file)), [])

    def test_serves_as_well_when_asked(self):
        subject = self.governed()
        _, base = self.exporter("--textfile", self.file)
        wait_for(lambda: os.path.exists(self.file), "the first page")
        for page in (self.read(), self.page(base)):
            self.assertEqual(page.value("memgov_info", pid=str(subject.pid)), 1)

    def test_survives_a_folder_that_goes_away_for_a_while(self):
        process, _ = self.exporter("--textfile", self.file, "--interval", "1")
        wait_for(lambda: os.path.exists(self.file), "the first page")
        folder = os.path.dirname(self.file)
        os.rename(folder, folder + ".away")
        self.assertIn(self.file, process.stderr.readline())
        os.mkdir(folder)
        wait_for(lambda: os.path.exists(self.file), "a page in the new folder")
        self.assertIsNone(process.poll())


if __name__ == "__main__":
    unittest.main()
