"""The last turn of each session; what was unused longest goes first, all of it under pressure."""

from __future__ import annotations

import threading
from collections import OrderedDict

import memgov


class SessionCache:
    """At most so many bytes of text. Any thread."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._turns: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()
        self.bytes = 0

    def remember(self, session: str, turn: bytes) -> None:
        """Replaces what the session had."""
        with self._lock:
            self._forget(session)
            self._turns[session] = turn
            self.bytes += len(turn)
            self._shrink(self._most_bytes)

    def relieve(self, event: memgov.Pressure) -> None:
        """On SOFT what is wanted, on HARD everything."""
        with self._lock:
            keep = 0 if event.rung is memgov.Rung.HARD else max(0, self.bytes - event.want_bytes)
            self._shrink(keep)

    def _shrink(self, keep_bytes: int) -> None:
        while self.bytes > keep_bytes:
            self._forget(next(iter(self._turns)))

    def _forget(self, session: str) -> None:
        self.bytes -= len(self._turns.pop(session, b""))
