"""Processes end, fork and exec while they are asked as fast as they answer: each ends as it meant to."""

import os
import subprocess
import threading
import unittest

from asking import ask, governed_environment
from support import ToolTest

ROUNDS = int(os.environ.get("MEMGOV_TEST_ROUNDS", "8"))
REQUESTS = ("json", "refresh", "classes", "release all", "config", "set idle_ms=100", "prometheus", "nonsense")

# Threads that allocate, children that end in several ways, and an end in the middle of it.
PROGRAM = """
import os, sys, threading, time
stop = False
def work():
    while not stop:
        keep = [bytes(30000) for _ in range(200)]
threads = [threading.Thread(target=work, daemon=True) for _ in range(3)]
for thread in threads: thread.start()
for turn in range(3):
    child = os.fork()
    if child == 0:
        keep = [bytes(30000) for _ in range(200)]
        if turn == 0: os._exit(0)
        if turn == 1: os.execv("/bin/true", ["true"])
        sys.exit(0)
    assert os.waitpid(child, 0)[1] == 0
time.sleep(0.05)
stop = True
if len(sys.argv) > 1:
    os.execv(sys.executable, [sys.executable, "-c", "import threading; t = threading.Thread(target=int); t.start(); t.join()"])
"""


class Endings(ToolTest):
    def run_one(self, *arguments):
        process = subprocess.Popen(
            ["/usr/bin/python3", "-c", PROGRAM, *arguments],
            env=governed_environment(self.folder),
            stderr=subprocess.PIPE,
            text=True,
        )
        path = os.path.join(self.folder, f"memgov-{os.geteuid()}", f"{process.pid}.sock")
        askers = [threading.Thread(target=self.ask_until_the_end, args=(process, path, turn)) for turn in range(2)]
        for asker in askers:
            asker.start()
        _, said = process.communicate(timeout=60)
        for asker in askers:
            asker.join()
        self.assertEqual((process.returncode, said), (0, ""))

    def ask_until_the_end(self, process, path, turn):
        while process.poll() is None:
            try:
                ask(path, REQUESTS[turn % len(REQUESTS)], timeout=0.5)
                self.answers += 1
            except (AssertionError, OSError):
                pass
            turn += 1

    def test_each_ends_well(self):
        self.answers = 0
        for turn in range(ROUNDS):
            self.run_one(*(["again"] if turn % 2 else []))
        self.assertGreater(self.answers, ROUNDS)
        left = [name for name in os.listdir(os.path.join(self.folder, f"memgov-{os.geteuid()}")) if name.endswith(".sock")]
        self.assertLessEqual(len(left), 2)  # of children that ended by _exit just now


if __name__ == "__main__":
    unittest.main()
