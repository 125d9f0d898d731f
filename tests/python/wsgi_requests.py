"""The WSGI middleware before applications of a few lines, on a memgov with so much room."""

import io
import json
import unittest
import wsgiref.util
import wsgiref.validate

import fake_admission
import memgov

PLAIN = {"bytes_per_request": 10, "bytes_per_body_byte": 1, "unknown_body_bytes": 50, "name_threads": False}
IMPATIENT = {"longest_wait_s": 0.05, "ask_again_s": 0.01}
TEXT = [("Content-Type", "text/plain")]


def echo_length(environment, start_response):
    """Reads the whole body and answers how long it was."""
    length = len(environment["wsgi.input"].read(int(environment.get("CONTENT_LENGTH") or 100_000)))
    start_response("200 OK", TEXT)
    return [str(length).encode()]


class Answer:
    """What a server makes of an application's answer."""

    def __init__(self, app, path="/", **variables):
        self.environment = {"PATH_INFO": path, "REQUEST_METHOD": "POST", "QUERY_STRING": "", **variables}
        wsgiref.util.setup_testing_defaults(self.environment)
        self.status = self.headers = self.error = None
        parts = app(self.environment, self.start)
        try:
            self.body = b"".join(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()

    def start(self, status, headers, error=None):
        assert self.status is None or error is not None, "started twice"
        self.error = error
        self.status, self.headers = int(status.split()[0]), dict(headers)
        return lambda data: None


def sized(app, length, **variables):
    return Answer(app, CONTENT_LENGTH=str(length), **{"wsgi.input": io.BytesIO(b"x" * length), **variables})


def chunked(app, length):
    stream = io.BytesIO(b"x" * length)
    variables = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True, "wsgi.input": stream}
    return Answer(app, **variables), stream


class WsgiTest(unittest.TestCase):
    def make(self, room, app=echo_length, **options):
        self.fake = fake_admission.install(self, room)
        middleware = memgov.wsgi.Middleware(app, **{**PLAIN, **IMPATIENT, **options})
        self.addCleanup(middleware._relief.stop)
        return middleware

    def assert_refused(self, answer):
        self.assertEqual((answer.status, answer.headers["Retry-After"]), (503, "1"))
        self.assertEqual(answer.headers["Content-Type"], "application/json")

    def test_asks_for_what_the_body_will_cost(self):
        app = self.make(110)
        answer = sized(app, 100)
        self.assertEqual((answer.status, answer.body), (200, b"100"))
        self.assertEqual((self.fake.asked, self.fake.reserved), ([110], 0))
        answer = sized(app, 101)
        self.assert_refused(answer)
        self.assertEqual(json.loads(answer.body)["error"]["type"], "overloaded")
        self.assertEqual(self.fake.reserved, 0)

    def test_keeps_to_the_protocol(self):
        app = wsgiref.validate.validator(self.make(110, wsgiref.validate.validator(echo_length)))
        variables = {"CONTENT_TYPE": "text/plain", "SCRIPT_NAME": ""}
        self.assertEqual(sized(app, 100, **variables).status, 200)
        self.assert_refused(sized(app, 101, **variables))

    def test_a_refused_body_is_taken_off_the_connection(self):
        stream = io.BytesIO(b"x" * 300_000)
        self.assert_refused(sized(self.make(5), 200_000, **{"wsgi.input": stream}))
        # Not a byte of the next request.
        self.assertEqual(stream.tell(), 200_000)

    def test_a_body_of_unknown_length_is_asked_for_as_it_is_read(self):
        def by_lines(environment, start_response):
            start_response("200 OK", TEXT)
            stream = environment["wsgi.input"]
            read = [stream.read(30), stream.readline(), stream.read(70), *stream, stream.read()]
            return [str(sum(map(len, read))).encode()]

        answer, _ = chunked(self.make(1000, by_lines), 151)
        self.assertEqual((answer.status, answer.body), (200, b"151"))
        self.assertEqual((self.fake.asked, self.fake.reserved), ([60, 101], 0))

    def test_a_body_of_unknown_length_that_becomes_too_much(self):
        def swallows(environment, start_response):
            try:
                environment["wsgi.input"].read()
            except OSError:
                start_response("400 Bad Request", TEXT)
                return [b"bad request"]

        for application in (echo_length, swallows):
            answer, stream = chunked(self.make(120, application), 100_000)
            self.assert_refused(answer)
            self.assertEqual(self.fake.reserved, 0)
        answer, stream = chunked(self.make(120), 100_000)
        self.assertEqual(stream.read(), b"")

    def test_held_until_the_answer_is_closed(self):
        seen, closed = [], []

        class Parts:
            def __iter__(self):
                for _ in range(3):
                    seen.append(test.fake.reserved)
                    yield b"x"

            def close(self):
                closed.append(test.fake.reserved)

        def streaming(environment, start_response):
            start_response("200 OK", TEXT)
            return Parts()

        test = self
        self.assertEqual(Answer(self.make(100, streaming)).body, b"xxx")
        self.assertEqual((seen, closed, self.fake.reserved), ([10, 10, 10], [10], 0))

    def test_a_reservation_goes_with_a_failing_application(self):
        def failing(environment, start_response):
            raise ZeroDivisionError

        app = self.make(100, failing)
        with self.assertRaises(ZeroDivisionError):
            Answer(app)
        self.assertEqual((self.fake.reserved, app._in_progress), (0, 0))

    def test_health_checks_are_not_asked_for(self):
        app = self.make(0)
        self.assertEqual(Answer(app, "/healthz", **{"wsgi.input": io.BytesIO()}).status, 200)
        self.assertEqual(self.fake.asked, [])
        self.assert_refused(Answer(app, "/"))

    def test_malformed_lengths_count_as_unknown(self):
        def reads_nothing(environment, start_response):
            start_response("200 OK", TEXT)
            return []

        app = self.make(1000, reads_nothing)
        for text in ("-5", "many", "1" * 30):
            self.assertEqual(Answer(app, CONTENT_LENGTH=text).status, 200)
        self.assertEqual((self.fake.asked, self.fake.reserved), ([60] * 3, 0))

    def test_an_answer_that_had_begun(self):
        """Its status is replaced, as PEP 3333 has it: with the exception, while nothing was sent."""

        def starts_first(environment, start_response):
            start_response("200 OK", TEXT)
            return [environment["wsgi.input"].read()]

        answer, _ = chunked(self.make(120, starts_first), 100_000)
        self.assert_refused(answer)
        self.assertIsNotNone(answer.error)


if __name__ == "__main__":
    unittest.main(verbosity=2)
