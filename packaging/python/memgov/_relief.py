"""What a Python server can do about its memory: collect cycles, drop caches, end at a good moment."""

from __future__ import annotations

import gc
import os
import signal
import threading
import time
from typing import Callable, Iterable, List, Optional

from ._budgets import Rung, release
from ._figures import RecycleHint
from ._pressure import Pressure, Registration, on_pressure, on_recycle

# A full collection stops all Python threads, for longer the more objects there are: never more than this
# share of the time, and not again at once.
_MOST_COLLECTING_SHARE = 0.02
_LEAST_BETWEEN_S = {Rung.SOFT: 10.0, Rung.HARD: 2.0}


class GarbageCollector:
    """gc.collect() under pressure, rarely enough. `collect` and `clock` are arguments for tests."""

    def __init__(
        self, collect: Callable[[], object] = gc.collect, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._collect, self._clock = collect, clock
        self._ended: Optional[float] = None
        self._took_s = 0.0

    def collect_if_due(self, rung: Rung) -> bool:
        """True when it did."""
        pause = max(_LEAST_BETWEEN_S.get(rung, 0.0), self._took_s / _MOST_COLLECTING_SHARE)
        began = self._clock()
        if rung is Rung.NORMAL or (self._ended is not None and began - self._ended < pause):
            return False
        self._collect()
        self._ended = self._clock()
        self._took_s = self._ended - began
        return True


class Relief:
    """Started and stopped by the middlewares; use it directly in a server without one.

    Under pressure, on the thread "memgov-watch": each function of drop_caches is called with the event;
    cycles are collected (10 s apart at least, 2 s on HARD, never more than 2 % of the time); what that freed
    is given back. When memgov advises a restart, on_recycle is called once, in a quiet moment
    (end_gracefully).
    """

    def __init__(
        self,
        *,
        collect_garbage: bool = True,
        drop_caches: Iterable[Callable[[Pressure], object]] = (),
        on_recycle: Optional[Callable[[RecycleHint], object]] = None,
        is_quiet: Callable[[], bool] = lambda: True,
    ) -> None:
        self._collector = GarbageCollector() if collect_garbage else None
        self._drop_caches = list(drop_caches)
        self._on_recycle, self._is_quiet = on_recycle, is_quiet
        self._lock = threading.Lock()
        self._registrations: List[Registration] = []

    def start(self) -> None:
        """Idempotent."""
        if self._registrations:
            return
        with self._lock:
            if self._registrations:
                return
            self._registrations.append(on_pressure(self.relieve))
            if self._on_recycle is not None:
                self._registrations.append(on_recycle(self._on_recycle, is_quiet=self._is_quiet))

    def stop(self) -> None:
        """Idempotent."""
        with self._lock:
            for registration in self._registrations:
                registration.cancel()
            self._registrations = []

    def relieve(self, event: Pressure) -> None:
        """One round. A cache's exception is passed on after the others had their turn."""
        if event.rung is Rung.NORMAL:
            return
        failed: Optional[Exception] = None
        for drop in self._drop_caches:
            try:
                drop(event)
            except Exception as error:
                failed = error
        if self._collector is not None and self._collector.collect_if_due(event.rung):
            release()
        if failed is not None:
            raise failed


def end_gracefully(hint: Optional[RecycleHint] = None) -> None:
    """SIGTERM to this process: uvicorn and gunicorn's workers answer what they have and end. Somebody must
    start a new one: gunicorn's master, systemd, the container's restart policy. uvicorn --workers of version
    0.17 does not."""
    os.kill(os.getpid(), signal.SIGTERM)
