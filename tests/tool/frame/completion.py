"""Completion: the scripts parse, and bash offers what it should."""

import os
import shutil
import subprocess
import unittest

from support import TOOL, ToolTest

# Completes $@ as bash does at the end of a line, and prints what it would offer.
COMPLETE = """
source "$SCRIPT"
COMP_WORDS=("$@")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
COMP_LINE="$*"
COMP_POINT=${#COMP_LINE}
_memgov memgov "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


class Completion(ToolTest):
    def script(self, shell):
        finished = self.tool("completion", shell)
        self.assertEqual(finished.returncode, 0, finished.stderr)
        path = os.path.join(self.folder, f"memgov.{shell}")
        with open(path, "w") as file:
            file.write(finished.stdout)
        return path

    def complete(self, *words):
        environment = {
            **os.environ,
            "SCRIPT": self.script("bash"),
            "MEMGOV_DIR": self.folder,
            "PATH": f"{os.path.dirname(TOOL)}:{os.environ['PATH']}",
        }
        finished = subprocess.run(
            ["bash", "--norc", "-c", COMPLETE, "bash", "memgov", *words],
            env=environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=60,
        )
        self.assertEqual(finished.stderr, "")
        return [line for line in finished.stdout.splitlines() if line]

    def test_every_shell_parses_its_own(self):
        for shell, check in (("bash", ["bash", "-n"]), ("zsh", ["zsh", "-n"]), ("fish", ["fish", "--no-execute"])):
            with self.subTest(shell):
                path = self.script(shell)
                if not shutil.which(shell):
                    self.skipTest(f"no {shell}")
                finished = subprocess.run([*check, path], capture_output=True, text=True, timeout=60)
                self.assertEqual((finished.returncode, finished.stderr), (0, ""))

    def test_commands(self):
        self.assertEqual(self.complete("adv"), ["advise"])
        everything = self.complete("")
        self.assertIn("snippet", everything)
        self.assertNotIn("manual", everything)

    def test_options_and_what_they_allow(self):
        self.assertEqual(self.complete("advise", "--form"), ["--format"])
        self.assertEqual(self.complete("advise", "--format", ""), ["text", "compose", "k8s", "systemd"])
        self.assertEqual(self.complete("advise", "--format", "=", "k"), ["k8s"])
        self.assertEqual(self.complete("snippet", "d"), ["docker"])
        self.assertEqual(self.complete("completion", ""), ["bash", "zsh", "fish"])

    def test_files(self):
        open(os.path.join(self.folder, "a recording.jsonl"), "w").close()
        self.assertIn("a recording.jsonl", self.complete("advise", "a"))
        self.assertIn("a recording.jsonl", self.complete("snippet", "--library", "a"))

    def test_governed_processes(self):
        if "ps" not in self.complete("p"):
            self.skipTest("the tool has no ps")
        subject = self.start()
        self.wait_until_listed(subject)
        self.assertIn(str(subject.pid), self.complete("advise", ""))

    def test_the_command_that_is_started(self):
        self.assertIn("true", self.complete("run", "--", "tru"))

    def test_a_shell_that_there_is_not(self):
        finished = self.tool("completion", "tcsh")
        self.assertEqual(finished.returncode, 2)
        self.assertIn("tcsh", finished.stderr)
        self.assertIn("bash", finished.stderr)


if __name__ == "__main__":
    unittest.main()
