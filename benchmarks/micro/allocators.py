"""The allocators that the comparisons run under: the C library's, the installed peers, and memgov's objects."""

import dataclasses
import os
import pathlib
import subprocess

LIBRARY_FOLDERS = ("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib")
PEERS = (
    ("jemalloc", "libjemalloc.so.2"),
    ("tcmalloc", "libtcmalloc_minimal.so.4"),
    ("mimalloc", "libmimalloc.so.2.0"),
)
OURS = (
    ("memgov-arena", "libmemgov-arena.so"),
    ("memgov-mimalloc", "libmemgov-mimalloc.so"),
    ("memgov-system", "libmemgov-system.so"),
)
BASE = "glibc"


@dataclasses.dataclass(frozen=True)
class Allocator:
    name: str
    preload: str = ""

    def environment(self):
        """This process's environment, without any allocator's settings, with this allocator's preload."""
        kept = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("MEMGOV_", "MALLOC_", "MIMALLOC_", "TCMALLOC_", "LD_PRELOAD"))
        }
        return {**kept, "LD_PRELOAD": self.preload} if self.preload else kept


def all_allocators(build):
    """glibc first. A peer that is not installed and an object that is not built are left out, with a line."""
    found = [Allocator(BASE)]
    peers = {name: [pathlib.Path(folder) / file for folder in LIBRARY_FOLDERS] for name, file in PEERS}
    ours = {name: sorted(pathlib.Path(build).rglob(file)) for name, file in OURS}
    for name, candidates in {**peers, **ours}.items():
        path = next((candidate for candidate in candidates if candidate.is_file()), None)
        if path:
            found.append(Allocator(name, str(path.resolve())))
        else:
            print(f"not here, left out: {name}")
    return found


def check_serves(allocator):
    """A preload that the loader refuses is only a line on stderr; a comparison must not go on with it."""
    if not allocator.preload:
        return
    done = subprocess.run(
        ["cat", "/proc/self/maps"], env=allocator.environment(), capture_output=True, text=True
    )
    if allocator.preload not in done.stdout:
        raise SystemExit(f"{allocator.name} is not loaded: {done.stderr.strip()}")


def print_table(header, rows):
    """Columns as wide as they need to be; the first to the left, the others to the right."""
    table = [header, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(header))]
    for row in table:
        print(
            "  ".join(
                cell.rjust(width) if column else cell.ljust(width)
                for column, (cell, width) in enumerate(zip(row, widths))
            )
        )
