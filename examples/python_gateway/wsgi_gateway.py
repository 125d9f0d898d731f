"""The same gateway as a WSGI application: `gunicorn --worker-class gthread --threads 16 wsgi_gateway:app`.

A worker's thread parses, waits for the fake upstream and answers; it needs no framework.
"""

from __future__ import annotations

import json
import time
from typing import Any, Callable, Dict, Iterable, List, Tuple

import chat
import memgov
from session_cache import SessionCache
from settings import Settings

StartResponse = Callable[[str, List[Tuple[str, str]]], Any]

_settings = Settings.from_environment()
_sessions = SessionCache(_settings.session_mb << 20)


def _serve(environment: Dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    path = environment["PATH_INFO"]
    if path == "/healthz":
        return _answer(start_response, "200 OK", "text/plain", b"ok\n")
    if path == "/metrics":
        text = memgov.prometheus().encode()
        return _answer(start_response, "200 OK", "text/plain; version=0.0.4", text)
    if path != "/v1/chat/completions" or environment["REQUEST_METHOD"] != "POST":
        return _answer(start_response, "404 Not Found", "text/plain", b"no such page\n")
    try:
        document, upstream = chat.prepare(environment["wsgi.input"].read())
    except chat.BadRequest as error:
        return _answer(start_response, "400 Bad Request", "text/plain", f"{error}\n".encode())
    session = environment.get("HTTP_X_SESSION_ID")
    if session:
        _sessions.remember(session, chat.last_turn(document))
    if document.get("stream"):
        start_response("200 OK", [("Content-Type", "text/event-stream")])
        return _stream(document, upstream)
    _ask_upstream(upstream, _settings.upstream_ms)
    return _answer(start_response, "200 OK", "application/json", json.dumps(chat.whole(document)).encode())


def _ask_upstream(body: bytes, milliseconds: int) -> int:
    """Fake: holds what it was given for as long as an upstream would."""
    time.sleep(milliseconds / 1000)
    return len(body)


def _stream(document: Dict[str, Any], upstream: bytes) -> Iterable[bytes]:
    for piece in chat.pieces(document, _settings.pieces):
        _ask_upstream(upstream, _settings.upstream_ms // _settings.pieces)
        yield piece


def _answer(start_response: StartResponse, status: str, kind: str, body: bytes) -> List[bytes]:
    start_response(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
    return [body]


app: Any = _serve
if _settings.admission:
    app = memgov.wsgi.Middleware(
        _serve,
        bytes_per_body_byte=_settings.bytes_per_body_byte,
        longest_wait_s=_settings.longest_wait_ms / 1000,
        drop_caches=[_sessions.relieve],
        on_recycle=memgov.end_gracefully,
    )
