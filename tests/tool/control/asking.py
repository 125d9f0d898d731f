"""Asks governed processes over their control sockets, without the tool."""

import os
import pathlib
import socket
import subprocess
import sys
import time

import support


def others_may_run(path):
    """Users other than the owner of the build can reach, read and execute it."""
    path = pathlib.Path(path).resolve()
    return path.stat().st_mode & 0o005 == 0o005 and all(folder.stat().st_mode & 0o001 for folder in path.parents)


def python_for_others():
    """An interpreter that any user may run; None where there is none."""
    candidates = [sys.executable, "/usr/bin/python3"]
    return next((path for path in candidates if os.path.exists(path) and others_may_run(path)), None)


def governed_environment(folder, **options):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MEMGOV_")}
    return {**environment, "MEMGOV_DIR": folder, "LD_PRELOAD": support.OBJECT, **options}


class GovernedPython:
    """An interpreter that runs `program`, which waits for lines on its standard input."""

    def __init__(self, folder, program, **options):
        self.process = subprocess.Popen(
            [python_for_others() or sys.executable, "-c", program],
            env=governed_environment(folder, **options),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.pid = self.process.pid

    def hear(self):
        return self.process.stdout.readline().rstrip("\n")

    def go_on(self):
        self.process.stdin.write("go on\n")
        self.process.stdin.flush()

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


class LoudSubject(support.Subject):
    """With its standard error in `errors` (a file), as `user` where that is given."""

    def __init__(self, folder, errors=None, user=None, groups=(), **options):
        others = {} if user is None else {"user": user, "group": user, "extra_groups": groups}
        self.process = subprocess.Popen(
            [support.SUBJECT],
            env=governed_environment(folder, **options),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            **others,
        )
        self.pid = self.process.pid
        assert self.process.stdout.readline() == "ready\n"


def governor_thread(subject):
    """/proc/<process>/task/<thread>"""
    for task in pathlib.Path(f"/proc/{subject.pid}/task").iterdir():
        if (task / "comm").read_text() == "memgov\n":
            return task
    raise AssertionError("no governor's thread")


def path_of(subject, folder, user=None):
    name = f"memgov-{os.geteuid() if user is None else user}"
    return os.path.join(folder, name, f"{subject.pid}.sock")


def connect(path, timeout=support.PATIENCE_S):
    """A connection; tried again while the queue is full or nobody listens yet."""
    deadline = time.monotonic() + timeout
    while True:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        connection.settimeout(timeout)
        try:
            connection.connect(path)
            return connection
        except (BlockingIOError, ConnectionRefusedError, FileNotFoundError):
            connection.close()
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def ask(path, request, timeout=support.PATIENCE_S):
    """The whole answer, "ok ..." or "error ..."; again where others took the place meanwhile."""
    deadline = time.monotonic() + timeout
    while True:
        with connect(path, timeout) as connection:
            try:
                connection.send(request.encode())
                answer = connection.recv(1 << 20)
            except (BrokenPipeError, ConnectionResetError):
                answer = b""
        if answer or time.monotonic() > deadline:
            return answer.decode()


def told(path, request):
    """The text of an answer that is a good one."""
    answer = ask(path, request)
    assert answer.startswith("ok "), answer
    return answer[3:]
