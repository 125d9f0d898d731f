"""memgov for Python: ask the allocator and governor of this process about its memory, and steer it.

    LD_PRELOAD=libmemgov.so python3 ...        (or: memgov run -- python3 ...)

    import memgov
    memgov.stats().resident_bytes
    with memgov.Admission(8 * len(body)) as admission: ...
    app.add_middleware(memgov.asgi.Middleware)

Everything works where memgov is absent and answers what each docstring says for that case: zeros, no limits,
all admitted. Only the standard library is needed, from Python 3.9 on.

Units: bytes and nanoseconds, as the names say; None for "no limit". Errors: a bad argument raises ValueError
with its name, its value and what is allowed. Threads: every function may be called on any thread, in a fork
child too, but not from a signal handler. docs/python.md has the rest.
"""

from . import asgi, wsgi
from ._admission import Admission, Answer, admit, admit_done
from ._budgets import (
    Budget,
    Rung,
    budget,
    headroom,
    pool_budget,
    pool_limit,
    release,
    reset_budget,
    set_budget,
    set_pool_budget,
    set_pool_limit,
)
from ._figures import (
    Counters,
    Pool,
    RecycleHint,
    Stats,
    available,
    config,
    counters,
    figures,
    pools,
    prometheus,
    recycle,
    stats,
    version,
)
from ._pools import PoolScope, bind_pool, in_pool
from ._pressure import Pressure, Registration, on_pressure, on_recycle
from ._relief import Relief, end_gracefully
from ._threads import name_new_threads, name_thread

__all__ = [
    "Admission",
    "Answer",
    "Budget",
    "Counters",
    "Pool",
    "PoolScope",
    "Pressure",
    "RecycleHint",
    "Registration",
    "Relief",
    "Rung",
    "Stats",
    "admit",
    "admit_done",
    "asgi",
    "available",
    "bind_pool",
    "budget",
    "config",
    "counters",
    "end_gracefully",
    "figures",
    "headroom",
    "in_pool",
    "name_new_threads",
    "name_thread",
    "on_pressure",
    "on_recycle",
    "pool_budget",
    "pool_limit",
    "pools",
    "prometheus",
    "recycle",
    "release",
    "reset_budget",
    "set_budget",
    "set_pool_budget",
    "set_pool_limit",
    "stats",
    "version",
    "wsgi",
]
