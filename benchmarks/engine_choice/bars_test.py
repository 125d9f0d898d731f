"""The bars on made-up reports: what passes just passes, what misses just misses, what is absent is said to be."""

import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "micro")]

import bars
import engine_choice
import figures
import page

MEBIBYTE = 1 << 20
DECIDES = {
    f"{load}.{bar}" for load in ("gateway", "churn") for bar in ("jemalloc", "lean", "engines", "capped")
}
PEERS = ("glibc", "glibc-arena2", "jemalloc", "tcmalloc", "mimalloc")


def run(rate, average, base=10, after=12):
    return {
        "requests_per_second": rate,
        "rss_average_bytes": average * MEBIBYTE,
        "rss_base_bytes": base * MEBIBYTE,
        "rss_after_1s_bytes": after * MEBIBYTE,
        "rss_peak_bytes": average * MEBIBYTE,
        "rss_after_5s_bytes": None,
        "server_cpu_ms_per_request": 1,
        "p99_ms": 5,
    }


def report(runs_by_name, pace=0):
    live = {
        "allocator": bars.CANDIDATE,
        "requested_average_bytes": 30 * MEBIBYTE,
        "requested_peak_bytes": 50 * MEBIBYTE,
        "requested_after_bytes": 2 * MEBIBYTE,
        "window_peak_bytes": 40 * MEBIBYTE,
    }
    results = [
        {"allocator": name, "runs": runs, "errors": 0, "failures": []} for name, runs in runs_by_name.items()
    ]
    return {"load": {"rate": pace}, "live": live, "results": results}


def good_report(pace=0):
    """A candidate that passes everything with nothing to spare."""
    runs = {name: [run(1000, 90), run(1010, 90)] for name in PEERS}
    runs["glibc"] = [run(500, 90), run(505, 90)]
    runs[bars.CANDIDATE] = [run(1000, 70, after=20), run(1010, 70, after=20)]
    runs["memgov-mimalloc"] = [run(1020, 300)] * 2
    runs["memgov-system"] = [run(800, 71)] * 2
    return report(runs, pace)


def good_micro():
    names = (*PEERS, bars.CANDIDATE)
    times = {name: {each: [10.0, 12.0] for each in (*bars.PAIRS, *bars.PRODUCERS)} for name in names}
    return {"times_ns": times}


def everything():
    return {
        "gateway": good_report(),
        "churn": good_report(),
        "gateway_paced": good_report(500),
        "churn_paced": good_report(500),
        "micro": good_micro(),
        "parked": {
            "bytes_per_thread": {"glibc": [900], bars.CANDIDATE: [128]},
            "threads": [1000, 10000],
            "live_bytes_per_thread": 312,
        },
        "stall": {
            "longest_ns": {bars.CANDIDATE: {"off": [1e6, 2e6, 9e6], "on": [2e6, 3e6, 5e6]}},
            "runs": {},
        },
        "startup": [{"allocator": bars.CANDIDATE, "cpu_over_glibc_us": 1000, "private_over_glibc_kib": 1024}],
        "rest": {"seconds": 30, "wakeups": {bars.CANDIDATE: 0}},
    }


def judged(measured):
    verdicts = bars.judge(engine_choice.readable(measured), [bars.CANDIDATE])
    return {key: row[bars.CANDIDATE] for key, row in verdicts.items()}, bars.gate(verdicts)


def own(measured, load):
    return next(result for result in measured[load]["results"] if result["allocator"] == bars.CANDIDATE)


class Limits(unittest.TestCase):
    def expect_missed(self, measured, *keys):
        verdicts, gate = judged(measured)
        self.assertEqual({key for key, verdict in verdicts.items() if verdict.passed is False}, set(keys))
        self.assertEqual(gate.passed, not set(keys) & DECIDES)

    def test_all_pass_at_the_limit(self):
        verdicts, gate = judged(everything())
        self.assertEqual({key: verdict.text for key, verdict in verdicts.items() if not verdict.passed}, {})
        self.assertIs(gate.passed, True)

    def test_slower_than_jemalloc_but_within_the_share_of_the_fastest(self):
        measured = everything()
        for each in own(measured, "churn")["runs"]:
            each["requests_per_second"] *= 0.98
        self.expect_missed(measured, "churn.jemalloc")

    def test_too_slow(self):
        measured = everything()
        for each in own(measured, "gateway")["runs"]:
            each["requests_per_second"] *= 0.96
        self.expect_missed(measured, "gateway.jemalloc", "gateway.fastest")

    def test_errors_are_no_throughput(self):
        measured = everything()
        own(measured, "gateway")["errors"] = 1
        self.expect_missed(measured, "gateway.jemalloc", "gateway.fastest")

    def test_a_run_that_failed_is_no_throughput(self):
        measured = everything()
        own(measured, "churn")["failures"] = ["ended by signal 11"]
        self.expect_missed(measured, "churn.jemalloc", "churn.fastest")

    def test_fatter_than_the_window_and_than_another_engine(self):
        measured = everything()
        for each in own(measured, "churn")["runs"]:
            each["rss_average_bytes"] = 71 * MEBIBYTE
        self.expect_missed(measured, "churn.window", "churn.engines")

    def test_fatter_than_a_peer(self):
        measured = everything()
        for result in measured["churn"]["results"]:
            if result["allocator"] == "tcmalloc":
                for each in result["runs"]:
                    each["rss_average_bytes"] = 70 * MEBIBYTE
        self.expect_missed(measured, "churn.lean")

    def test_fatter_at_equal_rate(self):
        measured = everything()
        for each in own(measured, "churn_paced")["runs"]:
            each["rss_average_bytes"] = 90 * MEBIBYTE
        self.expect_missed(measured, "churn.capped")

    def test_too_much_kept(self):
        measured = everything()
        for each in own(measured, "gateway")["runs"]:
            each["rss_after_1s_bytes"] += 1
        self.expect_missed(measured, "gateway.after")

    def test_micro(self):
        measured = everything()
        for benchmark in bars.PAIRS:
            measured["micro"]["times_ns"][bars.CANDIDATE][benchmark] = [10.6, 12.7]
        measured["micro"]["times_ns"][bars.CANDIDATE][bars.PRODUCERS[1]] = [12.1, 14.5]
        self.expect_missed(measured, "pair", "producer")

    def test_the_rest(self):
        measured = everything()
        measured["parked"]["bytes_per_thread"][bars.CANDIDATE] = [129]
        measured["stall"]["longest_ns"][bars.CANDIDATE]["on"] = [3.1e6]
        measured["startup"].append({**measured["startup"][0], "private_over_glibc_kib": 1025})
        measured["rest"]["wakeups"][bars.CANDIDATE] = 1
        self.expect_missed(measured, "parked", "stall", "startup", "rest")


class Absent(unittest.TestCase):
    def test_nothing_measured_is_open(self):
        verdicts, gate = judged({})
        self.assertEqual({verdict.passed for verdict in verdicts.values()}, {None})
        self.assertIsNone(gate.passed)

    def test_a_missing_peer_opens_only_what_needs_it(self):
        measured = everything()
        for load in ("gateway", "churn"):
            measured[load]["results"] = [
                result for result in measured[load]["results"] if result["allocator"] != "tcmalloc"
            ]
        verdicts, gate = judged(measured)
        unknown = {key for key, verdict in verdicts.items() if verdict.passed is None}
        self.assertEqual(unknown, {f"{load}.{bar}" for load in bars.LOADS for bar in ("fastest", "lean")})
        self.assertIsNone(gate.passed)

    def test_a_candidate_that_is_not_built(self):
        verdicts = bars.judge(engine_choice.readable(everything()), [])
        self.assertIsNone(bars.gate(verdicts).passed)

    def test_no_live_bytes(self):
        measured = everything()
        measured["gateway"]["live"] = None
        verdicts, _ = judged(measured)
        self.assertIsNone(verdicts["gateway.window"].passed)
        self.assertIsNone(verdicts["gateway.after"].passed)


class Figures(unittest.TestCase):
    def test_ratio_is_of_medians_and_its_range_of_rounds(self):
        load = figures.Load(report({"one": [run(100, 1), run(300, 1)], "two": [run(200, 1), run(200, 1)]}))
        self.assertEqual(load.ratio("one", "two", "requests_per_second"), figures.Figure(1, 0.5, 1.5))

    def test_text(self):
        self.assertEqual(figures.Figure.of([3, 1, 2]).text("{:.0f}"), "2 (1..3)")
        self.assertEqual(figures.Figure.of([3]).text("{:.0f}"), "3")


class Page(unittest.TestCase):
    facts = {
        "date": "2026-01-02",
        "command": "./setup.sh engine-choice",
        "machine": {
            "cpus": 2,
            "memory_gib": 8,
            "kernel": "6.1",
            "architecture": "x86_64",
            "libc": "glibc 2.36",
            "load_average_before": 0.1,
        },
        "runs": 5,
        "seconds": 10.0,
        "failures": [],
    }

    def body(self, measured):
        verdicts = bars.judge(engine_choice.readable(measured), [bars.CANDIDATE])
        return page.body(self.facts, measured, verdicts, bars.gate(verdicts), [bars.CANDIDATE])

    def test_has_the_gate_the_bars_and_the_loads(self):
        text = self.body({**everything(), "startup": []})
        self.assertIn("**The gate: PASSED.**", text)
        self.assertIn("| malloc+free 16-1024 B, geometric mean | <= 1.05 x jemalloc | **PASS** 1.00", text)
        self.assertIn("## Pool churn, equal request rate", text)
        self.assertIn("All at 500 requests/s.", text)
        self.assertIn(f"| {bars.CANDIDATE} | 1005 (1000..1010) |", text)

    def test_every_row_of_a_table_has_as_many_cells(self):
        widths = set()
        for line in [*self.body({**everything(), "startup": []}).splitlines(), ""]:
            if line.startswith("|"):
                widths.add(line.count("|"))
            else:
                self.assertLessEqual(len(widths), 1, line)
                widths.clear()

    def test_replaces_what_is_between_the_markers_only(self):
        by_hand = page.PREFACE.replace("# Which engine", "# By hand") + "\nThe end.\n"
        once = page.replaced(by_hand, "old figures\n")
        twice = page.replaced(once, "new figures\n")
        self.assertIn("# By hand", twice)
        self.assertIn("The end.", twice)
        self.assertIn("new figures", twice)
        self.assertNotIn("old figures", twice)
        with self.assertRaises(ValueError):
            page.replaced("no markers", "")


if __name__ == "__main__":
    unittest.main()
