"""A fresh memory cgroup below our own, of whichever version this system has, and what it says.

Nothing is known beforehand but /proc/self: the hierarchy with the memory controller is found in mountinfo.
"""

import dataclasses
import os
import pathlib
import re
import signal
import time


class NotAllowed(Exception):
    """No memory cgroup can be made here, and why."""


@dataclasses.dataclass(frozen=True)
class Place:
    """Our own memory cgroup: its folder, that of the hierarchy's mount, and the version."""

    version: int
    folder: pathlib.Path
    mount: pathlib.Path


def unescape(text):
    """mountinfo writes blanks and backslashes as octal numbers."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match.group(1), 8)), text)


def mounts(mountinfo):
    """(file system, super options, root, mount point) of every cgroup hierarchy."""
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        fields, (system, _, options) = before.split(" "), after.split(" ", 2)
        if system in ("cgroup", "cgroup2"):
            yield system, options.split(","), unescape(fields[3]), unescape(fields[4])


def below(root, path, mount):
    """The folder of cgroup `path` in a mount whose top is cgroup `root`."""
    if path == root or root == "/" or path.startswith(root + "/"):
        return pathlib.Path(mount + "/" + path[len(root) if root != "/" else 0 :].lstrip("/"))
    return pathlib.Path(mount)


def find(cgroup, mountinfo):
    """Our Place, from the texts of /proc/self/cgroup and /proc/self/mountinfo; None without one."""
    paths = {}
    for line in cgroup.splitlines():
        _, controllers, path = line.split(":", 2)
        paths.update((controller, path) for controller in controllers.split(","))
    for system, options, root, mount in mounts(mountinfo):
        if system == "cgroup" and "memory" in options and "memory" in paths:
            return Place(1, below(root, paths["memory"], mount), pathlib.Path(mount))
    for system, _, root, mount in mounts(mountinfo):
        if system == "cgroup2" and "" in paths:
            return Place(2, below(root, paths[""], mount), pathlib.Path(mount))
    return None


def parent_for_child(place):
    """(where a child with a memory controller can be made, whether it must first be handed down there)."""
    if place.version == 1:
        return place.folder, False
    for folder in (place.folder, place.folder.parent):
        control = folder / "cgroup.subtree_control"
        if not folder.is_relative_to(place.mount) or not control.exists():
            continue
        if "memory" in control.read_text().split():
            return folder, False
    return place.folder, True


def hand_down(folder, sign):
    """v2 refuses this for a cgroup that has processes of its own, other than the root."""
    try:
        (folder / "cgroup.subtree_control").write_text(f"{sign}memory")
    except OSError as reason:
        raise NotAllowed(f"no memory controller for a child of {folder}: {reason.strerror}") from reason


class MemoryCgroup:
    """A cgroup of its own for one run; leaving the context kills what is in it and removes it."""

    made = 0

    def __init__(self, limit_bytes=None):
        place = find(
            pathlib.Path("/proc/self/cgroup").read_text(), pathlib.Path("/proc/self/mountinfo").read_text()
        )
        if place is None:
            raise NotAllowed("this system has no memory cgroups")
        MemoryCgroup.made += 1
        self.version = place.version
        parent, self.handed_down = parent_for_child(place)
        if self.handed_down:
            hand_down(parent, "+")
        self.folder = parent / f"memgov-{os.getpid()}-{MemoryCgroup.made}"
        try:
            self.folder.mkdir()
        except OSError as reason:
            raise NotAllowed(f"{self.folder} cannot be made: {reason.strerror}") from reason
        try:
            self.set_limit(limit_bytes)
        except OSError as reason:
            self.folder.rmdir()
            raise NotAllowed(f"{self.folder}: no limit can be set: {reason.strerror}") from reason

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.remove()

    def set_limit(self, limit_bytes):
        """Of memory and, where it can be had, of none on swap: what is measured is memory."""
        if limit_bytes is None:
            return
        names = ["memory.limit_in_bytes", "memory.memsw.limit_in_bytes"]
        values = [limit_bytes, limit_bytes]
        if self.version == 2:
            names, values = ["memory.max", "memory.swap.max"], [limit_bytes, 0]
        (self.folder / names[0]).write_text(str(values[0]))
        if (self.folder / names[1]).exists():
            (self.folder / names[1]).write_text(str(values[1]))

    def enter_command(self, command):
        """The command, run within: a shell moves itself, then becomes the program."""
        return ["/bin/sh", "-c", 'echo 0 >"$0/cgroup.procs" && exec "$@"', str(self.folder), *command]

    def number(self, v1, v2):
        path = self.folder / (v1 if self.version == 1 else v2)
        return int(path.read_text()) if path.exists() else 0

    def keyed(self, name, key):
        text = (self.folder / name).read_text()
        found = re.search(rf"^{key} (\d+)$", text, re.MULTILINE)
        return int(found.group(1)) if found else 0

    def usage_bytes(self):
        return self.number("memory.usage_in_bytes", "memory.current")

    def peak_bytes(self):
        """0 before Linux 5.19 on v2."""
        return self.number("memory.max_usage_in_bytes", "memory.peak")

    def failed_charges(self):
        """How often the limit was met, whatever reclaim then made of it. v1 of Linux 6.18 has the file and
        leaves it at 0: look at the peak, too."""
        if self.version == 1:
            return self.number("memory.failcnt", "")
        return self.keyed("memory.events", "max")

    def oom_kills(self):
        return self.keyed("memory.oom_control" if self.version == 1 else "memory.events", "oom_kill")

    def processes(self):
        return [int(line) for line in (self.folder / "cgroup.procs").read_text().split()]

    def remove(self, seconds=20):
        end = time.monotonic() + seconds
        while True:
            for process in self.processes():
                try:
                    os.kill(process, signal.SIGKILL)
                except ProcessLookupError:
                    continue
            try:
                self.folder.rmdir()
                break
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)
        if self.handed_down:
            hand_down(self.folder.parent, "-")
