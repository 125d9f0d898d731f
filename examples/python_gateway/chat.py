"""A chat completion: its parse, what goes upstream, the answer."""

from __future__ import annotations

import json
from typing import Any, Dict, Iterator, List, Tuple


class BadRequest(ValueError):
    """No chat completion: status 400."""


def prepare(body: bytes) -> Tuple[Dict[str, Any], bytes]:
    """The parsed request, and the body for upstream. Milliseconds for 200 KB: not for an event loop."""
    try:
        document = json.loads(body)
        messages = document["messages"]
        turns = [message["content"] for message in messages]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadRequest(f"not a chat completion: {type(error).__name__}") from error
    upstream = {**document, "messages": [{"role": "system", "content": f"{len(turns)} turns"}, *messages]}
    return document, json.dumps(upstream).encode()


def last_turn(document: Dict[str, Any]) -> bytes:
    """What a session remembers."""
    return json.dumps(document["messages"][-1:]).encode()


def pieces(document: Dict[str, Any], count: int) -> Iterator[bytes]:
    """The fake upstream's answer as server-sent events."""
    for number in range(count):
        choice = {"index": 0, "delta": {"content": f"piece {number} of {len(document['messages'])} turns; "}}
        yield b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n"
    yield b"data: [DONE]\n\n"


def whole(document: Dict[str, Any]) -> Dict[str, List[Dict[str, Any]]]:
    """The same as one object."""
    content = f"answer to {len(document['messages'])} turns"
    return {"choices": [{"index": 0, "message": {"role": "assistant", "content": content}}]}
