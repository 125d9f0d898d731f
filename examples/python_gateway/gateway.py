"""An LLM-style gateway on FastAPI: `uvicorn gateway:app`, or `python3 serve.py` (README.md).

POST /v1/chat/completions takes bodies of some 200 KB, parses them in a thread pool, holds the document while
a fake upstream answers, and streams the answer. GET /healthz, /metrics and /stats say how it is.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any, AsyncIterator, Dict

import fastapi
from fastapi.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse

import chat
import memgov
from session_cache import SessionCache
from settings import Settings


def create_app(settings: Settings) -> fastapi.FastAPI:
    """An application with a thread pool and a session cache of its own."""
    app = fastapi.FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    sessions = SessionCache(settings.session_mb << 20)
    parsers = ThreadPoolExecutor(settings.parse_threads, initializer=memgov.name_thread, initargs=("parse",))
    if settings.admission:
        app.add_middleware(
            memgov.asgi.Middleware,
            bytes_per_body_byte=settings.bytes_per_body_byte,
            longest_wait_s=settings.longest_wait_ms / 1000,
            exempt_paths={"/healthz", "/metrics", "/stats"},
            drop_caches=[sessions.relieve],
            on_recycle=memgov.end_gracefully,
        )

    @app.post("/v1/chat/completions")
    async def complete(request: fastapi.Request) -> Response:
        loop = asyncio.get_running_loop()
        try:
            document, upstream = await loop.run_in_executor(parsers, chat.prepare, await request.body())
        except chat.BadRequest as error:
            return JSONResponse({"error": {"message": str(error), "type": "bad_request"}}, 400)
        session = request.headers.get("x-session-id")
        if session:
            sessions.remember(session, chat.last_turn(document))
        if document.get("stream"):
            return StreamingResponse(_stream(document, upstream, settings), media_type="text/event-stream")
        await _ask_upstream(upstream, settings.upstream_ms)
        return JSONResponse(chat.whole(document))

    app.get("/healthz")(_healthz)
    app.get("/metrics")(_metrics)

    @app.get("/stats")
    async def report() -> Response:
        return JSONResponse(_figures(sessions))

    return app


async def _ask_upstream(body: bytes, milliseconds: int) -> int:
    """Fake: holds what it was given for as long as an upstream would."""
    await asyncio.sleep(milliseconds / 1000)
    return len(body)


async def _stream(document: Dict[str, Any], upstream: bytes, settings: Settings) -> AsyncIterator[bytes]:
    for piece in chat.pieces(document, settings.pieces):
        await _ask_upstream(upstream, settings.upstream_ms // settings.pieces)
        yield piece


async def _healthz() -> Response:
    return PlainTextResponse("ok\n")


async def _metrics() -> Response:
    return PlainTextResponse(memgov.prometheus(), media_type="text/plain; version=0.0.4")


def _figures(sessions: SessionCache) -> Dict[str, Any]:
    return {
        "memgov": memgov.version(),
        "stats": asdict(memgov.stats()),
        "budget": asdict(memgov.budget()),
        "pools": [asdict(pool) for pool in memgov.pools()],
        "session_bytes": sessions.bytes,
    }


app = create_app(Settings.from_environment())
