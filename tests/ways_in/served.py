"""Which allocator serves a process: what each server test asks of its server, its workers, and who comes after."""

import os
import pathlib

import harness

# The libmimalloc asked for; "" where it is the system's, or another engine's test.
LIBRARY = os.environ.get("MEMGOV_MIMALLOC", "")


def is_served(pid):
    """By the object and, on request, by that libmimalloc. One that the object loads and does not know it names in a
    line of its own, which the harness takes for a failure."""
    return harness.is_mapped(pid) and maps_library(pid)


def maps_library(pid):
    """True as well where no library was asked for."""
    try:
        return not LIBRARY or os.path.realpath(LIBRARY) in pathlib.Path(f"/proc/{pid}/maps").read_text()
    except OSError:
        return False
