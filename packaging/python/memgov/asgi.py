"""ASGI middleware: admission for each HTTP request, 503 with Retry-After, relief under pressure.

    app.add_middleware(memgov.asgi.Middleware, bytes_per_body_byte=8)      # FastAPI, Starlette
    app = memgov.asgi.Middleware(app)                                      # any ASGI application

Outermost: before it nothing of a request should be kept. A request waits, or is refused, before its body is
read. WebSockets pass unasked. Needs asyncio; knows nothing of any framework. All options:
memgov.asgi.Options.

Safety: one event loop at a time. Where memgov is absent, everything is admitted.
"""

from __future__ import annotations

import asyncio
from typing import Any, Awaitable, Callable, MutableMapping, Optional

from ._line import AsyncLine
from ._options import Options, parse_length, refusal_body
from ._relief import Relief
from ._threads import name_new_threads

__all__ = ["Middleware", "Options"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class Middleware:
    """Options by name: Middleware(app, longest_wait_s=1.0, drop_caches=[sessions.drop])."""

    def __init__(self, app: Application, **options: Any) -> None:
        self._app = app
        self._options = Options(**options)
        self._line = AsyncLine(self._options)
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

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
        elif scope["type"] != "http" or self._options.is_exempt(scope["path"]):
            await self._app(scope, receive, send)
        else:
            self._relief.start()  # here too: many a server runs no lifespan
            await self._serve(scope, receive, send)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._relief.start()
        try:
            await self._app(scope, receive, send)
        finally:
            self._relief.stop()

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._in_progress += 1
        try:
            length = _content_length(scope)
            cost = self._options.cost(length)
            if not await self._line.enter(cost):
                await self._drain(scope, receive)
                await self._refuse(send)
                return
            request = _Request(self._line, self._options, cost, length is None, receive, send)
            try:
                await self._app(scope, request.receive, request.send)
            except Exception:
                if not request.is_refused:  # else it is the application's answer to that
                    raise
            finally:
                self._line.done(request.reserved)
            if request.is_refused and not request.is_answered:
                await self._drain(scope, receive)
                await self._refuse(send)
        finally:
            self._in_progress -= 1

    async def _drain(self, scope: Scope, receive: Receive) -> None:
        """Takes the body off the connection and drops it. A server that closes with a body unread resets the
        connection, and the client never sees its 503. Not for who asked before sending (Expect)."""
        if any(name == b"expect" for name, _ in scope["headers"]):
            return
        try:
            await asyncio.wait_for(_receive_all(receive), self._options.longest_drain_s)
        except asyncio.TimeoutError:
            pass

    async def _refuse(self, send: Send) -> None:
        body = refusal_body()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"retry-after", str(self._options.retry_after_s).encode()),
        ]
        await send({"type": "http.response.start", "status": 503, "headers": headers})
        await send({"type": "http.response.body", "body": body})


class _Request:
    """One that was admitted: asks for more while a body of unknown length arrives.

    When that is refused the application sees a client that went away, and what it answers is dropped."""

    def __init__(
        self, line: AsyncLine, options: Options, reserved: int, is_unknown: bool, receive: Receive, send: Send
    ) -> None:
        self._line, self._options = line, options
        self._receive, self._send = receive, send
        self._length_left = options.unknown_body_bytes if is_unknown else None
        self.reserved = reserved
        self.is_refused = False
        self.is_answered = False

    async def receive(self) -> Message:
        """For the application."""
        if self.is_refused:
            return {"type": "http.disconnect"}
        message = await self._receive()
        if self._length_left is None or message["type"] != "http.request":
            return message
        self._length_left -= len(message.get("body", b""))
        if self._length_left < 0 and not await self._grow(-self._length_left):
            self.is_refused = True
            return {"type": "http.disconnect"}
        return message

    async def send(self, message: Message) -> None:
        """For the application."""
        if self.is_refused and not self.is_answered:
            return
        self.is_answered = True
        await self._send(message)

    async def _grow(self, missing: int) -> bool:
        step = max(missing, self._options.unknown_body_bytes)
        cost = self._options.cost_of_body(step)
        if not await self._line.enter(cost, grows=True):
            return False
        self.reserved += cost
        self._length_left = (self._length_left or 0) + step
        return True


async def _receive_all(receive: Receive) -> None:
    more = True
    while more:
        message = await receive()
        more = message["type"] == "http.request" and message.get("more_body", False)


def _content_length(scope: Scope) -> Optional[int]:
    """0 where the request has neither a length nor chunks."""
    chunked, length = False, None
    for name, value in scope["headers"]:
        if name == b"content-length":
            length = parse_length(value.decode("latin-1"))
            chunked = chunked or length is None
        elif name == b"transfer-encoding":
            chunked = True
    return None if chunked else (length or 0)
