"""What the tests of real programs share: run them with and without the preload, and see that it is there.

Each test file is called as: python3 <file> <preloadable object> [unittest's arguments]
The harness itself never runs under the preload: it sets LD_PRELOAD for the program under test only.
"""

import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

SKIPPED = 77
OBJECT = ""


def skip(reason):
    """Ends the test file; ctest reads 77 as skipped."""
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


def need(*programs):
    """Skips where a program is not installed."""
    for program in programs:
        if not shutil.which(program, path=environment()["PATH"]):
            skip(f"{program} is not installed")


def environment(preload=False, **extra):
    """A small environment that is the same on every machine."""
    found = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    if preload:
        found["LD_PRELOAD"] = OBJECT
        # The object's options come from the caller.
        found.update((name, value) for name, value in os.environ.items() if name.startswith("MEMGOV_"))
    return {**found, **extra}


def is_mapped(pid):
    try:
        return os.path.realpath(OBJECT) in pathlib.Path(f"/proc/{pid}/maps").read_text()
    except OSError:
        return False


def wait_until(condition, seconds, what):
    """Waits for a condition; the limit is for hangs only."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.02)


def free_port():
    """A free port below the ephemeral range: another test's client cannot take it before the server does."""
    while True:
        port = random.randrange(10000, 32000)
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def accepts(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def children(pid):
    """Living children of any thread of a process."""
    found = []
    for tasks in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(child) for child in tasks.read_text().split()]
        except OSError:
            continue
    return found


class ProgramTest(unittest.TestCase):
    """A test of one program, in a folder of its own."""

    # A regular expression for lines of ours that a program may cause; any other one fails the test.
    expected_messages = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="memgov-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_program(self, command, preload, text="", seconds=60, cwd=None, **extra):
        """Runs a program to its end: (exit status, stdout, stderr). A hang fails, and leaves nothing behind."""
        env = environment(preload, HOME=str(self.folder), **extra)
        process = subprocess.Popen(
            command,
            env=env,
            cwd=cwd or self.folder,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        try:
            out, err = process.communicate(text, timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
            self.fail(f"hangs: {command}\n{out[-2000:]}\n{err[-2000:]}")
        if preload:
            self.assert_quiet(err)
        return process.returncode, out, err

    def assert_quiet(self, stderr):
        for line in stderr.splitlines():
            self.assertNotIn("ld.so", line)
            expected = self.expected_messages and re.fullmatch(self.expected_messages, line)
            if line.startswith("memgov:") and not expected:
                self.fail(f"unexpected message: {line}")

    def assert_same(self, command, **arguments):
        """The program says the same with and without the preload, and succeeds. Returns its output."""
        plain = self.run_program(command, preload=False, **arguments)
        self.assertEqual(plain[0], 0, plain)
        under = self.run_program(command, preload=True, **arguments)
        self.assertEqual(under, plain)
        return under[1]

    def assert_maps_object(self, command):
        """The object is in the memory of a program that waits for its stdin."""
        process = subprocess.Popen(
            command,
            env=environment(True, HOME=str(self.folder)),
            cwd=self.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        )
        try:
            wait_until(lambda: is_mapped(process.pid), 20, f"{OBJECT} in the memory of {command[0]}")
        finally:
            process.stdin.close()
            process.terminate()
            process.wait(20)

    def start_server(self, command, port):
        """Starts a server under the preload, waits for its port, and stops it by pid when the test ends."""
        self.stderr_path = self.folder / "stderr"
        with open(self.stderr_path, "ab") as stderr:
            server = subprocess.Popen(
                command,
                env=environment(True),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=stderr,
                stderr=stderr,
                start_new_session=True,
            )
        self.addCleanup(self.stop_server, server)
        wait_until(lambda: server.poll() is not None or accepts(port), 20, f"{command[0]} listens")
        self.assertIsNone(server.poll(), self.stderr_path.read_text())
        self.assertTrue(is_mapped(server.pid))
        return server

    def stop_server(self, server):
        """Idempotent. Whatever the server's group still holds goes with it."""
        if server.poll() is None:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                pass
        try:
            os.killpg(server.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        server.wait(20)
        self.assert_quiet(self.stderr_path.read_text())


def main():
    global OBJECT
    if len(sys.argv) < 2 or not os.path.isfile(sys.argv[1]):
        sys.exit(f"usage: {sys.argv[0]} <preloadable object>")
    OBJECT = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
