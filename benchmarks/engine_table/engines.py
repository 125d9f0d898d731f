"""The columns of the table: the engines as they are preloaded here, what stands beside them, what each supports."""

import dataclasses
import pathlib

import allocators

ENGINES = ("arena", "system", "mimalloc 2.0.9", "mimalloc 3")
CONTEXT = (allocators.BASE, "plain mimalloc 2.0.9", "plain mimalloc 3")
COLUMNS = (*ENGINES, *CONTEXT)
KNOWN_AS = {
    "arena": "memgov-arena",
    "system": "memgov-system",
    "mimalloc 2.0.9": "memgov-mimalloc",
    "plain mimalloc 2.0.9": "mimalloc",
}

# What the code does, in the order of ENGINES; figures are measured.
SUPPORT = (
    (
        "object",
        (
            "libmemgov.so, libmemgov-arena.so",
            "libmemgov-system.so",
            "libmemgov-mimalloc.so",
            "libmemgov-mimalloc.so",
        ),
    ),
    ("glibc", ("2.16", "2.16; caches: 2.30 to 2.41", "the library's: 2.34", "the library's: 2.34")),
    ("live bytes of a pool", ("exact with shards of its own, else sampled", "sampled", "sampled", "sampled")),
    (
        "held bytes and hard limit of a pool",
        ("exact; enforced", "a share; none", "a share; none", "exact with a heap of its own; enforced"),
    ),
    (
        "release from parked threads",
        ("nothing is theirs", "their caches", "their heaps, but for pages in use", "their heaps"),
    ),
    (
        "release under traffic",
        (
            "by demand",
            "at the hard budget; when asked",
            "parked threads; large blocks by demand",
            "parked threads; large blocks by demand",
        ),
    ),
    (
        "the budget's gate sees",
        (
            "each fresh page",
            "requests from 64 KiB on",
            "fresh pages of blocks over 512 bytes",
            "each fresh page",
        ),
    ),
    (
        "huge pages",
        ("declined; MEMGOV_THP=1 asks", "GLIBC_TUNABLES", "as the kernel has them", "declined; MEMGOV_THP=1"),
    ),
    (
        "fork with threads",
        ("stops the engine", "glibc's own", "waits until all are outside", "waits until all are outside"),
    ),
    (
        "free of what is no block",
        ("one line and abort", "glibc's checks", "mimalloc's checks", "to the next allocator in line"),
    ),
)


@dataclasses.dataclass(frozen=True)
class Preload(allocators.Allocator):
    """An allocator that needs variables of its own."""

    variables: tuple[tuple[str, str], ...] = ()

    def environment(self):
        return {**super().environment(), **dict(self.variables)}

    def as_option(self):
        """As gateway_load's --allocator has it."""
        return ",".join([f"{self.name}={self.preload}", *(f"{key}={value}" for key, value in self.variables)])


def find_library(build):
    """mimalloc 3's shared library, unpacked beside the build folder; None where there is none."""
    folder = pathlib.Path(build).parent / "mimalloc-3"
    return next((path for path in sorted(folder.rglob("libmimalloc.so.3")) if path.is_file()), None)


def candidates(here, library):
    """Of `here`, by engine_choice's names, and of mimalloc 3 what is there; glibc, which has to be, first."""
    found = {each.name: each.preload for each in here}
    rows = {allocators.BASE: Preload(allocators.BASE)}
    for name, known in KNOWN_AS.items():
        if known in found:
            rows[name] = Preload(name, found[known])
    if "mimalloc 2.0.9" in rows and "mimalloc" in found:  # it would rather load a newer one
        variable = ("MEMGOV_MIMALLOC", found["mimalloc"])
        rows["mimalloc 2.0.9"] = Preload("mimalloc 2.0.9", found["memgov-mimalloc"], (variable,))
    if library and "mimalloc 2.0.9" in rows:
        variable = ("MEMGOV_MIMALLOC", str(library))
        rows["mimalloc 3"] = Preload("mimalloc 3", rows["mimalloc 2.0.9"].preload, (variable,))
    if library:
        rows["plain mimalloc 3"] = Preload("plain mimalloc 3", str(library))
    return list(rows.values())
