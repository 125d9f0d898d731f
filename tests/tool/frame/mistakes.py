"""Command lines that are wrong, and output that is lost: one line each, and the exit status says so."""

import subprocess
import unittest

import support
from support import ToolTest


class Mistakes(ToolTest):
    def test_one_line_whatever_is_in_the_argument(self):
        for arguments in (
            ("ps", "ex\x1b[31mtra\nline2"),
            ("ps", "--so\x1b[31mrt\nx"),
            ("ps", "--sort", "a\x1b[31m\nb"),
            ("top", "-n", "\x1b[31m\n"),
            ("\x1b[31m\nps",),
        ):
            finished = self.tool(*arguments)
            self.assertEqual(finished.returncode, 2, arguments)
            self.assertRegex(finished.stderr, r"^memgov: [^\n]*\\x1b\[31m[^\n]*\n$")
            self.assertNotIn("\x1b", finished.stderr)

    def test_a_command_that_there_is_not(self):
        for arguments, line in (
            (("foo",), "foo: no such command; memgov --help lists them"),
            (("--foo", "1"), "--foo: no such option; memgov --help lists them"),
            ((), "a command is missing; memgov --help lists them"),
        ):
            finished = self.tool(*arguments)
            self.assertEqual(finished.returncode, 2)
            self.assertEqual(finished.stderr, f"memgov: {line}\n")
            self.assertEqual(finished.stdout, "")

    def test_output_that_is_lost(self):
        for arguments in (
            ("ps", "--json"),
            ("--help",),
            ("--version",),
            ("manual",),
            ("completion", "zsh"),
            ("top", "-n", "1"),
        ):
            with open("/dev/full", "w") as full:
                finished = subprocess.run(
                    [support.TOOL, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60
                )
            self.assertEqual(finished.returncode, 5, arguments)
            lost = [line for line in finished.stderr.splitlines() if "standard output" in line]
            self.assertEqual(len(lost), 1, finished.stderr)
            self.assertRegex(lost[0], "^memgov: standard output: cannot be written(: No space left on device)?$")

    def test_arguments_are_named_as_the_text_names_them(self):
        for command, usage in (
            ("stat", "PID"),
            ("release", r"PID \[BYTES\]"),
            ("set", r"PID \[OPTION=VALUE...\]"),
            ("last", r"\[PID\]"),
        ):
            self.assertRegex(self.tool(command, "--help").stdout, rf"Usage: memgov {command} \[OPTIONS\] {usage}\n")


if __name__ == "__main__":
    unittest.main()
