"""What the tests of run, try and check share: a clean environment, programs to start."""

import os
import subprocess
import sys
import unittest

import support

PYTHON = "/usr/bin/python3.11" if os.path.exists("/usr/bin/python3.11") else sys.executable

# Holds 100 MB for a moment (a process without threads gets its governor at 64), frees it, and stays for a while.
BATCH = """
import time
held = [bytearray(1000) for _ in range(100000)]
time.sleep(0.3)
held = None
time.sleep(2.5)
"""

# Says on which port, then answers each connection after allocating a little.
SERVER = """
import signal, socket, sys
listener = socket.create_server(("127.0.0.1", 0))
with open(sys.argv[1], "w") as port:
    port.write(str(listener.getsockname()[1]))
while True:
    connection, _ = listener.accept()
    held = [bytearray(1000) for _ in range(30000)]
    connection.sendall(b"ok")
    connection.close()
    held = None
"""


def clean(**more):
    """The environment without what this test's own set-up put there."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MEMGOV_")}
    kept.pop("LD_PRELOAD", None)
    kept["MEMGOV_LIBRARY_DIR"] = os.path.dirname(support.OBJECT)
    kept.update(more)
    return kept


def processes_with(marker):
    """Those that live with this text in their command line."""
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit() or int(name) == os.getpid():
            continue
        try:
            with open(f"/proc/{name}/cmdline", "rb") as line, open(f"/proc/{name}/stat") as stat:
                state = stat.read().rsplit(")", 1)[1].split()[0]
                if marker.encode() in line.read() and state != "Z":
                    found.append(int(name))
        except OSError:
            continue
    return found


class LaunchTest(support.ToolTest):
    def memgov(self, *arguments, environment=None, **options):
        options.setdefault("stdin", subprocess.DEVNULL)
        return subprocess.run(
            [support.TOOL, *map(str, arguments)],
            env=clean(MEMGOV_DIR=self.folder, **(environment or {})),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            timeout=100,
            **options,
        )

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text, mode=0o644):
        with open(self.path(name), "w") as file:
            file.write(text)
        os.chmod(self.path(name), mode)
        return self.path(name)


main = unittest.main
