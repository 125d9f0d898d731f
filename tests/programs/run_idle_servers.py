"""Single-threaded servers give back at idle: a redis-server after FLUSHALL, an nginx worker after large bodies.

What must be set for that, and what happens without a thread, is in docs/single-threaded.md.
"""

import http.client
import http.server
import os
import pathlib
import re
import shutil
import socket
import threading
import unittest
import unittest.mock

import harness

MIB = 1 << 20
FILL_BYTES = 64 * MIB
MARGIN_BYTES = 15 * MIB
# The promise is seconds; this is for slow machines.
SECONDS = 30


def resident(pid):
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(r"^Rss:\s+(\d+) kB", text, re.MULTILINE).group(1)) * 1024


class IdleTest(harness.ProgramTest):
    # Debian's redis-server is linked with jemalloc: two allocators are loaded, and a line says so.
    expected_messages = (
        r"memgov: \S+: serves malloc; jemalloc \(libjemalloc\S+\) is loaded too and sees none .*"
    )

    def setUp(self):
        super().setUp()
        self.port = harness.free_port()

    def assert_comes_back(self, pid, base, full, meanwhile=lambda: None):
        """`meanwhile` is what little traffic there is, between looks."""
        self.assertGreater(full, base + FILL_BYTES)

        def is_back():
            meanwhile()
            return resident(pid) <= base + MARGIN_BYTES

        harness.wait_until(
            is_back,
            SECONDS,
            f"RSS back at {base // MIB} MB + {MARGIN_BYTES // MIB} MB (it was {full // MIB} MB)",
        )
        print(f"base {base / MIB:.1f} MB, full {full / MIB:.1f} MB, idle {resident(pid) / MIB:.1f} MB")


@unittest.skipUnless(shutil.which("redis-server", path=harness.environment()["PATH"]), "no redis-server")
class RedisTest(IdleTest):
    def start(self):
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        command += ["--appendonly", "no", "--dir", str(self.folder), "--daemonize", "no"]
        server = self.start_server(command, self.port)
        self.client = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        self.addCleanup(self.client.close)
        self.answers = self.client.makefile("rb")
        self.addCleanup(self.answers.close)
        return server

    def ask(self, *words):
        """One command in the RESP protocol; its one-line answer."""
        parts = [b"*%d\r\n" % len(words)]
        for word in words:
            parts.append(b"$%d\r\n%s\r\n" % (len(word), word))
        self.client.sendall(b"".join(parts))
        return self.answers.readline().strip()

    def fill(self, value_bytes):
        value = bytes(value_bytes)
        for number in range(FILL_BYTES // value_bytes):
            self.assertEqual(self.ask(b"SET", b"key:%d" % number, value), b"+OK")

    def fill_and_flush(self, value_bytes, meanwhile=lambda: None):
        server = self.start()
        self.assertEqual(self.ask(b"SET", b"first", bytes(value_bytes)), b"+OK")
        base = resident(server.pid)
        self.fill(value_bytes)
        full = resident(server.pid)
        self.assertEqual(self.ask(b"FLUSHALL"), b"+OK")
        self.assert_comes_back(server.pid, base, full, meanwhile)

    def test_small_values(self):
        self.fill_and_flush(1000)

    def test_large_values(self):
        self.fill_and_flush(100000)

    def test_without_a_thread(self):
        """Then it takes traffic: what is allocated looks whether a release is due. A megabyte a second, for the
        system engine releases in a lull only: under a sixteenth of what the filling and the flush did."""
        with unittest.mock.patch.dict(os.environ, MEMGOV_THREAD="never"):
            self.fill_and_flush(1000, lambda: self.ask(b"SET", b"again", bytes(20000)))


class SlowUpstream(http.server.BaseHTTPRequestHandler):
    """Answers once every request of the burst is there, so that all of nginx's buffers live at once."""

    protocol_version = "HTTP/1.1"
    arrived = threading.Barrier(1)

    def do_POST(self):
        remaining = int(self.headers["Content-Length"])
        while remaining > 0:
            remaining -= len(self.rfile.read(min(remaining, MIB)))
        SlowUpstream.arrived.wait(60)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_):
        pass


CONFIGURATION = """
{user}
daemon off; master_process on; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  client_max_body_size 4m; client_body_buffer_size 2m; proxy_buffers 16 64k;
  server {{
    listen 127.0.0.1:{port};
    location / {{ proxy_pass http://127.0.0.1:{upstream}/; proxy_http_version 1.1; }}
  }}
}}
"""


@unittest.skipUnless(shutil.which("nginx", path=harness.environment()["PATH"]), "no nginx")
class NginxTest(IdleTest):
    BODY_BYTES = 2 * MIB
    CONNECTIONS = 40

    def setUp(self):
        super().setUp()
        upstream = http.server.ThreadingHTTPServer(("127.0.0.1", 0), SlowUpstream)
        self.addCleanup(upstream.server_close)
        self.addCleanup(upstream.shutdown)
        threading.Thread(target=upstream.serve_forever, daemon=True).start()
        # A worker of root's nginx changes its user, and then could not enter this folder.
        user = "user root;" if os.geteuid() == 0 else ""
        configuration = self.folder / "nginx.conf"
        configuration.write_text(
            CONFIGURATION.format(
                user=user, folder=self.folder, port=self.port, upstream=upstream.server_address[1]
            )
        )
        command = ["nginx", "-p", str(self.folder), "-e", "error.log", "-c", str(configuration)]
        self.server = self.start_server(command, self.port)

    def post(self, statuses):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("POST", "/", bytes(self.BODY_BYTES))
        statuses.append(connection.getresponse().status)
        connection.close()

    def burst(self, connections, while_full):
        """All posts are in nginx's memory when while_full runs."""
        SlowUpstream.arrived = threading.Barrier(connections + 1)
        statuses = []
        clients = [threading.Thread(target=self.post, args=(statuses,)) for _ in range(connections)]
        for client in clients:
            client.start()
        harness.wait_until(
            lambda: SlowUpstream.arrived.n_waiting == connections, 60, "all bodies are at the upstream"
        )
        found = while_full()
        SlowUpstream.arrived.wait(60)
        for client in clients:
            client.join()
        self.assertEqual(statuses, [200] * connections)
        return found

    def test_large_bodies(self):
        (worker,) = harness.children(self.server.pid)
        self.burst(1, lambda: None)
        base = resident(worker)
        full = self.burst(self.CONNECTIONS, lambda: resident(worker))
        self.assert_comes_back(worker, base, full)


if __name__ == "__main__":
    harness.main()
