"""Where the memory is: stats, pools, counters, the recycle hint, and all of it as text."""

from __future__ import annotations

import ctypes
import json
from dataclasses import dataclass
from typing import Any, Dict, List, Optional

from . import _calls, _structures

_TEXT_JSON, _TEXT_PROMETHEUS, _TEXT_CONFIG = 1, 2, 3


@dataclass(frozen=True)
class Stats:
    """The process as a whole. Bytes are bytes; "live" is sampled (docs/pools.md says how exactly)."""

    resident_bytes: int = 0
    """RSS, read now."""
    live_bytes: int = 0
    """Asked for from malloc and not yet freed. pymalloc's arenas do not come from malloc: docs/python.md."""
    held_bytes: int = 0
    """Taken from the kernel by the engine and not given back, live included."""
    allocated_bytes: int = 0
    """Asked for since the start."""
    releases: int = 0
    """Passes that tried to give memory back."""
    released_bytes: int = 0
    """What those passes took off the RSS."""
    longest_stall_ns: int = 0
    """No other thread was kept waiting by a release for longer than this."""
    threads: int = 0
    governor_running: bool = False


@dataclass(frozen=True)
class Pool:
    """A named group of threads, or the scopes of that name."""

    name: str
    threads: int
    parked: int
    """Of these threads, those that allocated nothing for a second."""
    live_bytes: int
    held_bytes: int


@dataclass(frozen=True)
class Counters:
    """What happened since the start; advanced.h says what each is."""

    refused_allocations: int = 0
    refused_bytes: int = 0
    admitted: int = 0
    deferred: int = 0
    rejected: int = 0
    forgotten_bytes: int = 0
    emergency_releases: int = 0
    emergency_released_bytes: int = 0
    emergency_longest_ns: int = 0
    pressure_callbacks: int = 0
    callback_longest_ns: int = 0
    callback_running_ns: int = 0
    stalled_us: int = 0
    high_events: int = 0
    max_events: int = 0
    oom_kills: int = 0
    cohort_members: int = 0


@dataclass(frozen=True)
class RecycleHint:
    """Fragmentation that no release can cure, only a restart of this process."""

    advised: bool = False
    recoverable_bytes: int = 0
    """What a restart would win; 0 where that is not worth one."""
    since_ns: int = 0


def available() -> bool:
    """Does memgov serve this process's malloc? False too where another allocator stands before it."""
    return bool(_calls.available())


def version() -> Optional[str]:
    """Number and engine, "0.1.0 arena"; None where memgov is absent."""
    text = _calls.version()
    return None if text is None else text.decode()


def stats() -> Stats:
    """The process now; all zero where memgov is absent. Microseconds; on a large heap of the system engine
    milliseconds. Any thread; the GIL is let go meanwhile."""
    filled = _calls.fill(_calls.stats, _structures.Stats)
    if filled is None:
        return Stats()
    values = _values(filled)
    return Stats(**{**values, "governor_running": bool(values["governor_running"])})


def pools() -> List[Pool]:
    """All pools, at most 64; empty where memgov is absent. Costs as much as stats()."""
    size = ctypes.sizeof(_structures.Pool)
    room = _calls.pools(None, 0, size)
    if room == 0:
        return []
    table = (_structures.Pool * room)()
    exist = _calls.pools(ctypes.addressof(table), room, size)
    return [
        Pool(one.name.decode("utf-8", "replace"), one.threads, one.parked, one.live_bytes, one.held_bytes)
        for one in table[: min(exist, room)]
    ]


def counters() -> Counters:
    """All zero where memgov is absent. Microseconds."""
    filled = _calls.fill(_calls.counters, _structures.Counters)
    return Counters() if filled is None else Counters(**_values(filled))


def recycle() -> RecycleHint:
    """Would a restart of this process win memory? Nothing advised where memgov is absent. Microseconds."""
    filled = _calls.fill(_calls.recycle, _structures.Recycle)
    if filled is None:
        return RecycleHint()
    return RecycleHint(bool(filled.advised), filled.recoverable_bytes, filled.since_ns)


def prometheus() -> str:
    """All figures in Prometheus' text format, version 0.0.4; empty where memgov is absent."""
    return _text(_TEXT_PROMETHEUS)


def config() -> str:
    """The options and where they come from, limits, what is watched; empty where memgov is absent."""
    return _text(_TEXT_CONFIG)


def figures() -> Dict[str, Any]:
    """All figures, pools, ladder and counters (docs/metrics.md); empty where memgov is absent."""
    text = _text(_TEXT_JSON)
    parsed: Dict[str, Any] = json.loads(text) if text else {}
    return parsed


def _values(filled: ctypes.Structure) -> Dict[str, Any]:
    return {name: getattr(filled, name) for name, *_ in filled._fields_ if name != "size"}


def _text(kind: int) -> str:
    room = 16384
    while True:
        buffer = ctypes.create_string_buffer(room)
        whole = _calls.text(kind, ctypes.addressof(buffer), room)
        if whole < room:
            return buffer.value.decode("utf-8", "replace")
        room = whole + 4096  # the figures grow while they are written
