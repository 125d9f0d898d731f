"""WSGI middleware: admission for each request, 503 with Retry-After, relief under pressure.

    app = memgov.wsgi.Middleware(app)

A request that has to wait keeps its worker's thread, for longest_wait_s at most: with gunicorn's sync workers
nothing else is served meanwhile, so a short wait is better there. The reservation is held until the answer is
sent and closed. All options: memgov.wsgi.Options.

Safety: any number of threads. Where memgov is absent, everything is admitted.
"""

from __future__ import annotations

import sys
import threading
import time
from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional, Tuple

from ._line import ThreadLine
from ._options import Options, parse_length, refusal_body
from ._relief import Relief
from ._threads import name_new_threads

__all__ = ["Middleware", "Options", "Overloaded"]

Environment = Dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environment, StartResponse], Iterable[bytes]]

_DRAIN_BYTES = 1 << 16
_A_GREAT_DEAL = 1 << 60
_STATUS = "503 Service Unavailable"


class Overloaded(OSError):
    """Reading a body of unknown length would take more memory than there is; becomes a 503."""


class Middleware:
    """Options by name: Middleware(app, longest_wait_s=0.2)."""

    def __init__(self, app: Application, **options: Any) -> None:
        self._app = app
        self._options = Options(**options)
        self._line = ThreadLine(self._options)
        self._lock = threading.Lock()
        self._in_progress = 0
        self._relief = Relief(
            collect_garbage=self._options.collect_garbage,
            drop_caches=self._options.drop_caches,
            on_recycle=self._options.on_recycle,
            is_quiet=lambda: self._in_progress == 0,
        )
        if self._options.name_threads:
            name_new_threads()

    @property
    def waiting(self) -> int:
        """Requests in line."""
        return self._line.waiting

    def __call__(self, environment: Environment, start_response: StartResponse) -> Iterable[bytes]:
        if self._options.is_exempt(environment.get("PATH_INFO", "")):
            return self._app(environment, start_response)
        self._relief.start()  # here, not when made: gunicorn --preload forks after that
        length = _content_length(environment)
        cost = self._options.cost(length)
        if not self._line.enter(cost):
            self._drain(environment, length)
            return self._refuse(start_response)
        self._count(+1)
        request = _Request(self._line, self._options, cost, length is None)
        try:
            return self._serve(request, environment, start_response)
        except BaseException:
            self._end(request)
            raise

    def _serve(self, request: _Request, environment: Environment, start: StartResponse) -> Iterable[bytes]:
        if request.is_unknown:
            environment["wsgi.input"] = _CountedInput(environment["wsgi.input"], request)

        def start_response(status: str, headers: List[Tuple[str, str]], *error: Any) -> Any:
            if request.is_refused:  # a framework makes a 500 or 400 of Overloaded
                status, headers = _STATUS, self._headers(None)
            return start(status, headers, *error)

        try:
            return _Answer(self._app(environment, start_response), lambda: self._end(request))
        except Overloaded:
            self._end(request)
            self._drain(environment, None)
            return self._refuse(start, sys.exc_info())

    def _drain(self, environment: Environment, length: Optional[int]) -> None:
        """Takes the body off the connection and drops it. A server that closes with a body unread resets the
        connection, and the client never sees its 503."""
        stream = environment["wsgi.input"]
        if isinstance(stream, _CountedInput):
            stream = stream.stream
        left = _A_GREAT_DEAL if length is None and environment.get("wsgi.input_terminated") else length or 0
        end = time.monotonic() + self._options.longest_drain_s
        while left > 0 and time.monotonic() < end:
            data = stream.read(min(left, _DRAIN_BYTES))
            if not data:
                return
            left -= len(data)

    def _refuse(self, start_response: StartResponse, *error: Any) -> Iterable[bytes]:
        body = refusal_body()
        start_response(_STATUS, self._headers(len(body)), *error)
        return [body]

    def _headers(self, length: Optional[int]) -> List[Tuple[str, str]]:
        headers = [("Content-Type", "application/json"), ("Retry-After", str(self._options.retry_after_s))]
        return headers if length is None else [*headers, ("Content-Length", str(length))]

    def _end(self, request: _Request) -> None:
        """Idempotent."""
        if request.end():
            self._count(-1)

    def _count(self, change: int) -> None:
        with self._lock:
            self._in_progress += change


class _Request:
    """What is reserved for one request."""

    def __init__(self, line: ThreadLine, options: Options, reserved: int, is_unknown: bool) -> None:
        self._line, self._options, self._reserved = line, options, reserved
        self._length_left = options.unknown_body_bytes
        self._is_over = False
        self.is_unknown = is_unknown
        self.is_refused = False

    def arrived(self, length: int) -> None:
        """So much more of a body of unknown length was read. Overloaded where that was too much."""
        self._length_left -= length
        if self._length_left >= 0:
            return
        step = max(-self._length_left, self._options.unknown_body_bytes)
        cost = self._options.cost_of_body(step)
        if not self._line.enter(cost, grows=True):
            self.is_refused = True
            raise Overloaded("the server is out of memory for now")
        self._reserved += cost
        self._length_left += step

    def end(self) -> bool:
        """True the first time."""
        if self._is_over:
            return False
        self._is_over = True
        self._line.done(self._reserved)
        return True


class _CountedInput:
    """wsgi.input that says how much was read."""

    def __init__(self, stream: Any, request: _Request) -> None:
        self.stream = stream
        self._request = request

    def read(self, *size: int) -> bytes:
        """As io.RawIOBase; a read of everything goes by steps, so that it can be refused on the way."""
        if size and size[0] is not None and size[0] >= 0:
            return self._count(self.stream.read(*size))
        return b"".join(iter(lambda: self._count(self.stream.read(1 << 16)), b""))

    def readline(self, *size: int) -> bytes:
        """As io.RawIOBase."""
        return self._count(self.stream.readline(*size))

    def readlines(self, hint: int = -1) -> List[bytes]:
        """As io.RawIOBase, whatever the hint."""
        return list(self)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    def _count(self, data: bytes) -> bytes:
        self._request.arrived(len(data))
        return data


class _Answer:
    """The application's answer; the reservation goes when it is closed."""

    def __init__(self, parts: Iterable[bytes], end: Callable[[], None]) -> None:
        self._parts, self._end = parts, end

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._parts)

    def close(self) -> None:
        """Called by the server, PEP 3333."""
        try:
            if hasattr(self._parts, "close"):
                self._parts.close()
        finally:
            self._end()


def _content_length(environment: Environment) -> Optional[int]:
    """0 where the request has neither a length nor chunks."""
    if environment.get("HTTP_TRANSFER_ENCODING"):
        return None
    text = environment.get("CONTENT_LENGTH") or "0"
    return parse_length(text)
