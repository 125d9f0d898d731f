"""Arguments: one clear line for a bad one, with its name, its value and what is allowed."""

from __future__ import annotations

from typing import Optional

from ._structures import UNLIMITED

LEAST_BUDGET_BYTES = 1 << 20
MOST_BYTES = UNLIMITED


def refuse(name: str, value: object, allowed: str) -> ValueError:
    """The error to raise for argument `name`."""
    return ValueError(f"memgov: {name}={value!r}: must be {allowed}")


def byte_count(name: str, value: int) -> int:
    """A number of bytes as C takes it: what is too large for it counts as the most there is."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise refuse(name, value, "a whole number of bytes, 0 or more")
    return min(value, MOST_BYTES)


def budget_bytes(name: str, value: Optional[int]) -> int:
    """A budget, or None for unlimited."""
    if value is None:
        return UNLIMITED
    if byte_count(name, value) < LEAST_BUDGET_BYTES:
        raise refuse(name, value, f"at least {LEAST_BUDGET_BYTES} bytes (1 MiB), or None for no budget")
    return min(value, MOST_BYTES)


def limit(value: int) -> Optional[int]:
    """What C answers for a limit: None where there is none."""
    return None if value == UNLIMITED else value


def pool_name(name: str) -> bytes:
    """A pool's name for C, which cuts it to 31 bytes."""
    if not isinstance(name, str) or not name or "\0" in name:
        raise refuse("pool name", name, "a string of 1 to 31 bytes without NUL")
    return name.encode("utf-8", "replace")


def at_least(name: str, value: float, least: float) -> None:
    """Refuses a number below `least`, and what is no number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value >= least:
        raise refuse(name, value, f"a number of at least {least}")
