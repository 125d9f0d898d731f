"""What memgov last says of processes that were killed."""

import os
import unittest

from support import ToolTest, wait_for

MEGABYTE = 1 << 20


class Last(ToolTest):
    def kill(self, subject):
        subject.process.kill()
        subject.process.wait()

    def of(self, subject):
        dead = [words for words in self.tool_json("last", "--json")["dead"] if words["pid"] == subject.pid]
        return dead[0] if dead else None

    def test_died_at_its_limit(self):
        subject = self.start(MEMGOV_BUDGET="100M")
        self.wait_until_listed(subject)
        subject.say("hold io 30")
        self.tool("stat", subject.pid)
        subject.say("hold io 64")

        # The evidence has a line in which io grew.
        def has_line():
            try:
                with open(f"{self.folder}/memgov-{os.geteuid()}/{subject.pid}.evidence") as file:
                    return " io +" in file.read()
            except FileNotFoundError:
                return False

        wait_for(has_line, "a line of evidence with io")
        self.kill(subject)
        words = wait_for(lambda: self.of(subject), "last words")
        self.assertGreater(words["charged_bytes"], 80 * MEGABYTE)
        self.assertEqual(words["grew_pool"], "io")
        self.assertGreater(words["grew_bytes"], 16 * MEGABYTE)
        self.assertRegex(
            words["says"], r"^died at \d+\.\d MB of .* MB.*, on (soft|hard), pool io \+\d+\.\d MB in \d+ s$"
        )
        self.assertTrue(words["lines"])
        text = self.tool("last", subject.pid).stdout
        self.assertIn(words["says"], text)
        self.assertIn("CHARGED", text)

    def test_died_far_from_any_limit(self):
        subject = self.start(MEMGOV_BUDGET="1G")
        self.wait_until_listed(subject)
        self.kill(subject)
        words = self.of(subject)
        self.assertIn("(not near it), on normal", words["says"])
        self.assertGreaterEqual(words["age_seconds"], 0)

    def test_who_ended_by_itself_has_none(self):
        subject = self.start()
        self.wait_until_listed(subject)
        subject.process.stdin.write("quit\n")
        subject.process.stdin.flush()
        self.assertEqual(subject.process.wait(), 0)
        self.assertIsNone(self.of(subject))
        finished = self.tool("last", subject.pid)
        self.assertEqual(finished.returncode, 3)
        self.assertRegex(finished.stderr, r"^memgov: process \d+ has left no last words.*\n$")

    def test_who_lives_has_none(self):
        subject = self.start()
        self.wait_until_listed(subject)
        self.assertIsNone(self.of(subject))
        finished = self.tool("last", subject.pid)
        self.assertEqual(finished.returncode, 3)
        self.assertIn("lives", finished.stderr)


if __name__ == "__main__":
    unittest.main()
