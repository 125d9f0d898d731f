"""Segments made up by tests: a real one's bytes under another process' name."""

import os
import signal
import struct

# memgov/stats_segment.h: magic, version and bytes, process, namespace, start, the governor's thread.
VERSION_AT, PROCESS_AT, THREAD_AT = 8, 16, 40


def start_ticks(pid):
    with open(f"/proc/{pid}/stat") as file:
        return int(file.read().rpartition(")")[2].split()[19])


def renamed(segment, pid):
    """The segment as if `pid` had written it, whose first thread is called as the governor's."""
    changed = bytearray(segment)
    struct.pack_into("=Q", changed, PROCESS_AT, pid | (start_ticks(pid) & 0xFFFFFFFF) << 32)
    struct.pack_into("=I", changed, THREAD_AT, pid)
    return bytes(changed)


def of_version(segment, version):
    changed = bytearray(segment)
    struct.pack_into("=I", changed, VERSION_AT, version)
    return bytes(changed)


class Sleepers:
    """Processes that sleep, each with a thread of the governor's name."""

    def __init__(self, count):
        self.pids = []
        reading, writing = os.pipe()
        for _ in range(count):
            pid = os.fork()
            if pid == 0:
                with open("/proc/self/comm", "w") as file:
                    file.write("memgov")
                os.write(writing, b"x")
                signal.pause()
                os._exit(0)
            self.pids.append(pid)
        os.close(writing)
        ready = 0
        while ready < count:
            ready += len(os.read(reading, count))
        os.close(reading)

    def stop(self):
        for pid in self.pids:
            os.kill(pid, signal.SIGKILL)
        for pid in self.pids:
            os.waitpid(pid, 0)
