"""What the gateways can be told: GATEWAY_... variables, because uvicorn and gunicorn start them by name."""

from __future__ import annotations

import dataclasses
import os
from dataclasses import dataclass
from typing import Mapping


@dataclass(frozen=True)
class Settings:
    """GATEWAY_PARSE_THREADS and so on."""

    parse_threads: int = 8
    upstream_ms: int = 60
    """How long the fake upstream takes for an answer."""
    pieces: int = 8
    """A streamed answer comes in so many."""
    session_mb: int = 8
    admission: int = 1
    """0: whatever comes is taken on."""
    bytes_per_body_byte: int = 8
    """Measured by request_cost.py."""
    longest_wait_ms: int = 2000

    @staticmethod
    def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
        """ValueError for a variable that is no number."""
        found = {}
        for field in dataclasses.fields(Settings):
            variable = f"GATEWAY_{field.name.upper()}"
            text = environment.get(variable)
            if text is None:
                continue
            if not text.isdigit():
                raise ValueError(f"{variable}={text!r}: must be a whole number")
            found[field.name] = int(text)
        return Settings(**found)
