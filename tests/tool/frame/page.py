"""docs/tool.md says of commands and exit codes what the tool itself says."""

import pathlib
import re
import unittest

from support import ToolTest

PAGE = pathlib.Path(__file__).parents[3] / "docs" / "tool.md"


def rows(text, heading):
    """The cells of the table below a heading, without its head."""
    section = text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines[2:]]


class Page(ToolTest):
    maxDiff = None

    def setUp(self):
        super().setUp()
        self.page = PAGE.read_text()

    def test_commands(self):
        listed = self.tool("--help").stdout.split("Subcommands:\n", 1)[1]
        # A name that is longer than its column has its summary on the next line.
        commands = dict(re.findall(r"^  ([a-z]+)\s+(\S.*(?:\n {10,}\S.*)*)", listed, re.MULTILINE))
        commands = {name: re.sub(r"\s+", " ", summary) for name, summary in commands.items()}
        said = {re.match(r"(?:\[)?`([a-z]+)`", name).group(1): summary for name, summary in rows(self.page, "Commands")}
        self.assertEqual(said, {name: summary.rstrip(".") for name, summary in commands.items()})

    def test_exit_codes(self):
        manual = self.tool("manual").stdout
        section = manual.split(".SH EXIT STATUS\n", 1)[1].split(".PP\n", 1)[0]
        codes = re.findall(r"\.TP\n\.B (\d+)\n(.*)", section)
        self.assertEqual(rows(self.page, "Exit status"), codes)

    def test_pages_that_it_points_to(self):
        for link in re.findall(r"\]\(([a-z-]+\.md)\)", self.page):
            self.assertTrue((PAGE.parent / link).exists(), link)


if __name__ == "__main__":
    unittest.main()
