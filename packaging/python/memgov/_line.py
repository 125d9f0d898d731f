"""Waiting lines: where memgov says "later", a few requests wait a moment, first come first served.

    admitted -> reserved; give it back with `done`
    defer    -> waits in line; the first one asks again now and then, and whenever something is given back
    reject, a full line, or too long a wait -> refused: answer 503

A request that grows (more of its body arrives) goes to the front: it holds memory already.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from typing import Deque, Tuple

from ._admission import Answer, admit, admit_done
from ._options import Options
from ._watch import watch

_Waiter = Tuple[asyncio.AbstractEventLoop, "asyncio.Event"]


def _ask(bytes: int) -> Answer:
    answer = admit(bytes)
    if answer is not Answer.ADMITTED:
        watch.look_now()
    return answer


class AsyncLine:
    """For one event loop: never blocks it."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._waiters: Deque[_Waiter] = deque()

    @property
    def waiting(self) -> int:
        """Requests in line."""
        return len(self._waiters)

    async def enter(self, bytes: int, *, grows: bool = False) -> bool:
        """True: reserved. False: refused, nothing is reserved."""
        if not self._waiters or grows:
            answer = _ask(bytes)
            if answer is not Answer.DEFER:
                return answer is Answer.ADMITTED
        if len(self._waiters) >= self._options.most_waiting and not grows:
            return False
        waiter = (asyncio.get_running_loop(), asyncio.Event())
        (self._waiters.appendleft if grows else self._waiters.append)(waiter)
        try:
            return await self._wait(waiter, bytes)
        finally:
            self._waiters.remove(waiter)
            self._wake_first()

    def done(self, bytes: int) -> None:
        """Gives a reservation back."""
        admit_done(bytes)
        self._wake_first()

    async def _wait(self, waiter: _Waiter, bytes: int) -> bool:
        loop, changed = waiter
        end = loop.time() + self._options.longest_wait_s
        while True:
            left = end - loop.time()
            if left <= 0:
                return False
            is_first = self._waiters[0] is waiter
            await _wait_for(changed, min(left, self._options.ask_again_s) if is_first else left)
            if self._waiters[0] is not waiter:
                continue
            answer = _ask(bytes)
            if answer is not Answer.DEFER:
                return answer is Answer.ADMITTED

    def _wake_first(self) -> None:
        if not self._waiters:
            return
        loop, changed = self._waiters[0]
        if not loop.is_closed():
            loop.call_soon_threadsafe(changed.set)


async def _wait_for(changed: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(changed.wait(), seconds)
    except asyncio.TimeoutError:
        pass
    changed.clear()


class ThreadLine:
    """For servers with a thread for each request: blocks the caller for the longest wait at most."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._changed = threading.Condition()
        self._waiters: Deque[object] = deque()

    @property
    def waiting(self) -> int:
        """Requests in line."""
        return len(self._waiters)

    def enter(self, bytes: int, *, grows: bool = False) -> bool:
        """True: reserved. False: refused, nothing is reserved."""
        with self._changed:
            if not self._waiters or grows:
                answer = _ask(bytes)
                if answer is not Answer.DEFER:
                    return answer is Answer.ADMITTED
            if len(self._waiters) >= self._options.most_waiting and not grows:
                return False
            waiter = object()
            (self._waiters.appendleft if grows else self._waiters.append)(waiter)
            try:
                return self._wait(waiter, bytes)
            finally:
                self._waiters.remove(waiter)
                self._changed.notify_all()

    def done(self, bytes: int) -> None:
        """Gives a reservation back."""
        admit_done(bytes)
        if self._waiters:
            with self._changed:
                self._changed.notify_all()

    def _wait(self, waiter: object, bytes: int) -> bool:
        end = time.monotonic() + self._options.longest_wait_s
        while True:
            left = end - time.monotonic()
            if left <= 0:
                return False
            is_first = self._waiters[0] is waiter
            self._changed.wait(min(left, self._options.ask_again_s) if is_first else left)
            if self._waiters[0] is not waiter:
                continue
            answer = _ask(bytes)
            if answer is not Answer.DEFER:
                return answer is Answer.ADMITTED
