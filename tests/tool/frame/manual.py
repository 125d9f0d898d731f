"""The manual page: whole, without a warning from troff, with all that --help names."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest

from support import ToolTest


class Manual(ToolTest):
    def setUp(self):
        super().setUp()
        finished = self.tool("manual")
        self.assertEqual(finished.returncode, 0, finished.stderr)
        self.page = finished.stdout

    def rendered(self):
        if not shutil.which("groff"):
            self.skipTest("no groff")
        finished = subprocess.run(
            ["groff", "-man", "-Tutf8", "-Kutf8", "-ww", "-rLL=80n", "-P-c"],
            input=self.page.encode(),
            capture_output=True,
            timeout=60,
        )
        self.assertEqual(finished.returncode, 0)
        self.assertEqual(finished.stderr.decode(), "")
        return re.sub(".\b", "", finished.stdout.decode())

    def test_every_command_and_option_of_help(self):
        text = self.rendered()
        commands = re.findall(r"^  ([a-z]+)  ", self.tool("--help").stdout, re.MULTILINE)
        self.assertIn("advise", commands)
        for command in commands:
            self.assertRegex(text, rf"(?m)^   {command}$")
            for option in re.findall(r"(--[a-z-]+)", self.tool(command, "--help").stdout):
                self.assertIn(option, text, command)

    def test_the_sections_that_a_page_has(self):
        text = self.rendered()
        for section in (
            "NAME",
            "SYNOPSIS",
            "DESCRIPTION",
            "COMMANDS",
            "EXIT STATUS",
            "ENVIRONMENT",
            "FILES",
            "EXAMPLES",
        ):
            self.assertRegex(text, rf"(?m)^{section}$")
        self.assertIn("MEMGOV_BUDGET_SOFT", text)
        self.assertNotRegex(text, "(?m)^   manual$")

    def test_man_has_nothing_to_say_about_it(self):
        if not shutil.which("man"):
            self.skipTest("no man")
        with tempfile.NamedTemporaryFile("w", suffix=".1") as page:
            page.write(self.page)
            page.flush()
            finished = subprocess.run(
                ["man", "--warnings", "-l", page.name],
                env={**os.environ, "LC_ALL": "C.UTF-8", "MANPAGER": "cat", "MANROFFSEQ": "", "MANWIDTH": "80"},
                capture_output=True,
                text=True,
                timeout=60,
            )
        self.assertEqual(finished.returncode, 0, finished.stderr)
        self.assertEqual(finished.stderr, "")
        self.assertIn("memgov - see and steer", re.sub(".\b", "", finished.stdout))

    def test_it_says_the_same_twice(self):
        self.assertEqual(self.tool("manual").stdout, self.page)


if __name__ == "__main__":
    unittest.main()
