"""The table on made-up reports: columns, what is absent, the bars at their limits, and the page's markers."""

import argparse
import pathlib
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "engine_choice"), str(HERE.parent / "micro")]

import allocators
import engine_table
import engines
import table

MEBIBYTE = 1 << 20
FACTS = {
    "date": "2026-01-02",
    "command": "./setup.sh engines",
    "machine": {
        "cpus": 2,
        "memory_gib": 8,
        "kernel": "6.1",
        "architecture": "x86_64",
        "libc": "glibc 2.36",
        "load_average_before": 0.1,
    },
    "runs": 3,
    "seconds": 4.0,
    "failures": [],
}


def run(rate, average, after, base=10):
    return {
        "requests_per_second": rate,
        "rss_average_bytes": average * MEBIBYTE,
        "rss_base_bytes": base * MEBIBYTE,
        "rss_after_1s_bytes": after * MEBIBYTE,
    }


def report(**changed):
    """Every engine at its bar, with nothing to spare."""
    runs = {
        "arena": run(1000, 70, 12),
        "system": run(500, 100, 27),
        "mimalloc 2.0.9": run(900, 300, 60),
        "mimalloc 3": run(850, 300, 37),
        "glibc": run(500, 120, 110),
        "plain mimalloc 2.0.9": run(900, 400, 400),
        "plain mimalloc 3": run(1000, 900, 900),
        **changed,
    }
    results = [
        {"allocator": name, "runs": [one] * 2, "errors": 0, "failures": []}
        for name, one in runs.items()
        if one
    ]
    live = {"allocator": "arena", "requested_after_bytes": 2 * MEBIBYTE}
    return {"load": {"rate": 0}, "live": live, "results": results}


def measured(**changed):
    return {
        "gateway": report(**changed),
        "churn": report(),
        "pair": {"arena": [4.0, 5.0, 9.0], "glibc": [7.0, 7.0, 8.0]},
        "start-up": {"arena": [130.4, 320.0]},
        "parked": {"system": [18000.0, 18501.0]},
    }


def row(text, what):
    line = next(line for line in text.splitlines() if line.startswith(f"| {what} |"))
    return dict(zip(engines.COLUMNS, [cell.strip() for cell in line.strip("|").split("|")][1:]))


class Table(unittest.TestCase):
    def test_every_row_has_a_cell_for_each_column(self):
        lines = [line for line in table.body(FACTS, measured()).splitlines() if line.startswith("|")]
        self.assertEqual({line.count("|") for line in lines}, {2 + len(engines.COLUMNS)})
        self.assertEqual({len(cells) for _, cells in engines.SUPPORT}, {len(engines.ENGINES)})

    def test_figures_are_medians_in_their_columns(self):
        text = table.body(FACTS, measured())
        self.assertEqual(row(text, "gateway load: requests/s")["mimalloc 3"], "850")
        self.assertEqual(row(text, "pool churn: RSS 1 s after, MiB")["system"], "27.0")
        self.assertEqual(row(text, "malloc and free, 16-1024 B, ns")["arena"], "5.0")
        self.assertEqual(row(text, "start-up over glibc")["arena"], "+130 us, +320 KiB")
        self.assertEqual(row(text, "heap of a parked thread, bytes")["system"], "18250")

    def test_what_is_not_here_is_said_to_be(self):
        text = table.body(FACTS, measured(**{"mimalloc 3": None, "plain mimalloc 3": None}))
        cells = row(text, "gateway load: requests/s")
        self.assertEqual([cells["mimalloc 3"], cells["plain mimalloc 3"]], [table.ABSENT] * 2)
        self.assertEqual(row(text, "malloc and free, 16-1024 B, ns")["system"], table.ABSENT)
        self.assertIn(table.ABSENT, table.body({**FACTS, "failures": ["churn: no"]}, {"churn": None}))

    def test_a_busy_machine_is_confessed(self):
        machine = {**FACTS["machine"], "load_average_before": 3.0}
        self.assertIn("not idle", table.body({**FACTS, "machine": machine}, measured()))
        self.assertNotIn("not idle", table.body(FACTS, measured()))


class Bars(unittest.TestCase):
    def missed(self, **changed):
        return [what for what, passed, _ in table.verdicts(measured(**changed)) if passed is False]

    def test_all_pass_at_the_limit(self):
        self.assertEqual({passed for _, passed, _ in table.verdicts(measured())}, {True})

    def test_each_has_its_limit(self):
        for changed, said in (
            ({"system": run(500, 100, 27.1)}, "system: 1 s after"),
            ({"mimalloc 3": run(850, 300, 37.1)}, "mimalloc 3: 1 s after"),
            ({"mimalloc 3": run(850, 301, 37)}, "mimalloc 3: RSS under load"),
            ({"mimalloc 3": run(849, 300, 37)}, "mimalloc 3: RSS under load"),
        ):
            missed = self.missed(**changed)
            self.assertEqual(len(missed), 1, changed)
            self.assertIn(said, missed[0])

    def test_what_was_not_measured_is_open(self):
        verdicts = table.verdicts(measured(**{"mimalloc 3": None}))
        self.assertEqual([passed for _, passed, _ in verdicts[:3]], [True, None, None])


class Columns(unittest.TestCase):
    here = [allocators.Allocator("glibc"), allocators.Allocator("memgov-mimalloc", "/lib/ours.so")]

    def test_mimalloc_3_needs_our_object_and_the_library(self):
        names = [each.name for each in engines.candidates(self.here, "/lib/mi.so.3")]
        self.assertEqual(names, ["glibc", "mimalloc 2.0.9", "mimalloc 3", "plain mimalloc 3"])
        self.assertEqual(
            [each.name for each in engines.candidates(self.here, None)], ["glibc", "mimalloc 2.0.9"]
        )

    def test_each_version_is_named_to_our_object(self):
        here = [*self.here, allocators.Allocator("mimalloc", "/lib/mi.so.2")]
        rows = {each.name: each for each in engines.candidates(here, None)}
        self.assertEqual(rows["mimalloc 2.0.9"].environment()["MEMGOV_MIMALLOC"], "/lib/mi.so.2")
        self.assertNotIn("MEMGOV_MIMALLOC", rows["plain mimalloc 2.0.9"].environment())

    def test_its_variable_reaches_both_kinds_of_runs(self):
        three = engines.candidates(self.here, "/lib/mi.so.3")[2]
        self.assertEqual(three.as_option(), "mimalloc 3=/lib/ours.so,MEMGOV_MIMALLOC=/lib/mi.so.3")
        environment = three.environment()
        self.assertEqual(environment["MEMGOV_MIMALLOC"], "/lib/mi.so.3")
        self.assertEqual(environment["LD_PRELOAD"], "/lib/ours.so")

    def test_the_library_is_found_beside_the_build_folder(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            self.assertIsNone(engines.find_library(root / "release"))
            library = root / "mimalloc-3" / "usr" / "lib" / "libmimalloc.so.3"
            library.parent.mkdir(parents=True)
            library.touch()
            self.assertEqual(engines.find_library(root / "release"), library)


class Page(unittest.TestCase):
    def test_replaces_what_is_between_the_markers_only(self):
        page = f"# By hand\n{table.BEGIN}\nold\n{table.END}\nThe end.\n"
        twice = table.replaced(table.replaced(page, "newer\n"), "newest\n")
        self.assertEqual(twice, f"# By hand\n{table.BEGIN}\nnewest\n{table.END}\nThe end.\n")
        with self.assertRaises(ValueError):
            table.replaced("no markers", "")

    def test_the_page_has_its_markers(self):
        page = HERE.parent.parent / "docs" / "engines.md"
        table.replaced(page.read_text(), "")

    def test_a_trial_leaves_the_page_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            page = pathlib.Path(folder) / "page.md"
            page.write_text(f"{table.BEGIN}\n{table.END}\n")
            for quick in (True, False):
                arguments = argparse.Namespace(out=pathlib.Path(folder), page=page, quick=quick)
                engine_table.write(arguments, FACTS, measured())
                self.assertEqual("| gateway load: requests/s |" in page.read_text(), not quick)


if __name__ == "__main__":
    unittest.main()
