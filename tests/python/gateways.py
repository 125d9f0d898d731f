"""What the tests of the example gateways share: a server with or without the preload, and requests to it.

Each such test file is called as: <file> <preloadable object> [unittest's arguments]
"""

import http.client
import importlib.util
import json
import os
import pathlib
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import harness
import served

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "examples" / "python_gateway"
CHAT = "/v1/chat/completions"
START_S = 30


def need(*modules):
    """Skips where a module is not installed for this interpreter."""
    for module in modules:
        if importlib.util.find_spec(module) is None:
            harness.skip(f"{sys.executable} has no module {module}")


def rss_bytes(pid):
    return int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def chat_body(size=200_000, **more):
    messages = [
        {"role": "user", "content": f"{number} " + "word " * 200} for number in range(size // 1040 + 1)
    ]
    return json.dumps({"messages": messages, **more}).encode()


class Gateway:
    """A running server on a port of its own; `process` leads its group."""

    def __init__(self, process, port):
        self.process, self.port = process, port

    @property
    def pid(self):
        return self.process.pid

    def ask(self, path, body=None, **headers):
        """(status, headers, body), of errors too."""
        url = f"http://127.0.0.1:{self.port}{path}"
        request = urllib.request.Request(
            url, data=body, headers={k.replace("_", "-"): v for k, v in headers.items()}
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def stats(self):
        return json.loads(self.ask("/stats")[2])

    def stop(self):
        """Asks it to end; its exit status. Idempotent."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                pass
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        return self.process.wait(20)


class GatewayTest(harness.ProgramTest):
    """A test that starts gateways."""

    def start(self, command=None, preload=True, within=lambda command: command, **variables):
        """A gateway that listens: serve.py, or a command with {port} in it. `within` wraps the command."""
        port = harness.free_port()
        command = command or [sys.executable, "-B", str(FOLDER / "serve.py"), "--port", "{port}"]
        command = [word.replace("{port}", str(port)) for word in command]
        env = harness.environment(preload, PYTHONDONTWRITEBYTECODE="1", HOME=str(self.folder), **variables)
        env["PYTHONPATH"] = f"{ROOT / 'packaging' / 'python'}:{FOLDER}"
        env["MEMGOV_DIR"] = str(self.folder)
        stderr_path = self.folder / f"stderr-{port}"
        with open(stderr_path, "wb") as stderr:
            process = subprocess.Popen(
                within(command),
                env=env,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=stderr,
                stderr=stderr,
                start_new_session=True,
            )
        gateway = Gateway(process, port)
        self.addCleanup(gateway.stop)
        harness.wait_until(
            lambda: process.poll() is not None or harness.accepts(port), START_S, f"{command} listens"
        )
        self.assertIsNone(process.poll(), stderr_path.read_text())
        self.assertEqual(served.is_served(process.pid), preload)
        gateway.stderr = stderr_path.read_text
        return gateway

    def assert_refuses(self, gateway):
        """40 MB are too much, whether their length is known beforehand or not."""
        body = chat_body(40_000_000)
        status, headers, answer = gateway.ask(CHAT, body)
        self.assertEqual((status, headers["Retry-After"]), (503, "1"))
        self.assertEqual(json.loads(answer)["error"]["type"], "overloaded")
        chunks = (body[at : at + 100_000] for at in range(0, len(body), 100_000))
        connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=30)
        self.addCleanup(connection.close)
        chunked = {"Transfer-Encoding": "chunked"}
        connection.request("POST", CHAT, body=chunks, encode_chunked=True, headers=chunked)
        answer = connection.getresponse()
        answer.read()
        self.assertEqual((answer.status, answer.headers["Retry-After"]), (503, "1"))

    def assert_stops_cleanly(self, gateway, status=0):
        self.assertEqual(gateway.stop(), status, gateway.stderr())
        self.assertNotIn("Traceback", gateway.stderr())
        self.assert_quiet(gateway.stderr())
