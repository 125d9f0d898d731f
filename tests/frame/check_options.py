"""Checks that docs/options.md has every row of governor/config/options.h, with its default and whether it is live.

usage: check_options.py <root of the source tree>
"""

import pathlib
import re
import sys

ENTRY = re.compile(r'X\(k\w+, "(\w+)", k\w+, "([^"]*)", \d+, \d+, "[^"]*", k(\w+),')
ROW = re.compile(r"^\| (MEMGOV_\w+) \| ([^|]*?) ?\| ([^|]*?) ?\|", re.MULTILINE)


def main():
    root = pathlib.Path(sys.argv[1])
    text = re.sub(r"\s+", " ", (root / "governor/config/options.h").read_text().replace("\\\n", " "))
    entries = [(name, default, "live" if change == "Live" else "") for name, default, change in ENTRY.findall(text)]
    rows = ROW.findall((root / "docs/options.md").read_text())
    problems = [f"docs/options.md lacks: {entry}" for entry in entries if entry not in rows]
    problems += [f"docs/options.md has, the table has not: {row}" for row in rows if row not in entries]
    if len(entries) != len(re.findall(r"\bX\(k[A-Z]", text)):
        problems.append("options.h: an entry of another form")
    for problem in problems:
        print(problem)
    print(f"{len(entries)} options, {len(problems)} problems")
    return 1 if problems or not entries else 0


if __name__ == "__main__":
    sys.exit(main())
