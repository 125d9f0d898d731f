"""The structs of memgov.h and advanced.h, field by field; a test compares them with the C compiler's."""

from __future__ import annotations

import ctypes

NAME_BYTES = 32
UNLIMITED = (1 << 64) - 1

_U32 = ctypes.c_uint32
_U64 = ctypes.c_uint64


class Stats(ctypes.Structure):
    """memgov_stats_t"""

    _fields_ = [
        ("size", ctypes.c_size_t),
        ("resident_bytes", _U64),
        ("live_bytes", _U64),
        ("held_bytes", _U64),
        ("allocated_bytes", _U64),
        ("releases", _U64),
        ("released_bytes", _U64),
        ("longest_stall_ns", _U64),
        ("threads", _U32),
        ("governor_running", _U32),
    ]


class Pool(ctypes.Structure):
    """memgov_pool_t"""

    _fields_ = [
        ("name", ctypes.c_char * NAME_BYTES),
        ("threads", _U32),
        ("parked", _U32),
        ("live_bytes", _U64),
        ("held_bytes", _U64),
    ]


class Budget(ctypes.Structure):
    """memgov_budget_t"""

    _fields_ = [
        ("size", ctypes.c_size_t),
        ("charged_bytes", _U64),
        ("soft_bytes", _U64),
        ("hard_bytes", _U64),
        ("limit_bytes", _U64),
        ("headroom_bytes", _U64),
        ("admitted_bytes", _U64),
        ("rung", _U32),
    ]


class Counters(ctypes.Structure):
    """memgov_counters_t"""

    _fields_ = [
        ("size", ctypes.c_size_t),
        ("refused_allocations", _U64),
        ("refused_bytes", _U64),
        ("admitted", _U64),
        ("deferred", _U64),
        ("rejected", _U64),
        ("forgotten_bytes", _U64),
        ("emergency_releases", _U64),
        ("emergency_released_bytes", _U64),
        ("emergency_longest_ns", _U64),
        ("pressure_callbacks", _U64),
        ("callback_longest_ns", _U64),
        ("callback_running_ns", _U64),
        ("stalled_us", _U64),
        ("high_events", _U64),
        ("max_events", _U64),
        ("oom_kills", _U64),
        ("cohort_members", _U32),
    ]


class Recycle(ctypes.Structure):
    """memgov_recycle_t"""

    _fields_ = [
        ("size", ctypes.c_size_t),
        ("advised", _U32),
        ("recoverable_bytes", _U64),
        ("since_ns", _U64),
    ]
