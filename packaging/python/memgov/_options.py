"""What the two middlewares can be told, checked when they are made."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Callable, FrozenSet, Iterable, Optional

from . import _checks
from ._figures import RecycleHint
from ._pressure import Pressure

HEALTH_PATHS = frozenset({"/health", "/healthz", "/livez", "/readyz", "/metrics"})


@dataclass(frozen=True)
class Options:
    """A request is taken to need bytes_per_request + bytes_per_body_byte * Content-Length."""

    bytes_per_body_byte: float = 8
    """Body, decoded text, parsed document, what goes upstream. Measure it for your own handlers."""
    bytes_per_request: int = 128 << 10
    unknown_body_bytes: int = 1 << 20
    """A body of unknown length (chunked) is asked for in steps of this many bytes, as it arrives."""
    most_waiting: int = 512
    """Requests that wait in line where memgov says "later"; what comes then is refused."""
    longest_wait_s: float = 2.0
    ask_again_s: float = 0.02
    """The first in line asks this often, and whenever a request is done."""
    longest_drain_s: float = 5.0
    """The body of a refused request is read and dropped for so long, so that its 503 arrives."""
    retry_after_s: int = 1
    exempt_paths: Iterable[str] = HEALTH_PATHS
    """Never asked for: whoever watches a busy server must get an answer. Exact paths."""
    collect_garbage: bool = True
    """gc.collect() under pressure, at most every 10 s (Relief)."""
    drop_caches: Iterable[Callable[[Pressure], object]] = ()
    """Called under pressure, on the thread "memgov-watch"."""
    on_recycle: Optional[Callable[[RecycleHint], object]] = None
    """Called once when a restart would win memory and no request is going on; end_gracefully is one."""
    name_threads: bool = True
    """Threads get their Python names in the kernel, so that pools have names (name_new_threads)."""

    def __post_init__(self) -> None:
        _checks.at_least("bytes_per_body_byte", self.bytes_per_body_byte, 0)
        for name in ("bytes_per_request", "unknown_body_bytes"):
            _checks.byte_count(name, getattr(self, name))
        _checks.at_least("unknown_body_bytes", self.unknown_body_bytes, 1)
        for name in ("most_waiting", "longest_wait_s", "longest_drain_s", "retry_after_s"):
            _checks.at_least(name, getattr(self, name), 0)
        _checks.at_least("ask_again_s", self.ask_again_s, 0.001)
        if isinstance(self.exempt_paths, str):
            raise _checks.refuse("exempt_paths", self.exempt_paths, "a collection of paths, not one string")
        object.__setattr__(self, "exempt_paths", frozenset(self.exempt_paths))

    def is_exempt(self, path: str) -> bool:
        """Is this request never asked for?"""
        paths: FrozenSet[str] = self.exempt_paths  # type: ignore[assignment]
        return path in paths

    def cost(self, content_length: Optional[int]) -> int:
        """Bytes to ask for before the body is read; of unknown length: for the first step of it."""
        length = self.unknown_body_bytes if content_length is None else content_length
        return self.bytes_per_request + self.cost_of_body(length)

    def cost_of_body(self, length: int) -> int:
        """Bytes to ask for this much of a body."""
        return math.ceil(min(length * self.bytes_per_body_byte, 2.0**63))


def parse_length(text: Optional[str]) -> Optional[int]:
    """A Content-Length; None where there is none, or none that makes sense."""
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 20 else None


def refusal_body() -> bytes:
    """Of a 503, as OpenAI-style clients expect errors."""
    return b'{"error":{"message":"the server is out of memory for now","type":"overloaded"}}'
