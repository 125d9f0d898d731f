"""A memgov with so much room, in place of the real one, for tests of what waits and what is refused."""

import unittest.mock

from memgov import Answer


class FakeAdmission:
    """Admits what fits; what would never fit is rejected."""

    def __init__(self, room):
        self.room = room
        self.reserved = 0
        self.asked = []

    def admit(self, bytes):
        self.asked.append(bytes)
        if bytes > self.room:
            return Answer.REJECT
        if self.reserved + bytes > self.room:
            return Answer.DEFER
        self.reserved += bytes
        return Answer.ADMITTED

    def done(self, bytes):
        assert bytes <= self.reserved, "given back twice"
        self.reserved -= bytes


def install(test, room):
    """For the rest of the test."""
    fake = FakeAdmission(room)
    for name, function in (("admit", fake.admit), ("admit_done", fake.done)):
        patch = unittest.mock.patch(f"memgov._line.{name}", function)
        patch.start()
        test.addCleanup(patch.stop)
    return fake
