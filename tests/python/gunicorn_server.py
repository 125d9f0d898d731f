"""The WSGI gateway under gunicorn: threads, pre-forked workers, a worker that recycles itself."""

import concurrent.futures
import os
import signal
import sys

import gateways
import harness
import served
from gateways import CHAT, chat_body

GUNICORN = [sys.executable, "-B", "-m", "gunicorn", "--bind", "127.0.0.1:{port}", "--workers", "2"]
GUNICORN += ["--worker-tmp-dir", "/dev/shm"]
THREADS = ["--worker-class", "gthread", "--threads", "8"]


class GunicornTest(gateways.GatewayTest):
    def load(self, gateway):
        with concurrent.futures.ThreadPoolExecutor(8) as clients:
            answers = clients.map(lambda _: gateway.ask(CHAT, chat_body())[0], range(32))
            self.assertEqual(set(answers), {200})

    def workers(self, gateway):
        harness.wait_until(lambda: len(harness.children(gateway.pid)) == 2, 20, "two workers")
        return set(harness.children(gateway.pid))

    def test_workers(self):
        """Loaded before the fork, so that the middleware is made in the parent and starts in the workers."""
        gateway = self.start([*GUNICORN, *THREADS, "--preload", "wsgi_gateway:app"], GATEWAY_UPSTREAM_MS="5")
        self.load(gateway)
        for worker in self.workers(gateway):
            self.assertTrue(served.is_served(worker))
        self.assertIn(b"memgov_admitted", gateway.ask("/metrics")[2])
        self.assertEqual(len(os.listdir(f"/proc/{gateway.pid}/task")), 1)
        self.assert_stops_cleanly(gateway)

    def test_asgi_workers(self):
        kind = ["--worker-class", "uvicorn.workers.UvicornWorker"]
        gateway = self.start([*GUNICORN, *kind, "gateway:app"], GATEWAY_UPSTREAM_MS="5")
        self.load(gateway)
        self.assertTrue(all(map(served.is_served, self.workers(gateway))))
        self.assert_stops_cleanly(gateway)

    def test_refusals(self):
        """Of a known length, and of one that becomes too much on the way; the connection is kept in order."""
        command = [*GUNICORN, *THREADS, "wsgi_gateway:app"]
        gateway = self.start(command, MEMGOV_BUDGET="128M", MEMGOV_PRESSURE="off", GATEWAY_UPSTREAM_MS="5")
        self.assert_refuses(gateway)
        self.load(gateway)
        self.assert_stops_cleanly(gateway)

    def test_a_worker_that_ends_is_replaced(self):
        """What end_gracefully does: a SIGTERM of its own."""
        gateway = self.start([*GUNICORN, *THREADS, "wsgi_gateway:app"], GATEWAY_UPSTREAM_MS="5")
        self.load(gateway)
        before = self.workers(gateway)
        os.kill(min(before), signal.SIGTERM)
        harness.wait_until(
            lambda: len(harness.children(gateway.pid)) == 2 and set(harness.children(gateway.pid)) != before,
            20,
            "a new worker",
        )
        self.load(gateway)
        self.assert_stops_cleanly(gateway)


if __name__ == "__main__":
    gateways.need("gunicorn", "fastapi", "uvicorn")
    harness.main()
