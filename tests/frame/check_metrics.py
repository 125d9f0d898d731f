"""Checks that docs/metrics.md has every row of governor/telemetry/metrics_table.h, and no other.

usage: check_metrics.py <root of the source tree>

With --print it prints the rows as the page should have them.
"""

import pathlib
import re
import sys

ENTRY = re.compile(r'X\(k(\w+), "(\w+)", k(\w+),\s*"([^"]*)"')
ROW = re.compile(r"^\| `(\w+)` \| (\w+) \| (\w+) \| (.*) \|$", re.MULTILINE)
SUFFIX = {"Bytes": "_bytes", "Seconds": "_seconds", "Count": ""}


def table_rows(text):
    """(name, kind, unit, help) of each entry, whose lines and texts may be broken anywhere."""
    joined = re.sub(r'"\s+"', "", text.replace("\\\n", " "))
    rows = [(name, kind.lower(), unit.lower(), words) for kind, name, unit, words in ENTRY.findall(joined)]
    if len(rows) != len(re.findall(r"\bX\(k[A-Z]", joined)):
        raise SystemExit("metrics_table.h: an entry of another form")
    return rows


def naming_problems(rows):
    """Prometheus' rules: https://prometheus.io/docs/practices/naming/"""
    for name, kind, unit, _ in rows:
        stem = name.removesuffix("_total")
        if not name.startswith("memgov_"):
            yield f"{name}: no memgov_ in front"
        if (stem != name) != (kind == "counter"):
            yield f"{name}: _total is for counters, and for all of them"
        if not stem.endswith(SUFFIX[unit.capitalize()]):
            yield f"{name}: its unit is {unit}"
    names = [row[0] for row in rows]
    yield from (f"{name}: twice" for name in sorted({name for name in names if names.count(name) > 1}))


def main():
    root = pathlib.Path(sys.argv[1])
    rows = table_rows((root / "governor/telemetry/metrics_table.h").read_text())
    if "--print" in sys.argv:
        for row in rows:
            print("| `{}` | {} | {} | {} |".format(*row))
        return 0
    page = ROW.findall((root / "docs/metrics.md").read_text())
    problems = [*naming_problems(rows)]
    problems += [f"docs/metrics.md lacks: {row}" for row in rows if row not in page]
    problems += [f"docs/metrics.md has, the table has not: {row}" for row in page if row not in rows]
    for problem in problems:
        print(problem)
    print(f"{len(rows)} metrics, {len(problems)} problems")
    return 1 if problems or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
