"""Runs cpp_service and sends it real requests: with memory enough, and more than its budget holds.

usage: cpp_service_test.py <cpp_service> [unittest arguments]
"""

import concurrent.futures
import http.client
import json
import os
import subprocess
import sys
import unittest

PROGRAM = sys.argv[1]
TOOL = os.environ.pop("MEMGOV_TOOL", "")  # the service would take it for an option of its own
MIB = 1 << 20


class Service:
    """A running cpp_service; ends it on exit."""

    def __init__(self, **variables: str) -> None:
        env = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
        env["MEMGOV_PRESSURE"] = "off"  # the machine may be short of memory by other tests' doing
        self.process = subprocess.Popen(
            [PROGRAM], env={**env, **variables}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.greeting = self.process.stdout.readline().strip()
        self.port = int(self.greeting.split(",")[0].rsplit(":", 1)[1])

    def __enter__(self) -> "Service":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.stop()

    def stop(self) -> tuple[int, str]:
        """SIGTERM: its exit status, and what it wrote to stderr."""
        self.process.terminate()
        _, errors = self.process.communicate(timeout=30)
        return self.process.returncode, errors

    def ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str, str | None]:
        """Status, body and Retry-After of one request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body)
            response = connection.getresponse()
            return response.status, response.read().decode(), response.getheader("Retry-After")
        finally:
            connection.close()


def text(index: int, size: int) -> str:
    """A body of about `size` bytes, different for each index, whose most frequent word is `common`."""
    line = f"common word{index} and common other{index} lines; "
    return line * (size // len(line))


def ask_all(service: Service, bodies: list[str]) -> list[tuple[int, str, str | None]]:
    """All bodies at once."""
    with concurrent.futures.ThreadPoolExecutor(len(bodies)) as pool:
        return list(pool.map(lambda body: service.ask("POST", "/words", body), bodies))


class CppServiceTest(unittest.TestCase):
    """What clients see."""

    def test_answers(self) -> None:
        """Counts are right, pools and figures are memgov's own, and SIGTERM ends it cleanly."""
        with Service(MEMGOV_BUDGET="off") as service:
            self.assertRegex(service.greeting, r"memgov \d+\.\d+\.\d+ arena$")
            for round_number in range(3):
                bodies = [text(index + 10 * round_number, 200_000) for index in range(10)]
                for body, (status, answer, _) in zip(bodies, ask_all(service, bodies), strict=True):
                    words = len(body.replace(";", " ").split())
                    self.assertEqual((status, answer), (200, f"{words} common\n"))
            self.assertEqual(service.ask("POST", "/words", "")[:2], (200, "0\n"))
            self.assertEqual(service.ask("GET", "/healthz")[:2], (200, "ok\n"))
            metrics = service.ask("GET", "/metrics")[1]
            self.assertIn('memgov_info{version="', metrics)
            for pool in ("count", "answers"):
                self.assertIn(f'memgov_pool_live_bytes{{pool="{pool}"}}', metrics)
            self.assertEqual(service.stop(), (0, ""))

    def test_sheds(self) -> None:
        """More than fits: what does not is told to come back, nothing fails otherwise, and then all is well again."""
        with Service(MEMGOV_BUDGET="96M", MEMGOV_PRESSURE="off") as service:
            answers = ask_all(service, [text(index, 8 * MIB) for index in range(12)])
            statuses = [status for status, _, _ in answers]
            self.assertEqual(set(statuses), {200, 503}, statuses)
            for status, _, retry_after in answers:
                self.assertEqual(retry_after, "1" if status == 503 else None)
            self.assertEqual(service.ask("POST", "/words", text(0, 20 * MIB))[0], 503)
            self.assertEqual(service.ask("POST", "/words", "a b a")[:2], (200, "3 a\n"))
            metrics = service.ask("GET", "/metrics")[1]
            refused = [line for line in metrics.splitlines() if line.startswith("memgov_admission")]
            self.assertTrue(any(float(line.split()[-1]) > 0 for line in refused), metrics)
            self.assertEqual(service.stop(), (0, ""))

    def test_lengths(self) -> None:
        """A body without a length, and one that is too long, are refused without being kept."""
        with Service() as service:
            connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=60)
            chunked = {"Transfer-Encoding": "chunked"}
            connection.request("POST", "/words", iter([b"some ", b"words"]), encode_chunked=True, headers=chunked)
            self.assertEqual(connection.getresponse().status, 411)
            connection.close()
            self.assertEqual(service.ask("POST", "/words", "x" * (64 * MIB + 1))[0], 413)

    @unittest.skipUnless(TOOL, "MEMGOV_TOOL names no memgov tool")
    def test_seen_from_outside(self) -> None:
        """The tool takes it for what it is, though no object of memgov's is mapped into it."""
        with Service(MEMGOV_BUDGET="off") as service:
            ask_all(service, [text(index, 200_000) for index in range(10)])
            command = [TOOL, "explain", str(service.process.pid), "--json"]
            got = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
            self.assertEqual(got.returncode, 0, got.stderr)
            seen = json.loads(got.stdout)
            self.assertEqual((seen["governed"], seen["engine"]), (True, "arena"), got.stdout[:2000])
            self.assertEqual(service.stop(), (0, ""))

    def test_bad_port(self) -> None:
        """Named, with what is allowed."""
        for port in ("x", "70000", "-1"):
            got = subprocess.run([PROGRAM, port], capture_output=True, text=True, timeout=30, check=False)
            self.assertEqual(got.returncode, 2)
            self.assertIn(f"'{port}': allowed is one port, 0 to 65535", got.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
