"""The bars that an engine must pass, computed from measurements. Pure: reports in, verdicts out.

"live" is counted by libcounting.so before the candidate; "base" is RSS after one request with all threads in place; W is the
250 ms rolling peak of live bytes, averaged over the load.
"""

import dataclasses

import figures

SPEED_PEERS = ("glibc", "jemalloc", "tcmalloc")
LEAN_PEERS = ("glibc", "jemalloc", "tcmalloc", "mimalloc")
CAPPED = "glibc-arena2"
CANDIDATE = "memgov-arena"
ENGINES = (CANDIDATE, "memgov-mimalloc", "memgov-system")
LOADS = {"gateway": "gateway", "churn": "pool churn"}
PAIRS = tuple(f"Pair/{size}" for size in (16, 64, 256, 1024))
PRODUCERS = tuple(f"ProducerConsumer/{size}/real_time" for size in (64, 1024, 32768))

MEBIBYTE = 1 << 20
LEAST_OF_FASTEST = 0.97
MOST_WINDOWS = 1.5
AFTER_MARGIN = 8 * MEBIBYTE
MOST_PAIR_RATIO = 1.05
MOST_PRODUCER_RATIO = 1.2
MOST_PARKED_BYTES = 128
MOST_STALL_NS = 1e6
MOST_START_US = 1000
MOST_START_KIB = 1024


@dataclasses.dataclass(frozen=True)
class Verdict:
    """passed is None where something needed was not measured; then text says what."""

    passed: bool | None
    text: str


@dataclasses.dataclass(frozen=True)
class Bar:
    key: str
    what: str
    limit: str
    judge: object  # (measured, name) -> Verdict


def _absent(what):
    return Verdict(None, f"not measured: {what}")


def _mebibytes(value):
    return f"{value / MEBIBYTE:.1f}"


def _load(measured, key, *names):
    load = measured.get(key)
    return load if load and load.has(*names) else None


def _faster(key, least, peers):
    """Requests per second against the fastest of the peers."""

    def judge(measured, name):
        load = _load(measured, key, name, *peers)
        if not load:
            return _absent(", ".join([name, *peers]))
        rate = "requests_per_second"
        fastest = max(peers, key=lambda peer: load.figure(peer, rate).median)
        ratio = load.ratio(name, fastest, rate)
        failed = load.errors(name)
        text = f"{ratio.text()} of {fastest}" + (f"; {failed} errors" if failed else "")
        return Verdict(ratio.median >= least and not failed, text)

    return judge


def _within_windows(key):
    def judge(measured, name):
        load = _load(measured, key, name)
        if not load or load.live("window_peak_bytes") is None:
            return _absent(f"{name} or live bytes")
        average = load.figure(name, "rss_average_bytes")
        base = load.figure(name, "rss_base_bytes").median
        window = load.live("window_peak_bytes")
        limit = MOST_WINDOWS * window + base
        factor = (average.median - base) / window
        text = f"{_mebibytes(average.median)} against {_mebibytes(limit)} MiB: {factor:.2f} x W + base"
        return Verdict(average.median <= limit, text)

    return judge


def _leaner(key, peers):
    """RSS under load, on average, below every one of the peers."""

    def judge(measured, name):
        load = _load(measured, key, name, *peers)
        if not load:
            return _absent(", ".join([name, *peers]))
        average = {peer: load.figure(peer, "rss_average_bytes").median for peer in [name, *peers]}
        leanest = min(peers, key=average.get)
        ratio = load.ratio(name, leanest, "rss_average_bytes")
        pace = load.report["load"]["rate"]
        text = (
            f"{_mebibytes(average[name])} against {_mebibytes(average[leanest])} MiB: "
            f"{ratio.text()} of {leanest}" + (f", both at {pace:.0f} requests/s" if pace else "")
        )
        return Verdict(average[name] < average[leanest], text)

    return judge


def _leanest_engine(key):
    def judge(measured, name):
        return _leaner(key, tuple(engine for engine in ENGINES if engine != name))(measured, name)

    return judge


def _given_back(key):
    def judge(measured, name):
        load = _load(measured, key, name)
        after = load.figure(name, "rss_after_1s_bytes") if load else None
        if not after or load.live("requested_after_bytes") is None:
            return _absent(f"{name} or live bytes")
        limit = load.figure(name, "rss_base_bytes").median + load.live("requested_after_bytes") + AFTER_MARGIN
        text = f"{_mebibytes(after.median)} against {_mebibytes(limit)} MiB"
        return Verdict(after.median <= limit, text)

    return judge


def _pair(measured, name):
    micro = measured.get("micro")
    if not micro or not micro.has(name, "jemalloc"):
        return _absent(f"{name}, jemalloc")
    ratio = micro.ratio(name, "jemalloc", PAIRS)
    return Verdict(ratio.median <= MOST_PAIR_RATIO, f"{ratio.text()} of jemalloc's time")


def _producer(measured, name):
    """Of every size the best peer; the worst of the sizes decides."""
    micro = measured.get("micro")
    if not micro or not micro.has(name, *LEAN_PEERS):
        return _absent(", ".join([name, *LEAN_PEERS]))
    worst = None
    for benchmark in PRODUCERS:
        best = min(LEAN_PEERS, key=lambda peer: micro.nanoseconds(peer, benchmark).median)
        ratio = micro.ratio(name, best, [benchmark])
        if not worst or ratio.median > worst[0].median:
            worst = (ratio, best, benchmark.split("/")[1])
    text = f"{worst[0].text()} of {worst[1]}'s time (blocks of {worst[2]} bytes, the worst of three sizes)"
    return Verdict(worst[0].median <= MOST_PRODUCER_RATIO, text)


def _parked(measured, name):
    parked = measured.get("parked")
    if not parked or name not in parked["bytes_per_thread"]:
        return _absent(name)
    figure = figures.Figure.of(parked["bytes_per_thread"][name])
    glibc = figures.Figure.of(parked["bytes_per_thread"]["glibc"]).median
    return Verdict(figure.median <= MOST_PARKED_BYTES, f"{figure.text('{:.0f}')} bytes (glibc: {glibc:.0f})")


def _stall(measured, name):
    stall = measured.get("stall")
    if not stall or name not in stall["longest_ns"]:
        return _absent(name)
    on, off = (figures.Figure.of(stall["longest_ns"][name][governor]) for governor in ("on", "off"))
    text = f"{on.median / 1e6:.2f} against {off.median / 1e6:.2f} ms without"
    return Verdict(on.median <= off.median + MOST_STALL_NS, text)


def _startup(measured, name):
    rows = [row for row in measured.get("startup") or [] if row["allocator"] == name]
    if not rows:
        return _absent(name)
    time = max(row["cpu_over_glibc_us"] for row in rows)
    memory = max(row["private_over_glibc_kib"] for row in rows)
    text = f"{time:+.0f} us, {memory:+.0f} KiB over glibc (the worst of {len(rows)} programs)"
    return Verdict(time <= MOST_START_US and memory <= MOST_START_KIB, text)


def _rest(measured, name):
    rest = measured.get("rest")
    if not rest or name not in rest["wakeups"]:
        return _absent(name)
    wakeups = rest["wakeups"][name]
    if wakeups is None:
        return _absent(f"{name} has no governor's thread")
    return Verdict(wakeups == 0, f"{wakeups} wake-ups in {rest['seconds']:.0f} s")


def _bars_of_loads():
    for key, title in LOADS.items():
        yield Bar(
            f"{key}.fastest",
            f"{title}: requests/s",
            f">= {LEAST_OF_FASTEST} x fastest of {', '.join(SPEED_PEERS)}",
            _faster(key, LEAST_OF_FASTEST, SPEED_PEERS),
        )
        yield Bar(f"{key}.jemalloc", f"{title}: requests/s", ">= jemalloc", _faster(key, 1, ("jemalloc",)))
        yield Bar(
            f"{key}.window",
            f"{title}: RSS under load, average",
            f"<= {MOST_WINDOWS} x W + base",
            _within_windows(key),
        )
        yield Bar(
            f"{key}.lean", f"{title}: RSS under load, average", "below every peer", _leaner(key, LEAN_PEERS)
        )
        yield Bar(
            f"{key}.engines",
            f"{title}: RSS under load, average",
            "below memgov's other engines",
            _leanest_engine(key),
        )
        yield Bar(
            f"{key}.capped",
            f"{title}: RSS under load at equal request rate, average",
            "below glibc with MALLOC_ARENA_MAX=2",
            _leaner(f"{key}_paced", (CAPPED,)),
        )
        yield Bar(f"{key}.after", f"{title}: RSS 1 s after", "<= base + live + 8 MiB", _given_back(key))


BARS = (
    *_bars_of_loads(),
    Bar("pair", "malloc+free 16-1024 B, geometric mean", f"<= {MOST_PAIR_RATIO} x jemalloc", _pair),
    Bar("producer", "producer/consumer across threads", f"<= {MOST_PRODUCER_RATIO} x best peer", _producer),
    Bar("parked", "heap of a parked thread", f"<= {MOST_PARKED_BYTES} bytes", _parked),
    Bar("stall", "longest malloc, governor on", "<= off + 1 ms", _stall),
    Bar("startup", "start-up of a short process", "<= 1 ms, 1 MiB over glibc", _startup),
    Bar("rest", "at rest", "no periodic wake-up", _rest),
)

# "At least as fast as jemalloc, and leaner than every other."
GATE = tuple(f"{key}.{bar}" for key in LOADS for bar in ("jemalloc", "lean", "engines", "capped"))


def judge(measured, names):
    """{bar: {name: Verdict}}"""
    return {bar.key: {name: bar.judge(measured, name) for name in names} for bar in BARS}


def _named(key):
    bar = next(bar for bar in BARS if bar.key == key)
    return f"{bar.what} {bar.limit}"


def gate(verdicts):
    """The candidate's verdict on what decides whether it becomes the default."""
    own = {key: verdicts[key].get(CANDIDATE, _absent(CANDIDATE)) for key in GATE}
    missing = [key for key, verdict in own.items() if verdict.passed is None]
    missed = [key for key, verdict in own.items() if verdict.passed is False]
    if missed:
        return Verdict(False, "; ".join(_named(key) for key in missed))
    if missing:
        return Verdict(None, "not measured: " + "; ".join(_named(key) for key in missing))
    return Verdict(True, "at least as fast as jemalloc and leaner than every other on both loads")
