"""The example gateways' own parts."""

import json
import unittest

import chat
from memgov import Pressure, Rung
from session_cache import SessionCache
from settings import Settings


class ChatTest(unittest.TestCase):
    def test_what_goes_upstream(self):
        body = {"model": "m", "messages": [{"content": "a"}, {"content": "b"}]}
        document, upstream = chat.prepare(json.dumps(body).encode())
        self.assertEqual(document, body)
        expected = [{"role": "system", "content": "2 turns"}, *body["messages"]]
        self.assertEqual(json.loads(upstream), {"model": "m", "messages": expected})
        self.assertEqual(json.loads(chat.last_turn(document)), [{"content": "b"}])
        self.assertEqual(len(list(chat.pieces(document, 3))), 4)

    def test_what_is_no_chat(self):
        for bad in (
            b"",
            b"{",
            b"\xff\xfe",
            b"null",
            b'{"messages": 1}',
            b'{"messages": [1]}',
            b"[" * 100_000,
        ):
            with self.assertRaises(chat.BadRequest):
                chat.prepare(bad)


class SessionCacheTest(unittest.TestCase):
    def setUp(self):
        self.cache = SessionCache(100)
        for name in "abc":
            self.cache.remember(name, name.encode() * 30)

    def test_unused_longest_goes_first(self):
        self.cache.remember("a", b"a" * 30)
        self.cache.remember("d", b"d" * 40)
        self.assertEqual((list(self.cache._turns), self.cache.bytes), (["c", "a", "d"], 100))

    def test_under_pressure(self):
        self.cache.relieve(Pressure(Rung.SOFT, 0, 0, 0, 31))
        self.assertEqual((list(self.cache._turns), self.cache.bytes), (["c"], 30))
        self.cache.relieve(Pressure(Rung.HARD, 0, 0, 0, 0))
        self.assertEqual((len(self.cache._turns), self.cache.bytes), (0, 0))


class SettingsTest(unittest.TestCase):
    def test_from_the_environment(self):
        self.assertEqual(Settings.from_environment({"PATH": "/bin"}), Settings())
        self.assertEqual(Settings.from_environment({"GATEWAY_PIECES": "3"}).pieces, 3)
        with self.assertRaisesRegex(ValueError, "GATEWAY_PIECES='-3': must be a whole number"):
            Settings.from_environment({"GATEWAY_PIECES": "-3"})


if __name__ == "__main__":
    unittest.main(verbosity=2)
