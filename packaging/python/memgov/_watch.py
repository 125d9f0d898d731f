"""One daemon thread, "memgov-watch", that looks at memgov for whoever asks.

Why not memgov_on_pressure: it calls on a thread of memgov's own, and a Python function there needs the GIL.
It would be late by as long as that is held, would run into an interpreter that is being finalised, and in a
child forked by C code would wait for ever. So no thread of memgov's ever enters Python; this one asks
instead, and sleeps in between. What memgov itself does under pressure waits for none of this.

Safety: any thread. Exit: the thread is told to stop by atexit, and waited for one second at most. fork: the
child has a thread of its own as soon as it is forked, if the parent had tasks.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
import time
from typing import Callable, List, Optional

from ._threads import name_thread

# Looks, and answers how many seconds it need not look again.
Task = Callable[[], float]

_THREAD_NAME = "memgov-watch"
_PATIENCE_AT_EXIT_S = 1.0
_LEAST_BETWEEN_LOOKS_S = 0.05


class Watch:
    """The thread and its tasks. It exists while there are tasks."""

    def __init__(self) -> None:
        self._tasks: List[Task] = []
        self._looked = 0.0
        self._forget_thread()

    def add(self, task: Task) -> None:
        """From now on `task` is run, the first time at once. What it raises is reported, and it goes on."""
        with self._lock:
            self._tasks = [*self._tasks, task]
            self._start()
        self._wake.set()

    def remove(self, task: Task) -> None:
        """A run of it that is going on is not waited for. Idempotent."""
        with self._lock:
            self._tasks = [other for other in self._tasks if other is not task]
        self._wake.set()

    def look_now(self) -> None:
        """All tasks run soon: somebody has seen pressure. Cheap enough to be told all the time."""
        if time.monotonic() - self._looked < _LEAST_BETWEEN_LOOKS_S:
            return
        if self._thread is None:
            with self._lock:
                self._start()
        self._wake.set()

    def stop(self) -> None:
        """At exit: no task begins any more."""
        with self._lock:
            self._tasks = []
            thread = self._thread
        self._wake.set()
        if thread is not None and thread is not threading.current_thread():
            thread.join(_PATIENCE_AT_EXIT_S)

    def restart_in_child(self) -> None:
        """After fork: thread and lock are the parent's."""
        self._forget_thread()
        with self._lock:
            self._start()

    def _forget_thread(self) -> None:
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._thread: Optional[threading.Thread] = None

    def _start(self) -> None:
        """Under the lock. Where no thread can be had now, the next look_now tries again."""
        if self._thread is not None or not self._tasks:
            return
        thread = threading.Thread(target=self._run, name=_THREAD_NAME, daemon=True)
        try:
            thread.start()
        except RuntimeError:
            return
        self._thread = thread  # before it runs a task: that needs the lock

    def _run(self) -> None:
        name_thread(_THREAD_NAME)
        while True:
            self._wake.clear()
            with self._lock:
                tasks = self._tasks
                if self._thread is not threading.current_thread():
                    return  # a task forked: the child has another
                if not tasks:
                    self._thread = None
                    return
            self._looked = time.monotonic()
            self._wake.wait(min(_run_task(task) for task in tasks))


def _run_task(task: Task) -> float:
    try:
        return task()
    except Exception:  # a host's function: its fault is not ours to die of
        sys.excepthook(*sys.exc_info())
        return 1.0


watch = Watch()
atexit.register(watch.stop)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=watch.restart_in_child)
