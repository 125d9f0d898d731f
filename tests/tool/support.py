"""What the tool's tests share: the tool, a governed process to look at, a runtime folder of their own."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

TOOL = os.environ["MEMGOV_TOOL"]
OBJECT = os.environ["MEMGOV_OBJECT"]
SUBJECT = os.environ["MEMGOV_SUBJECT"]
PATIENCE_S = 30


def wait_for(condition, what):
    """The first true answer of condition(), asked again until PATIENCE_S have passed."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {PATIENCE_S} s in vain for {what}")
        time.sleep(0.02)


def all_of_terminal(primary):
    """What was written to a terminal until nobody had it open any more; it comes in pieces."""
    text = b""
    with contextlib.suppress(OSError), open(primary, "rb", buffering=0) as reading:  # EIO: that was all
        while piece := reading.read(4096):
            text += piece
    return text.decode()


class Subject:
    """tests/tool/subject.cc, governed; options as MEMGOV_ variables."""

    def __init__(self, folder, preload=OBJECT, **options):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MEMGOV_")}
        environment.update(MEMGOV_DIR=folder, **options)
        if preload:
            environment["LD_PRELOAD"] = preload
        self.process = subprocess.Popen(
            [SUBJECT], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.pid = self.process.pid
        assert self.process.stdout.readline() == "ready\n"

    def say(self, words):
        self.process.stdin.write(words + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n"

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


class ToolTest(unittest.TestCase):
    """A fresh runtime folder for each test; what it starts is ended."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="memgov-test-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def start(self, **options):
        subject = Subject(self.folder, **options)
        self.addCleanup(subject.stop)
        return subject

    def tool(self, *arguments, environment=None, **options):
        """The finished process, output as text."""
        variables = {**os.environ, "MEMGOV_DIR": self.folder, **(environment or {})}
        variables.pop("LD_PRELOAD", None)
        return subprocess.run(
            [TOOL, *map(str, arguments)], env=variables, capture_output=True, text=True, timeout=120, **options
        )

    def tool_json(self, *arguments):
        finished = self.tool(*arguments)
        self.assertEqual(finished.returncode, 0, finished.stderr)
        return json.loads(finished.stdout)

    def wait_until_listed(self, subject):
        """Its governor has made its files."""
        path = os.path.join(self.folder, f"memgov-{os.geteuid()}", f"{subject.pid}.stats")
        wait_for(lambda: os.path.exists(path), path)


def skip(reason):
    print(f"SKIP: {reason}")
    sys.exit(77)
