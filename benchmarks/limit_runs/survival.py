"""How long the runs of two allocators lasted, and whether one of them dies earlier. Pure."""

import dataclasses
import math
import signal

ALIVE, OOM_KILLED, ABORTED, OTHER = "alive", "OOM kill", "abort", "other"

QUANTILES = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)

# Two series of the same allocator differ by this much at a quantile, by chance.
TOLERANCE = 0.05


@dataclasses.dataclass(frozen=True)
class Run:
    """One run: how it ended, when (seconds after the load's start; infinite: it did not), what it had done."""

    ending: str
    seconds: float
    served: int
    refused: int
    peak_bytes: int
    status: int | None = None
    said: str = ""


def ending(status, oom_kills):
    """From Popen's return code (None: still running) and the cgroup's count of OOM kills."""
    if status is None:
        return ALIVE
    if status == -signal.SIGKILL and oom_kills > 0:
        return OOM_KILLED
    if status in (-signal.SIGABRT, 128 + signal.SIGABRT):
        return ABORTED
    return OTHER


def quantile(values, share):
    """The smallest value that `share` of them do not exceed: no interpolation, since some are infinite."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def rows(base, candidate, quantiles=QUANTILES):
    """(quantile, base's seconds, candidate's, not earlier?) for each."""
    for share in quantiles:
        ours = quantile([run.seconds for run in candidate], share)
        theirs = quantile([run.seconds for run in base], share)
        yield share, theirs, ours, ours >= theirs * (1 - TOLERANCE)


def no_earlier(base, candidate):
    """Does the candidate live as long as the base at every quantile?"""
    return all(good for *_, good in rows(base, candidate))


def superiority(base, candidate):
    """The chance that a run of the candidate outlives one of the base (ties half): Mann and Whitney's U."""
    wins = sum(
        1.0 if ours.seconds > theirs.seconds else 0.5 if ours.seconds == theirs.seconds else 0.0
        for ours in candidate
        for theirs in base
    )
    return wins / (len(base) * len(candidate))


def seconds_text(seconds):
    return "alive" if math.isinf(seconds) else f"{seconds:.2f} s"


def table(names, base, candidate):
    """Lines: endings, then the quantiles of both."""
    yield f"{'':16}{names[0]:>14}{names[1]:>14}"
    for how in (ALIVE, OOM_KILLED, ABORTED, OTHER):
        counts = [sum(run.ending == how for run in runs) for runs in (base, candidate)]
        if any(counts):
            yield f"{how:16}{counts[0]:>14}{counts[1]:>14}"
    for name in ("served", "refused"):
        middles = [quantile([getattr(run, name) for run in runs], 0.5) for runs in (base, candidate)]
        yield f"{name + ', median':16}{middles[0]:>14}{middles[1]:>14}"
    for share, theirs, ours, good in rows(base, candidate):
        mark = "" if good else "   earlier"
        yield f"{f'lasted, q{share:.2f}':16}{seconds_text(theirs):>14}{seconds_text(ours):>14}{mark}"
