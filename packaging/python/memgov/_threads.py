"""Names for the operating system's threads.

Python before 3.14 keeps a thread's name to itself. With a name that the kernel knows, memgov finds its pool,
the operator's MEMGOV_POOLS can match it, and `top -H` and py-spy show it.
"""

from __future__ import annotations

import ctypes
import functools
import re
import sys
import threading

_PR_SET_NAME = 15  # prctl(2)
_MOST_BYTES = 15  # without the NUL: TASK_COMM_LEN is 16

_prctl = ctypes.PyDLL(None).prctl
_prctl.restype = ctypes.c_int
_prctl.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_ulong, ctypes.c_ulong, ctypes.c_ulong)

_lock = threading.Lock()
_naming = False


def os_name(name: str) -> bytes:
    """The name as the kernel takes it, 15 bytes: "Thread-7 (parse)" is named after its function; of a longer
    one the trailing number goes first, so that all threads of a pool share what is left."""
    target = re.fullmatch(r"Thread-\d+ \((.+)\)", name)
    text = (target.group(1) if target else name).replace("\0", " ")
    encoded = text.encode("utf-8", "replace")
    if len(encoded) > _MOST_BYTES:
        encoded = re.sub(rb"[-_#:/. ]*[0-9]+$", b"", encoded)[:_MOST_BYTES]
    return encoded.decode("utf-8", "ignore").encode()


def name_thread(name: str) -> None:
    """Names the calling thread. As an executor's initializer:

        ThreadPoolExecutor(8, initializer=memgov.name_thread, initargs=("parse",))

    About a microsecond. memgov reads a thread's name once, a moment after its start: name it first thing."""
    _prctl(_PR_SET_NAME, os_name(name), 0, 0, 0)


def name_new_threads() -> None:
    """From now on every threading.Thread gets its Python name as its kernel name when it starts: executors,
    asyncio's default one, AnyIO's workers. Wraps Thread.start; once is enough, again is harmless. Nothing to
    do from Python 3.14 on."""
    global _naming
    with _lock:
        if _naming or sys.version_info >= (3, 14):
            return
        _naming = True
        plain_start = threading.Thread.start

        @functools.wraps(plain_start)
        def start(self: threading.Thread) -> None:
            _name_when_it_runs(self)
            plain_start(self)

        setattr(threading.Thread, "start", start)


def _name_when_it_runs(thread: threading.Thread) -> None:
    run = thread.run

    def named_run() -> None:
        thread.__dict__.pop("run", None)  # the cycle of thread and function
        name_thread(thread.name)
        run()

    thread.__dict__["run"] = named_run
