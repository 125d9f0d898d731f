"""Callbacks when memory runs short, or a restart would win some: on a thread of Python's own (_watch.py)."""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Callable, Optional, Type

from ._budgets import Budget, Rung, budget
from ._figures import RecycleHint, available, recycle
from ._watch import Task, watch

# How long a rung may go unseen, far from the soft budget and near it: within this share of it.
_FAR_S, _NEAR_S = 1.0, 0.1
_NEAR_SHARE = 0.9
# How often a callback is called again while memory is wanted, as memgov_on_pressure does.
_AGAIN_S = {Rung.SOFT: 1.0, Rung.HARD: 0.1}

_RECYCLE_LOOK_S = 30.0
_QUIET_LOOK_S = 0.25
_NEVER_S = 86400.0


@dataclass(frozen=True)
class Pressure:
    """What a callback is told; bytes, None: no limit."""

    rung: Rung
    """The rung now; NORMAL says that it is over."""
    charged_bytes: int
    soft_bytes: Optional[int]
    hard_bytes: Optional[int]
    want_bytes: int
    """Freeing this much would bring charged below soft; 0 at NORMAL."""


class Registration:
    """What on_pressure() and on_recycle() return; a context manager too. Where memgov is absent nothing is
    ever called, and the thread sleeps."""

    def __init__(self, task: Task) -> None:
        self._task = task
        watch.add(task)

    def cancel(self) -> None:
        """No call begins any more; one that runs is not waited for. Idempotent."""
        watch.remove(self._task)

    def __enter__(self) -> Registration:
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.cancel()


def on_pressure(
    callback: Callable[[Pressure], object], *, loop: Optional[asyncio.AbstractEventLoop] = None
) -> Registration:
    """From now on `callback` is called when the rung changes, and again each second on SOFT and each 100 ms
    on HARD while memory is wanted.

    On the thread "memgov-watch"; with `loop`, in that loop. It may allocate, block and use this package;
    while it runs, others wait, but memgov does not. A change is seen within a second; within 100 ms near the
    soft budget. Each look costs one budget(). A pool above its own budget is not reported: look at pools(). A
    fork child has the callbacks too, but not those with a loop: the loop is the parent's."""
    if not available():
        return Registration(lambda: _NEVER_S)
    return Registration(PressureTask(callback if loop is None else _in_loop(callback, loop)))


def on_recycle(
    callback: Callable[[RecycleHint], object], *, is_quiet: Callable[[], bool] = lambda: True
) -> Registration:
    """`callback` is called once, when recycle() advises a restart and is_quiet() is true, on the thread
    "memgov-watch". end_gracefully is one. Looks every 30 s at least, while it waits for quiet four times a
    second."""
    return Registration(RecycleTask(callback, is_quiet))


class PressureTask:
    """Looks at the budget. `read` and `clock` are arguments for tests."""

    def __init__(
        self,
        callback: Callable[[Pressure], object],
        read: Callable[[], Budget] = budget,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._callback, self._read, self._clock = callback, read, clock
        self._rung = Rung.NORMAL
        self._called = 0.0

    def __call__(self) -> float:
        """Seconds until it should look again."""
        now = self._read()
        want = _want_bytes(now)
        clock = self._clock()
        due = want > 0 and clock - self._called >= _AGAIN_S.get(now.rung, _NEVER_S)
        if now.rung is not self._rung or due:
            self._rung, self._called = now.rung, clock
            self._callback(Pressure(now.rung, now.charged_bytes, now.soft_bytes, now.hard_bytes, want))
        return _pause_s(now)


class RecycleTask:
    """Looks at the recycle hint. `read` is an argument for tests."""

    def __init__(
        self,
        callback: Callable[[RecycleHint], object],
        is_quiet: Callable[[], bool],
        read: Callable[[], RecycleHint] = recycle,
    ) -> None:
        self._callback, self._is_quiet, self._read = callback, is_quiet, read
        self._called = False

    def __call__(self) -> float:
        """Seconds until it should look again."""
        if self._called:
            return _NEVER_S
        hint = self._read()
        if not hint.advised:
            return _RECYCLE_LOOK_S
        if not self._is_quiet():
            return _QUIET_LOOK_S
        self._called = True
        self._callback(hint)
        return _NEVER_S


def _want_bytes(now: Budget) -> int:
    if now.rung is Rung.NORMAL or now.soft_bytes is None:
        return 0
    return max(0, now.charged_bytes - now.soft_bytes)


def _pause_s(now: Budget) -> float:
    near = now.soft_bytes is not None and now.charged_bytes >= _NEAR_SHARE * now.soft_bytes
    return _NEAR_S if near or now.rung is not Rung.NORMAL else _FAR_S


def _in_loop(
    callback: Callable[[Pressure], object], loop: asyncio.AbstractEventLoop
) -> Callable[[Pressure], object]:
    process = os.getpid()

    def post(event: Pressure) -> None:
        if os.getpid() == process and not loop.is_closed():
            loop.call_soon_threadsafe(callback, event)

    return post
