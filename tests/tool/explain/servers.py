"""The servers that `explain` looks at, with some load on each; on 127.0.0.1, in a folder of their own."""

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time

from support import OBJECT, wait_for

GATEWAY = os.environ["MEMGOV_GATEWAY"]
NGINX = """
worker_processes 1; daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port}; location / {{ return 200 "hello"; }} }}
}}
"""
PYTHON = """
import json, threading, time
documents = [json.dumps({"number": n, "text": "x" * 200, "list": list(range(50))}) for n in range(2000)]
kept = []
def work():
    parsed = [json.loads(document) for document in documents]
    kept.append(parsed[::16])
threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
waiting = threading.Thread(target=time.sleep, args=(600,), daemon=True)
waiting.start()
print("ready", flush=True)
time.sleep(600)
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def accepts(port):
    try:
        with socket.create_connection(("127.0.0.1", port), 1):
            return True
    except OSError:
        return False


class Server:
    """One process, under memgov where `governed`; more variables as MEMGOV_ options and others."""

    def __init__(self, command, folder, governed, **options):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MEMGOV_")}
        environment.update(MEMGOV_DIR=folder, MEMGOV_START_BYTES="1M", **options)
        if governed:
            environment["LD_PRELOAD"] = OBJECT
        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True,
        )
        self.pid = self.process.pid

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def resident_bytes(self):
        with open(f"/proc/{self.pid}/smaps_rollup", encoding="ascii") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith("Rss:"))


def post_in_turns(port, body, until):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    while time.monotonic() < until:
        connection.request("POST", "/v1/chat/completions", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
    connection.close()


def chat(size):
    """A chat completion of about `size` bytes, as gateway_load makes them."""
    messages = [{"role": "user", "content": f"{n} " + "word " * (40 + n % 7 * 60)} for n in range(size // 1100)]
    return json.dumps({"model": "test", "stream": True, "messages": messages, "metadata": {"session": "s"}})


def gateway(folder, governed, seconds=3, connections=48):
    server = Server([GATEWAY], folder, governed)
    port = int(server.process.stdout.readline().rsplit(":", 1)[1])
    body = chat(200 << 10)
    until = time.monotonic() + seconds
    clients = [threading.Thread(target=post_in_turns, args=(port, body, until)) for _ in range(connections)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return server


def python(folder, governed):
    server = Server(["/usr/bin/python3", "-c", PYTHON], folder, governed)
    assert server.process.stdout.readline() == "ready\n"
    return server


def nginx(folder, governed):
    if shutil.which("nginx") is None:
        return None
    port = free_port()
    configuration = os.path.join(folder, "nginx.conf")
    with open(configuration, "w", encoding="utf-8") as file:
        file.write(NGINX.format(folder=folder, port=port))
    server = Server(["nginx", "-e", "stderr", "-c", configuration], folder, governed)
    wait_for(lambda: accepts(port), "nginx")
    for _ in range(300):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/")
        assert connection.getresponse().read() == b"hello"
        connection.close()
    return server


def redis(folder, governed):
    if shutil.which("redis-server") is None:
        return None
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
    server = Server(command, folder, governed)
    wait_for(lambda: accepts(port), "redis")
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        for number in range(200):
            value = b"v" * 20000
            connection.sendall(b"SET key%d %s\r\n" % (number, value))
            assert connection.recv(100).startswith(b"+OK")
    return server


SERVERS = {"gateway": gateway, "python3": python, "nginx": nginx, "redis": redis}

if __name__ == "__main__":  # to look at one by hand: servers.py gateway glibc|memgov
    shown = SERVERS[sys.argv[1]](os.environ["MEMGOV_DIR"], sys.argv[2] == "memgov")
    print(shown.pid, flush=True)
    sys.stdin.read()
    shown.stop()
