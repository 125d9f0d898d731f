"""The FastAPI gateway on uvicorn under an object: real requests, pools, metrics, workers."""

import concurrent.futures
import http.client
import json
import os
import pathlib
import sys

import gateways
import harness
import served
from gateways import CHAT, chat_body


class UvicornTest(gateways.GatewayTest):
    def test_requests(self):
        gateway = self.start(GATEWAY_UPSTREAM_MS="5")
        with concurrent.futures.ThreadPoolExecutor(16) as clients:
            answers = list(
                clients.map(lambda _: gateway.ask(CHAT, chat_body(), X_Session_Id="me"), range(64))
            )
        self.assertEqual({status for status, *_ in answers}, {200})
        self.assertEqual(len({body for *_, body in answers}), 1)
        status, headers, body = gateway.ask(CHAT, chat_body(stream=True))
        self.assertEqual(status, 200)
        self.assertTrue(headers["Content-Type"].startswith("text/event-stream"))
        self.assertTrue(body.endswith(b"data: [DONE]\n\n"))
        for bad in (b"", b"{", b"[]", b'{"messages": 5}', b"[" * 100_000):
            self.assertEqual(gateway.ask(CHAT, bad or b" ")[0], 400)
        self.assert_stops_cleanly(gateway)

    def test_figures_and_pools(self):
        gateway = self.start(GATEWAY_UPSTREAM_MS="5")
        gateway.ask(CHAT, chat_body())
        self.assertEqual(gateway.ask("/healthz")[::2], (200, b"ok\n"))
        self.assertIn(b"memgov_resident_bytes", gateway.ask("/metrics")[2])

        def threads():
            return {pool["name"]: pool["threads"] for pool in gateway.stats()["pools"]}

        harness.wait_until(lambda: threads().get("parse", 0) > 0, 20, "a pool named after its threads")
        self.assertIn("memgov-watch", threads())

    def test_chunked_body(self):
        gateway = self.start(GATEWAY_UPSTREAM_MS="5")
        body = chat_body(3_000_000)
        connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=30)
        chunks = (body[at : at + 50_000] for at in range(0, len(body), 50_000))
        connection.request(
            "POST", CHAT, body=chunks, encode_chunked=True, headers={"Transfer-Encoding": "chunked"}
        )
        self.assertEqual(connection.getresponse().status, 200)
        connection.close()
        harness.wait_until(
            lambda: gateway.stats()["budget"]["admitted_bytes"] == 0, 20, "every reservation was given back"
        )

    def test_workers(self):
        """Two workers, which the parent spawns: each is governed, and both stop with it."""
        command = [sys.executable, "-B", "-m", "uvicorn", "gateway:app", "--workers", "2", "--port", "{port}"]
        gateway = self.start(command, GATEWAY_UPSTREAM_MS="5")
        workers = [
            pid
            for pid in harness.children(gateway.pid)
            if b"resource_tracker" not in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
        ]
        self.assertEqual(len(workers), 2)
        harness.wait_until(lambda: all(map(served.is_served, workers)), 20, "both workers are governed")
        with concurrent.futures.ThreadPoolExecutor(8) as clients:
            answers = clients.map(lambda _: gateway.ask(CHAT, chat_body())[0], range(32))
            self.assertEqual(set(answers), {200})
        self.assert_stops_cleanly(gateway)
        harness.wait_until(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in workers), 20, "they end")


class WithoutMemgovTest(gateways.GatewayTest):
    def test_the_same_without_memgov(self):
        gateway = self.start(preload=False, GATEWAY_UPSTREAM_MS="5")
        self.assertEqual(gateway.ask(CHAT, chat_body())[0], 200)
        self.assertEqual(gateway.ask("/metrics")[::2], (200, b""))
        self.assertIsNone(json.loads(gateway.ask("/stats")[2])["memgov"])
        self.assert_stops_cleanly(gateway)

    def test_a_bad_setting_is_named(self):
        status, _, err = self.run_program(
            [sys.executable, "-B", str(gateways.FOLDER / "serve.py")],
            preload=False,
            GATEWAY_UPSTREAM_MS="soon",
        )
        self.assertNotEqual(status, 0)
        self.assertIn("GATEWAY_UPSTREAM_MS='soon': must be a whole number", err)


if __name__ == "__main__":
    gateways.need("fastapi", "uvicorn")
    harness.main()
