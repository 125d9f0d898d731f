"""May this process take on more work? Reservations, given back once."""

from __future__ import annotations

import enum
import os
from types import TracebackType
from typing import Optional, Type

from . import _calls, _checks


class Answer(enum.IntEnum):
    """Answers of admit()."""

    ADMITTED = 0
    DEFER = 1
    """Queue the work, and ask again in some milliseconds."""
    REJECT = 2
    """Answer 503 now: it will not fit soon, or never."""


def admit(bytes: int) -> Answer:
    """May this process take on work that will need about `bytes` (body, parsed form, answer)?

    ADMITTED reserves them until admit_done() with the same figure; the other answers reserve nothing. Always
    ADMITTED where memgov is absent or there is no budget. A microsecond or two; a reading of the container's
    files (20 to 100 us) every 50 ms, every 10 ms while the answer is no. Never waits: an event loop may ask.
    """
    return Answer(_calls.admit(_checks.byte_count("bytes", bytes)))


def admit_done(bytes: int) -> None:
    """Gives a reservation back, on any thread. More than is reserved counts as all."""
    _calls.admit_done(_checks.byte_count("bytes", bytes))


class Admission:
    """Asks when it is made, holds what was admitted, and gives it back once:

        with memgov.Admission(6 * len(body)) as admission:
            if not admission:
                return answer_503()

    It may go on another thread than the one that made it. In a fork child it gives nothing back: the
    reservation is the parent's."""

    def __init__(self, bytes: int) -> None:
        self.bytes = 0
        self._process = os.getpid()
        self.answer = admit(bytes)
        if self.answer is Answer.ADMITTED:
            self.bytes = bytes

    def __bool__(self) -> bool:
        return self.answer is Answer.ADMITTED

    def grow(self, bytes: int) -> Answer:
        """Asks for more, which is given back with the rest."""
        answer = admit(bytes)
        if answer is Answer.ADMITTED:
            self.bytes += bytes
        return answer

    def give_back(self) -> None:
        """Idempotent."""
        reserved, self.bytes = self.bytes, 0
        if reserved > 0 and os.getpid() == self._process:
            admit_done(reserved)

    def __enter__(self) -> Admission:
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.give_back()

    def __del__(self) -> None:
        if getattr(self, "bytes", 0):
            self.give_back()
