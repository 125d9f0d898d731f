"""What the tests of nginx and HAProxy share: an upstream, load by wrk, the memgov tool, the examples' own files."""

import json
import os
import pathlib
import re
import subprocess
import sys
import time
import urllib.request

import harness
import served

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples"
TOOL = os.environ.get("MEMGOV_TEST_TOOL", "")
CONNECTIONS = 32
NOBODY = 65534

# What must not happen: an answer other than 200, or a socket error in wrk's list. On a reload old workers close
# connections that are idle at that moment, which wrk counts as read errors, with memgov or without.
ERRORS = r"Non-2xx|Socket errors"
RELOAD_ERRORS = r"Non-2xx|connect [1-9]|write [1-9]|timeout [1-9]"

UPSTREAM = """
{user}
daemon off; worker_processes 1; pid upstream.pid; error_log upstream.log;
events {{ worker_connections 512; }}
http {{
  access_log off;
  client_body_temp_path upstream_body; proxy_temp_path upstream_proxy; fastcgi_temp_path upstream_fastcgi;
  uwsgi_temp_path upstream_uwsgi; scgi_temp_path upstream_scgi;
  client_max_body_size 16m; keepalive_requests 1000000;
  server {{
    listen 127.0.0.1:{port}; root {folder}/files;
    location / {{ error_page 405 =200 $uri; }}
  }}
}}
"""

# A chat request of 200 KB.
LOAD = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
local message = '{"role":"user","content":"how much memory does this take?"},'
wrk.body = '{"messages":[' .. string.rep(message, 3300) .. '{}]}'
"""


def example(name, replacements):
    """A file of the examples with some words replaced; each of them must be there."""
    text = (EXAMPLES / name).read_text()
    for old, new in replacements.items():
        assert old in text, f"{name} has no '{old}'"
        text = text.replace(old, new)
    return text


def drop_in(name):
    """The variables that a systemd drop-in of the examples sets, LD_PRELOAD apart."""
    found = dict(re.findall(r"^Environment=(\w+)=(.*)$", (EXAMPLES / name).read_text(), re.MULTILINE))
    assert found.pop("LD_PRELOAD").endswith("/libmemgov.so")
    return found


def resident_kib(pid):
    return int(re.search(r"VmRSS:\s+(\d+) kB", pathlib.Path(f"/proc/{pid}/status").read_text()).group(1))


class ProxyTest(harness.ProgramTest):
    """A proxy under the preload in front of an nginx without it. Root's tests run as another user where they can:
    `self.user` is that user's id, or None for one's own."""

    as_root = False

    def setUp(self):
        super().setUp()
        self.user = None
        if os.geteuid() == 0 and not self.as_root:
            files = filter(None, (harness.OBJECT, served.LIBRARY))
            self.user = NOBODY if all(map(self.is_readable, files)) else None
        self.folder.chmod(0o755)
        # Of master and workers, whatever users they are.
        self.runtime = self.make_folder("runtime", 0o1777)
        self.work = self.make_folder("work", 0o777)
        (self.folder / "load.lua").write_text(LOAD)
        self.start_upstream()

    def make_folder(self, name, mode):
        path = self.folder / name
        path.mkdir()
        path.chmod(mode)
        return path

    def is_readable(self, path):
        """By everybody: a build folder below /root, for one, is not."""
        return subprocess.run(["test", "-r", path], user=NOBODY, check=False).returncode == 0

    def start_upstream(self):
        files = self.make_folder("files", 0o755)
        self.body = "".join(f'{{"token": {number}}}\n' for number in range(4000)).encode()
        self.make_folder("files/stream", 0o755)
        for path in ("answer", "stream/answer"):
            (files / path).write_bytes(self.body)
        self.upstream_port = harness.free_port()
        user = "user root;" if os.geteuid() == 0 else ""
        configuration = self.folder / "upstream.conf"
        configuration.write_text(UPSTREAM.format(user=user, port=self.upstream_port, folder=self.folder))
        upstream = subprocess.Popen(
            ["nginx", "-p", self.folder, "-e", "upstream.log", "-c", configuration],
            env=harness.environment(),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
        )
        self.addCleanup(upstream.wait, 20)
        self.addCleanup(upstream.terminate)
        harness.wait_until(lambda: harness.accepts(self.upstream_port), 20, "the upstream listens")

    def start_proxy(self, command, port, **variables):
        self.stderr_path = self.folder / "stderr"
        with open(self.stderr_path, "ab") as stderr:
            proxy = subprocess.Popen(
                command,
                env=harness.environment(True, MEMGOV_DIR=str(self.runtime), **variables),
                cwd=self.work,
                stdin=subprocess.DEVNULL,
                stdout=stderr,
                stderr=stderr,
                start_new_session=True,
                user=self.user,
            )
        self.addCleanup(self.stop_server, proxy)
        harness.wait_until(lambda: proxy.poll() or harness.accepts(port), 20, "the proxy listens")
        self.assertFalse(proxy.poll(), self.stderr_path.read_text())
        self.port = port
        return proxy

    def fetch(self, path, body=None):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"http://127.0.0.1:{self.port}{path}", data=body, timeout=20) as response:
            return response.read()

    def start_load(self, seconds, path="/answer"):
        return subprocess.Popen(
            ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", self.folder / "load.lua",
             f"http://127.0.0.1:{self.port}{path}"],
            env=harness.environment(),
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )  # fmt: skip

    def assert_load_went_well(self, load, errors=ERRORS):
        out = load.communicate(timeout=60)[0]
        self.assertEqual(load.returncode, 0, out)
        self.assertNotRegex(out, errors)
        self.assertGreater(int(re.search(r"(\d+) requests in", out).group(1)), 100, out)

    def tool(self, *arguments):
        """What the tool prints as JSON; None where it says that there is no such process."""
        done = subprocess.run(
            [TOOL, *map(str, arguments), "--json"],
            env={**harness.environment(), "MEMGOV_DIR": str(self.runtime)},
            text=True,
            capture_output=True,
            timeout=60,
            stdin=subprocess.DEVNULL,
        )
        self.assertIn(done.returncode, (0, 3), done.stderr)
        return json.loads(done.stdout) if done.returncode == 0 else None

    def listed(self):
        """Processes that `memgov ps` shows."""
        return {row["pid"] for row in (self.tool("ps") or {}).get("processes", [])}

    def assert_governed(self, pids):
        """Each is served, and by `memgov ps` and `memgov stat` has a governor of this engine, which answers."""
        harness.wait_until(lambda: set(pids) <= self.listed(), 20, f"{pids} in memgov ps")
        self.assertTrue(all(map(served.is_served, pids)))
        for pid in pids:
            figures = self.tool("stat", pid)
            self.assertTrue(figures["governor_running"] and figures["answered"], figures)
            self.assertEqual(figures["engine"], os.environ["MEMGOV_TEST_ENGINE"])
            self.assertGreater(figures["allocated_bytes_total"], 0)

    def report_idle(self, pids):
        """Figures for who reads the log; how much is given back is tests/programs/run_idle_servers.py's matter."""
        time.sleep(1)
        for pid in pids:
            figures = self.tool("stat", pid)
            print(f"{pid}: RSS {resident_kib(pid)} KiB, held {figures['held_bytes'] >> 10} KiB 1 s after the load")

    def releases(self, pid, reason):
        """How many passes of a reason there were."""
        found = {row["reason"]: row["trims_total"] for row in self.tool("stat", pid)["releases"]}
        return found[reason]


def main():
    if not os.path.isfile(TOOL):
        sys.exit("MEMGOV_TEST_TOOL has to be the memgov tool")
    harness.need("nginx", "wrk")
    harness.main()
