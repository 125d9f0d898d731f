"""nginx under wrk: master and workers, files, gzip, proxying to itself, a reload under load, a stop by pid."""

import gzip
import os
import re
import signal
import subprocess
import urllib.request

import harness

CONFIGURATION = """
{user}
daemon off; master_process on; worker_processes 2; pid {folder}/nginx.pid; error_log {folder}/error.log notice;
events {{ worker_connections 512; }}
http {{
  access_log off; default_type text/plain;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  gzip on; gzip_types text/plain; gzip_min_length 100; gzip_proxied any;
  server {{
    listen 127.0.0.1:{port}; root {folder}/files;
    location /proxied/ {{ proxy_pass http://127.0.0.1:{port}/; proxy_buffers 16 8k; }}
  }}
}}
"""


class NginxTest(harness.ProgramTest):
    def setUp(self):
        super().setUp()
        self.port = harness.free_port()
        self.body = "".join(f"line {number}\n" for number in range(9000)).encode()
        (self.folder / "files").mkdir()
        (self.folder / "files" / "large").write_bytes(self.body)
        (self.folder / "files" / "small").write_bytes(self.body[:2000])
        # A worker of root's nginx changes its user, and then could not enter this folder.
        user = "user root;" if os.geteuid() == 0 else ""
        configuration = self.folder / "nginx.conf"
        configuration.write_text(CONFIGURATION.format(user=user, folder=self.folder, port=self.port))
        self.server = self.start_server(
            ["nginx", "-p", str(self.folder), "-e", "error.log", "-c", str(configuration)], self.port
        )

    def fetch(self, path, encoding="identity"):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", headers={"Accept-Encoding": encoding}
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=20) as response:
            body = response.read()
            return gzip.decompress(body) if response.headers.get("Content-Encoding") == "gzip" else body

    def start_wrk(self, path, seconds):
        command = [
            "wrk",
            "-t2",
            "-c48",
            f"-d{seconds}s",
            "-H",
            "Accept-Encoding: gzip",
            f"http://127.0.0.1:{self.port}{path}",
        ]
        return subprocess.Popen(
            command,
            env=harness.environment(),
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def assert_load_went_well(self, wrk):
        out = wrk.communicate(timeout=60)[0]
        self.assertEqual(wrk.returncode, 0, out)
        self.assertGreater(int(re.search(r"(\d+) requests in", out).group(1)), 100, out)
        self.assertNotIn("Non-2xx", out)

    def assert_serves(self):
        for path, expected in (
            ("/large", self.body),
            ("/small", self.body[:2000]),
            ("/proxied/large", self.body),
        ):
            for encoding in ("identity", "gzip"):
                self.assertEqual(self.fetch(path, encoding), expected, path)

    def workers(self):
        return set(harness.children(self.server.pid))

    def test_load_reload_and_stop(self):
        harness.wait_until(lambda: len(self.workers()) == 2, 20, "two workers")
        self.assert_serves()
        for path in ("/small", "/proxied/large"):
            self.assert_load_went_well(self.start_wrk(path, 2))
        self.reload_under_load()
        self.assert_serves()
        workers = self.workers()
        for worker in workers:
            self.assertTrue(harness.is_mapped(worker))
        self.server.send_signal(signal.SIGQUIT)
        self.assertEqual(self.server.wait(30), 0)
        self.assertFalse([worker for worker in workers if os.path.exists(f"/proc/{worker}")])
        self.assertNotRegex(
            (self.folder / "error.log").read_text(), r"exited on signal|\[(alert|emerg|crit)\]"
        )

    def reload_under_load(self):
        before = self.workers()
        wrk = self.start_wrk("/large", 3)
        for _ in range(3):
            known = self.workers()
            self.server.send_signal(signal.SIGHUP)
            harness.wait_until(lambda: len(self.workers() - known) == 2, 20, "new workers after a reload")
        self.assert_load_went_well(wrk)
        harness.wait_until(lambda: not before & self.workers(), 30, "the end of the old workers")


if __name__ == "__main__":
    harness.need("nginx", "wrk")
    harness.main()
