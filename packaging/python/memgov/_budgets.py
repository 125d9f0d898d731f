"""Budgets: what may be used, what is left, giving memory back."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Optional

from . import _calls, _checks, _structures


class Rung(enum.IntEnum):
    """Rungs of the ladder (docs/governor.md)."""

    NORMAL = 0
    SOFT = 1
    """Memory is given back, admissions are deferred."""
    HARD = 2
    """All is given back, admissions are rejected, large allocations may raise MemoryError."""


@dataclass(frozen=True)
class Budget:
    """Bytes; None stands for "no limit"."""

    charged_bytes: int = 0
    """What the kernel kills for: the container's, else this process's anonymous memory."""
    soft_bytes: Optional[int] = None
    hard_bytes: Optional[int] = None
    limit_bytes: Optional[int] = None
    """The container's own limit."""
    headroom_bytes: Optional[int] = None
    """hard - charged, 0 when it is passed."""
    admitted_bytes: int = 0
    """Reserved by admit() and not yet given back, in this process."""
    rung: Rung = Rung.NORMAL


def budget() -> Budget:
    """A fresh reading of the container's files: 20 to 100 us. No limits where memgov is absent."""
    filled = _calls.fill(_calls.budget, _structures.Budget)
    if filled is None:
        return Budget()
    return Budget(
        filled.charged_bytes,
        _checks.limit(filled.soft_bytes),
        _checks.limit(filled.hard_bytes),
        _checks.limit(filled.limit_bytes),
        _checks.limit(filled.headroom_bytes),
        filled.admitted_bytes,
        Rung(min(filled.rung, Rung.HARD)),
    )


def headroom() -> Optional[int]:
    """Bytes left below the hard budget; None without one."""
    return budget().headroom_bytes


def set_budget(soft_bytes: Optional[int], hard_bytes: Optional[int]) -> bool:
    """Budgets from now on, in place of the environment's and the container's; None: none.

    True when they are in force; False where memgov does not govern. ValueError for less than 1 MiB, or soft
    above hard."""
    soft = _checks.budget_bytes("soft_bytes", soft_bytes)
    hard = _checks.budget_bytes("hard_bytes", hard_bytes)
    if soft > hard:
        raise _checks.refuse("soft_bytes", soft_bytes, f"at most hard_bytes ({hard_bytes})")
    return _calls.budget_set(soft, hard) == 0


def reset_budget() -> bool:
    """The environment's budgets, or the container's, count again. False where memgov does not govern."""
    return _calls.budget_set(0, 0) == 0


def pool_budget(pool: str) -> Optional[int]:
    """The soft budget of a pool; None for one that has none, or does not exist."""
    return _checks.limit(_calls.pool_budget(_checks.pool_name(pool)))


def set_pool_budget(pool: str, soft_bytes: Optional[int]) -> bool:
    """A soft budget of live bytes for a pool (None: none): above it, admissions that its threads ask for are
    deferred. False where memgov does not govern, or its table of 64 pools is full."""
    return (
        _calls.pool_budget_set(_checks.pool_name(pool), _checks.budget_bytes("soft_bytes", soft_bytes)) == 0
    )


def pool_limit(pool: str) -> Optional[int]:
    """The hard limit of a pool; None for one that has none, or does not exist."""
    return _checks.limit(_calls.pool_limit(_checks.pool_name(pool)))


def set_pool_limit(pool: str, hard_bytes: Optional[int]) -> bool:
    """A hard limit of held bytes for a pool (None: none): what its threads allocate beyond it is a MemoryError.

    False where memgov does not govern, its table of 64 pools is full, the limit is below 4 MiB, or the engine
    keeps no exact books of the pool."""
    return _calls.pool_limit_set(_checks.pool_name(pool), _checks.budget_bytes("hard_bytes", hard_bytes)) == 0


def release(bytes: Optional[int] = None) -> int:
    """Gives memory back to the kernel: at least that much if it is to be had, all without an argument.

    Returns what the RSS really lost; 0 where memgov is absent. Runs on this thread, without the GIL;
    milliseconds on a large heap. What Python itself keeps free it cannot reach: docs/python.md."""
    return _calls.release(_structures.UNLIMITED if bytes is None else _checks.byte_count("bytes", bytes))
