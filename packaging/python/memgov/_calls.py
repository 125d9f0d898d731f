"""memgov's C functions, each looked up once; where memgov is absent, each answers as its header says.

Safety: any thread. Functions that may take a while (files, a release) let go of the GIL; those of well under
a microsecond keep it, because giving it up and waiting for it again can cost 5 ms beside a busy thread. None
waits for a lock that is held while Python code runs.
"""

from __future__ import annotations

import ctypes
from typing import Any, Callable, Optional, Sequence, Type

from . import _structures

# The process's own symbols: a preloaded or linked memgov is among them.
_FREE_GIL = ctypes.CDLL(None)
_KEEP_GIL = ctypes.PyDLL(None)


def _find(
    library: ctypes.CDLL, name: str, result: Any, arguments: Sequence[Any], absent: Any
) -> Any:
    try:
        function = getattr(library, name)
    except AttributeError:
        return lambda *_: absent
    function.restype = result
    function.argtypes = arguments
    return function


_INT, _U32, _U64, _SIZE, _TEXT = (
    ctypes.c_int,
    ctypes.c_uint32,
    ctypes.c_uint64,
    ctypes.c_size_t,
    ctypes.c_char_p,
)
_POINTER = ctypes.c_void_p
_Call = Callable[..., int]

version: Callable[[], Optional[bytes]] = _find(_KEEP_GIL, "memgov_version", _TEXT, (), None)
available: _Call = _find(_KEEP_GIL, "memgov_available", _INT, (), 0)
stats: _Call = _find(_FREE_GIL, "memgov_stats", _INT, (_POINTER,), -1)
pools: _Call = _find(_FREE_GIL, "memgov_pools", _SIZE, (_POINTER, _SIZE, _SIZE), 0)
pool_enter: _Call = _find(_KEEP_GIL, "memgov_pool_enter", _U32, (_TEXT,), 0)
pool_leave: _Call = _find(_KEEP_GIL, "memgov_pool_leave", _INT, (_U32,), 0)
pool_bind: _Call = _find(_KEEP_GIL, "memgov_pool_bind", _INT, (_TEXT,), -1)
release: _Call = _find(_FREE_GIL, "memgov_release", _SIZE, (_SIZE,), 0)
budget: _Call = _find(_FREE_GIL, "memgov_budget", _INT, (_POINTER,), -1)
budget_set: _Call = _find(_FREE_GIL, "memgov_budget_set", _INT, (_U64, _U64), -1)
admit: _Call = _find(_KEEP_GIL, "memgov_admit", _INT, (_SIZE,), 0)
admit_done: _Call = _find(_KEEP_GIL, "memgov_admit_done", _INT, (_SIZE,), 0)
counters: _Call = _find(_FREE_GIL, "memgov_counters", _INT, (_POINTER,), -1)
recycle: _Call = _find(_FREE_GIL, "memgov_recycle", _INT, (_POINTER,), -1)
pool_budget_set: _Call = _find(_FREE_GIL, "memgov_pool_budget_set", _INT, (_TEXT, _U64), -1)
pool_budget: _Call = _find(_FREE_GIL, "memgov_pool_budget", _U64, (_TEXT,), _structures.UNLIMITED)
pool_limit_set: _Call = _find(_FREE_GIL, "memgov_pool_limit_set", _INT, (_TEXT, _U64), -1)
pool_limit: _Call = _find(_FREE_GIL, "memgov_pool_limit", _U64, (_TEXT,), _structures.UNLIMITED)
text: _Call = _find(_FREE_GIL, "memgov_text", _SIZE, (_INT, _POINTER, _SIZE), 0)


def fill(function: Callable[..., int], struct: Type[ctypes.Structure]) -> Optional[Any]:
    """The struct as the library filled it in; None where it did not."""
    filled = struct()
    filled.size = ctypes.sizeof(struct)
    return filled if function(ctypes.addressof(filled)) == 0 else None
