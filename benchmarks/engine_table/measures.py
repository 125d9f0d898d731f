"""The measurements: the stages of benchmarks/engine_choice, on this table's columns."""

import types

import bars
import compare
import figures
import stages
import startup


# Plain mimalloc 3 keeps a MiB for each.
PARKED_FEW, PARKED_MANY = 200, 2000


class Bench(stages.Bench):
    """The same, with allocators that engine_choice does not know."""

    def __init__(self, build, out, arguments, rows):
        super().__init__(build, out, arguments.runs, arguments.seconds, arguments.quick, None)
        self._candidates = rows


def _load(bench, file, options):
    others = [row for row in bench.candidates() if row.preload]
    live = "arena" if "arena" in [row.name for row in others] else "glibc"
    named = [option for row in others for option in ("--allocator", row.as_option())]
    return stages.load(bench, file, ["glibc"], [*named, "--live-under", live, "--after", "1.2", *options])


def gateway(bench):
    return _load(bench, "gateway.json", [])


def churn(bench):
    return _load(bench, "churn.json", ["--self-driven"])


def pair(bench):
    """Nanoseconds of malloc and free, 16 to 1024 bytes: {column: [geometric mean of each round]}"""
    arguments = types.SimpleNamespace(
        rounds=bench.runs, min_time=0.01 if bench.quick else 0.1, filter=f"^({'|'.join(bars.PAIRS)})$"
    )
    times = compare.measure(bench.program("micro/memgov_micro"), bench.candidates(), arguments)
    return {
        name: [figures.geometric_mean(one_round) for one_round in zip(*by_benchmark.values())]
        for name, by_benchmark in times.items()
    }


def start_up(bench):
    """What a preload adds to true, sh and ls: {column: [microseconds and KiB over glibc's, at worst]}"""
    candidates = bench.candidates()
    times = startup.measure_cpu(candidates, 10 if bench.quick else 100)
    worst = {}
    for row in startup.summarize(times, candidates):
        known = worst.setdefault(row["allocator"], [0.0, 0.0])
        known[0] = max(known[0], row["cpu_over_glibc_us"])
        known[1] = max(known[1], row["private_over_glibc_kib"])
    return worst


def parked(bench):
    """Bytes of heap for each thread that waits: {column: [one of each run]}"""
    return stages.parked(bench, None, few=PARKED_FEW, many=PARKED_MANY)["bytes_per_thread"]


ALL = {"gateway": gateway, "churn": churn, "pair": pair, "start-up": start_up, "parked": parked}


def measure(bench):
    """What was measured, by name, and in words what was not."""
    measured, failures = {}, []
    for number, (name, stage) in enumerate(ALL.items()):
        stages.say(f"\n== [{number + 1}/{len(ALL)}] {name}")
        try:
            measured[name] = stage(bench)
        except stages.StageFailed as failure:
            measured[name] = None
            failures.append(f"{name}: {failure}")
            stages.say(f"engine_table: {failures[-1]}")
    return measured, failures
