"""Which pool this thread's memory counts for (docs/pools.md)."""

from __future__ import annotations

import functools
import inspect
import threading
from types import TracebackType
from typing import Any, Callable, Optional, Type, TypeVar

from . import _calls, _checks

Function = TypeVar("Function", bound=Callable[..., Any])


class PoolScope:
    """What this thread allocates within counts for pool `name`; about a microsecond for the whole scope.

        with memgov.PoolScope("parse"):
            document = json.loads(body)

    Scopes nest. A scope is its thread's: in a coroutine no `await` may stand within, because other tasks run
    on the same thread meanwhile. Does nothing where memgov is absent or 64 pools exist."""

    __slots__ = ("_name", "_thread", "_token")

    def __init__(self, name: str) -> None:
        self._name = _checks.pool_name(name)
        self._thread = 0
        self._token = 0

    def __enter__(self) -> PoolScope:
        if self._thread:
            raise RuntimeError("memgov: this PoolScope is open already: make one for each use")
        self._thread = threading.get_ident()
        self._token = _calls.pool_enter(self._name)
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        if threading.get_ident() != self._thread:
            raise RuntimeError("memgov: a PoolScope must be left on the thread that entered it")
        self._thread = 0
        _calls.pool_leave(self._token)


def in_pool(name: str) -> Callable[[Function], Function]:
    """Decorator: the function's allocations count for pool `name`. Not for coroutines and generators, which
    suspend: TypeError."""
    _checks.pool_name(name)

    def decorate(function: Function) -> Function:
        if (
            inspect.iscoroutinefunction(function)
            or inspect.isgeneratorfunction(function)
            or inspect.isasyncgenfunction(function)
        ):
            raise TypeError(f"memgov: in_pool({name!r}): {function!r} suspends; decorate a plain function")

        @functools.wraps(function)
        def run(*arguments: Any, **named: Any) -> Any:
            with PoolScope(name):
                return function(*arguments, **named)

        return run  # type: ignore[return-value]

    return decorate


def bind_pool(name: str) -> bool:
    """This thread belongs to pool `name` for good; its name and the operator's MEMGOV_POOLS no longer matter.
    False where memgov is absent or 64 pools exist."""
    return _calls.pool_bind(_checks.pool_name(name)) == 0
