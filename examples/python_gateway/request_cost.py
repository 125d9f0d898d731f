"""How many bytes a request needs at its peak for each byte of its body: what bytes_per_body_byte must cover.

  request_cost.py        one line for each size and kind of body

Counted by tracemalloc, one request at a time, through the FastAPI gateway's own code and a fake server.
"""

from __future__ import annotations

import asyncio
import json
import pathlib
import sys
import tracemalloc
from typing import Any, Dict

_HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(_HERE), str(_HERE.parent.parent / "packaging" / "python")]
_CHUNK_BYTES = 1 << 16  # as uvicorn hands a body on


def body_of(size: int, text: str) -> bytes:
    """A chat completion of about `size` bytes, in messages of about 1 KB."""
    count = max(1, size // (len(text.encode()) + 40))
    document = {"messages": [{"role": "user", "content": text} for _ in range(count)]}
    return json.dumps(document, ensure_ascii=False).encode()


async def post(app: Any, body: bytes) -> int:
    """The answer's status."""
    chunks = [body[at : at + _CHUNK_BYTES] for at in range(0, len(body), _CHUNK_BYTES)]
    status = 0

    async def receive() -> Dict[str, Any]:
        return {"type": "http.request", "body": chunks.pop(0), "more_body": len(chunks) > 0}

    async def send(message: Dict[str, Any]) -> None:
        nonlocal status
        status = message.get("status", status)

    headers = [(b"content-length", str(len(body)).encode())]
    scope = {"type": "http", "method": "POST", "path": "/v1/chat/completions", "headers": headers}
    scope.update(query_string=b"", root_path="", http_version="1.1", scheme="http", asgi={"version": "3.0"})
    await app(scope, receive, send)
    return status


async def measure(app: Any, name: str, body: bytes) -> None:
    """Prints one line."""
    await post(app, body)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    status = await post(app, body)
    peak = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    print(f"{name:8} {len(body):8} bytes, status {status}: {peak / len(body):5.1f} bytes for each")


async def main() -> None:
    """All sizes and kinds."""
    import gateway

    app = gateway.create_app(gateway.Settings(upstream_ms=1))
    for size in (64 << 10, 200 << 10, 1 << 20, 4 << 20):
        await measure(app, "ascii", body_of(size, "plain words " * 80))
        await measure(app, "accents", body_of(size, "é à ö words " * 80))
        await measure(app, "cjk", body_of(size, "日本語の文章です" * 40))
        await measure(app, "emoji", body_of(size, "words 😀 " * 100))
        await measure(app, "tiny", body_of(size, ""))


if __name__ == "__main__":
    asyncio.run(main())
