"""What the tests of the tokio gateway share: requests, load by wrk, the memgov tool."""

import json
import os
import re
import socket
import subprocess
import time
import urllib.request

import harness
import served

GATEWAY = os.environ.get("MEMGOV_TEST_GATEWAY", "")
TOOL = os.environ.get("MEMGOV_TEST_TOOL", "")

LOAD = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
local message = '{{"role":"user","content":"how much memory does this take?"}},'
wrk.body = '{{"messages":[' .. string.rep(message, {messages}) .. '{{}}]}}'
"""
MESSAGE_BYTES = 61


def chat(messages):
    """A request's body."""
    return json.dumps({"messages": [{"role": "user", "content": f"message {n}"} for n in range(messages)]}).encode()


class GatewayTest(harness.ProgramTest):
    """The gateway on a free port, with the preload or linked."""

    def start_gateway(self, preload, **variables):
        self.port = harness.free_port()
        command = [GATEWAY, "--port", str(self.port), "--blocking-threads", "40"]
        # The machine may be short of memory by other tests' doing: requests would be taken on one at a time.
        variables = {"MEMGOV_DIR": str(self.folder), "MEMGOV_PRESSURE": "off", **variables}
        environment = harness.environment(preload, **variables)
        if not preload:
            environment["LD_LIBRARY_PATH"] = os.path.dirname(harness.OBJECT)
        self.stderr_path = self.folder / "stderr"
        with open(self.stderr_path, "ab") as stderr:
            gateway = subprocess.Popen(
                command,
                env=environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                start_new_session=True,
            )
        self.addCleanup(self.stop_server, gateway)
        harness.wait_until(lambda: gateway.poll() is not None or harness.accepts(self.port), 20, "it listens")
        self.assertIsNone(gateway.poll(), self.stderr_path.read_text())
        self.assertTrue(served.is_served(gateway.pid))
        self.gateway = gateway
        return gateway

    def fetch(self, path, body=None):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"http://127.0.0.1:{self.port}{path}", data=body, timeout=20) as response:
            return response.read().decode()

    def assert_answers(self):
        body = chat(100)
        answer = json.loads(self.fetch("/chat", body))
        self.assertEqual(answer["bytes"], len(body))
        self.assertEqual(answer["part"], body[:1024].decode())
        self.assertEqual(answer["values"], 2 + 3 * 100)

    def announce(self, body_bytes):
        """The head of the answer to a request whose body is only announced."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as client:
            client.sendall(f"POST /chat HTTP/1.1\r\nHost: x\r\nContent-Length: {body_bytes}\r\n\r\n".encode())
            return client.recv(4096).decode()

    def load(self, messages, connections, seconds):
        """wrk's output."""
        script = self.folder / "load.lua"
        script.write_text(LOAD.format(messages=messages))
        done = subprocess.run(
            ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s", "-s", script,
             f"http://127.0.0.1:{self.port}/chat"],
            env=harness.environment(),
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=60,
        )  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def tool(self, *arguments):
        """What the tool prints as JSON."""
        done = subprocess.run(
            [TOOL, *map(str, arguments), "--json"],
            env={**harness.environment(), "MEMGOV_DIR": str(self.folder)},
            text=True,
            capture_output=True,
            timeout=60,
            stdin=subprocess.DEVNULL,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def assert_listed(self, engine):
        """`memgov ps` sees it, under this engine."""
        found = {}

        def is_listed():
            found.update((row["pid"], row) for row in self.tool("ps")["processes"])
            return self.gateway.pid in found

        harness.wait_until(is_listed, 20, "the gateway in memgov ps")
        self.assertEqual(found[self.gateway.pid]["engine"], engine)

    def report_idle(self):
        """For who reads the log: how much an engine gives back is measured in benchmarks/."""
        time.sleep(1)
        figures = self.tool("stat", self.gateway.pid)
        print(f"1 s after the load: RSS {figures['resident_bytes'] >> 10} KiB, held {figures['held_bytes'] >> 10} KiB")


def requests(output):
    """Answers, and how many of them were not 200, by wrk's output."""
    other = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    return int(re.search(r"(\d+) requests in", output).group(1)), int(other.group(1)) if other else 0


def main():
    if not os.path.isfile(GATEWAY):
        harness.skip("the gateway is not built: it needs cargo and Debian's librust packages")
    harness.need("wrk")
    harness.main()
