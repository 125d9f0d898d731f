"""What a short process holds when it ends: it is stopped by ptrace on its way out and looked at.

A process that runs for a millisecond cannot be sampled, and its peak RSS counts pages it shares with everybody.
"""

import ctypes
import dataclasses
import os
import pathlib
import signal

_TRACEME, _CONT, _SETOPTIONS = 0, 7, 0x4200
_OPTIONS = 0x40 | 0x100000  # PTRACE_O_TRACEEXIT, PTRACE_O_EXITKILL
_EXIT_STOP = signal.SIGTRAP | 6 << 8  # PTRACE_EVENT_EXIT
_libc = ctypes.CDLL(None, use_errno=True)


@dataclasses.dataclass(frozen=True)
class AtExit:
    private_bytes: int
    threads: int
    maps: str
    status: int  # exit status


def _ptrace(request, pid, data=0):
    if (
        _libc.ptrace(ctypes.c_long(request), ctypes.c_long(pid), ctypes.c_void_p(0), ctypes.c_void_p(data))
        == -1
    ):
        raise OSError(ctypes.get_errno(), "ptrace")


def _number(text, label):
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith(label))


def _become(command, environment):
    """The child: lets the parent trace it, silences stdout, and executes."""
    try:
        _ptrace(_TRACEME, 0)
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 0)
        os.dup2(null, 1)
        os.execvpe(command[0], command, environment)
    finally:
        os._exit(127)


def look(command, environment):
    """Runs a command to its end and returns what its process held. OSError where ptrace is not allowed."""
    pid = os.fork()
    if pid == 0:
        _become(command, environment)
    _, stopped = os.waitpid(pid, 0)
    if os.WIFEXITED(stopped):
        raise OSError(f"{command[0]} cannot be traced or executed")
    _ptrace(_SETOPTIONS, pid, _OPTIONS)
    held = None
    passed_on = 0
    while True:
        _ptrace(_CONT, pid, passed_on)
        _, stopped = os.waitpid(pid, 0)
        if not os.WIFSTOPPED(stopped):
            private, threads, maps = held
            return AtExit(private, threads, maps, os.waitstatus_to_exitcode(stopped))
        passed_on = 0
        if stopped >> 8 == _EXIT_STOP:
            folder = pathlib.Path(f"/proc/{pid}")
            held = (
                _number((folder / "smaps_rollup").read_text(), "Private_") * 1024,
                _number((folder / "status").read_text(), "Threads:"),
                (folder / "maps").read_text(),
            )
        elif os.WSTOPSIG(stopped) != signal.SIGTRAP:
            passed_on = os.WSTOPSIG(stopped)
