"""The ASGI middleware before applications of a few lines, on a memgov with so much room."""

import asyncio
import json
import threading
import unittest

import fake_admission
import memgov

PLAIN = {"bytes_per_request": 10, "bytes_per_body_byte": 1, "unknown_body_bytes": 50, "name_threads": False}
IMPATIENT = {"longest_wait_s": 0.05, "ask_again_s": 0.01}


async def echo_length(scope, receive, send):
    """Reads the whole body and answers how long it was."""
    length, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionError("the client went away")
        length += len(message.get("body", b""))
        more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(length).encode()})


class Exchange:
    """One request as a server hands it on, and its answer."""

    def __init__(self, chunks=(b"",), headers=(), path="/", kind="http"):
        self.chunks, self.sent, self.taken = list(chunks), [], 0
        self.scope = {"type": kind, "path": path, "headers": list(headers)}

    async def receive(self):
        if self.taken == len(self.chunks):
            return {"type": "http.disconnect"}
        self.taken += 1
        more = self.taken < len(self.chunks)
        return {"type": "http.request", "body": self.chunks[self.taken - 1], "more_body": more}

    async def send(self, message):
        self.sent.append(message)

    async def through(self, app):
        await app(self.scope, self.receive, self.send)
        return self

    @property
    def status(self):
        return self.sent[0]["status"]

    @property
    def body(self):
        return b"".join(message.get("body", b"") for message in self.sent[1:])


def sized(length):
    return Exchange([b"x" * length], [(b"content-length", str(length).encode())])


def chunked(*lengths):
    return Exchange([b"x" * length for length in lengths], [(b"transfer-encoding", b"chunked")])


class AsgiTest(unittest.IsolatedAsyncioTestCase):
    def make(self, room, app=echo_length, **options):
        self.fake = fake_admission.install(self, room)
        middleware = memgov.asgi.Middleware(app, **{**PLAIN, **IMPATIENT, **options})
        self.addCleanup(middleware._relief.stop)
        return middleware

    def assert_refused(self, exchange):
        self.assertEqual(exchange.status, 503)
        headers = dict(exchange.sent[0]["headers"])
        self.assertEqual(headers[b"retry-after"], b"1")
        self.assertEqual(int(headers[b"content-length"]), len(exchange.body))
        self.assertEqual(json.loads(exchange.body)["error"]["type"], "overloaded")
        self.assertEqual(len(exchange.sent), 2)

    async def test_asks_for_what_the_body_will_cost(self):
        app = self.make(110)
        exchange = await sized(100).through(app)
        self.assertEqual((exchange.status, exchange.body), (200, b"100"))
        self.assertEqual((self.fake.asked, self.fake.reserved), ([110], 0))
        self.assert_refused(await sized(101).through(app))
        self.assertEqual(self.fake.reserved, 0)

    async def test_a_request_without_a_body(self):
        app = self.make(10)
        self.assertEqual((await Exchange().through(app)).status, 200)
        self.assertEqual(self.fake.asked, [10])

    async def test_a_refused_body_is_taken_off_the_connection(self):
        app = self.make(5)
        exchange = Exchange([b"x"] * 5, [(b"content-length", b"5")])
        self.assert_refused(await exchange.through(app))
        self.assertEqual(exchange.taken, 5)

    async def test_who_waits_for_100_continue_need_not_send(self):
        app = self.make(5)
        exchange = Exchange([b"x"] * 5, [(b"content-length", b"5"), (b"expect", b"100-continue")])
        self.assert_refused(await exchange.through(app))
        self.assertEqual(exchange.taken, 0)

    async def test_a_client_that_does_not_send_its_body_is_answered(self):
        exchange = sized(100)
        exchange.receive = asyncio.Event().wait  # for ever
        self.assert_refused(await exchange.through(self.make(5, longest_drain_s=0.05)))

    async def test_a_body_of_unknown_length_is_asked_for_as_it_arrives(self):
        app = self.make(1000)
        exchange = await chunked(30, 30, 90, 1).through(app)
        self.assertEqual((exchange.status, exchange.body), (200, b"151"))
        self.assertEqual(self.fake.asked, [60, 50, 50, 50])
        self.assertEqual(self.fake.reserved, 0)

    async def test_a_body_of_unknown_length_that_becomes_too_much(self):
        app = self.make(120)
        for application_swallows in (False, True):
            if application_swallows:
                app = self.make(120, swallow_and_answer_400)
            exchange = chunked(30, 30, 90, 1)
            self.assert_refused(await exchange.through(app))
            self.assertEqual((self.fake.reserved, exchange.taken), (0, 4))

    async def test_malformed_lengths_count_as_unknown(self):
        app = self.make(1000)
        for text in (b"-5", b"many", b"", b"1" * 30, "\u0665".encode("utf-8")):
            await Exchange([b"x"], [(b"content-length", text)]).through(app)
        self.assertEqual(self.fake.asked, [60] * 5)

    async def test_one_that_waits_is_served(self):
        inside, leave = asyncio.Event(), asyncio.Event()

        async def slow(scope, receive, send):
            inside.set()
            await leave.wait()
            await echo_length(scope, receive, send)

        app = self.make(110, slow, longest_wait_s=1000)
        first = asyncio.create_task(sized(100).through(app))
        await inside.wait()
        second = asyncio.create_task(sized(100).through(app))
        while app.waiting == 0:
            await asyncio.sleep(0)
        leave.set()
        self.assertEqual([(await task).status for task in (first, second)], [200, 200])

    async def test_a_reservation_goes_with_a_failing_application(self):
        async def failing(scope, receive, send):
            raise ZeroDivisionError

        app = self.make(100, failing)
        with self.assertRaises(ZeroDivisionError):
            await Exchange().through(app)
        self.assertEqual((self.fake.reserved, app._in_progress), (0, 0))

    async def test_a_reservation_goes_with_a_cancelled_request(self):
        app = self.make(100, lambda *_: asyncio.Event().wait())
        task = asyncio.create_task(Exchange().through(app))
        while self.fake.reserved == 0:
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        self.assertEqual((self.fake.reserved, app._in_progress), (0, 0))

    async def test_held_until_a_streamed_answer_is_complete(self):
        seen = []

        async def streaming(scope, receive, send):
            await send({"type": "http.response.start", "status": 200, "headers": []})
            for _ in range(3):
                seen.append(self.fake.reserved)
                await send({"type": "http.response.body", "body": b"x", "more_body": True})
            await send({"type": "http.response.body"})

        app = self.make(100, streaming)
        self.assertEqual((await Exchange().through(app)).body, b"xxx")
        self.assertEqual((seen, self.fake.reserved), ([10, 10, 10], 0))

    async def test_health_checks_and_web_sockets_are_not_asked_for(self):
        app = self.make(0)
        for path in ("/healthz", "/metrics"):
            self.assertEqual((await Exchange(path=path).through(app)).status, 200)
        await Exchange(kind="websocket").through(app)
        self.assertEqual(self.fake.asked, [])
        self.assert_refused(await Exchange(path="/healthz/").through(app))

    async def test_lifespan_starts_and_ends_the_watch(self):
        during = []

        async def live(scope, receive, send):
            during.append("memgov-watch" in {thread.name for thread in threading.enumerate()})

        app = self.make(100, live)
        await Exchange(kind="lifespan").through(app)
        self.assertEqual((during, app._relief._registrations), ([True], []))

    async def test_bad_options(self):
        for name, value in (("bytes_per_request", -1), ("longest_wait_s", "2"), ("exempt_paths", "/healthz")):
            with self.assertRaisesRegex(ValueError, f"memgov: {name}={value!r}: must be "):
                memgov.asgi.Middleware(echo_length, **{name: value})
        with self.assertRaisesRegex(TypeError, "bytes_per_bodybyte"):
            memgov.asgi.Middleware(echo_length, bytes_per_bodybyte=1)


async def swallow_and_answer_400(scope, receive, send):
    """What frameworks make of a client that goes away."""
    try:
        await echo_length(scope, receive, send)
    except ConnectionError:
        await send({"type": "http.response.start", "status": 400, "headers": []})
        await send({"type": "http.response.body", "body": b"bad request"})


if __name__ == "__main__":
    unittest.main(verbosity=2)
