"""What the tests of the built objects read of a shared object, through readelf."""

import dataclasses
import re
import subprocess


@dataclasses.dataclass(frozen=True)
class Symbol:
    name: str
    version: str  # of a needed library, such as GLIBC_2.4, or of its own; empty for none
    defined: bool
    weak: bool


@dataclasses.dataclass(frozen=True)
class Elf:
    symbols: tuple[Symbol, ...]
    needed: tuple[str, ...]
    flags: frozenset[str]  # of DT_FLAGS and DT_FLAGS_1, and TEXTREL from wherever it stands
    segments: dict[str, tuple[int, str]]  # type: size in memory, flags

    def exports(self):
        return {symbol.name for symbol in self.symbols if symbol.defined}

    def undefined(self):
        return {symbol.name for symbol in self.symbols if not symbol.defined}

    def versions(self):
        """{version: names that need it} of glibc."""
        found = {}
        for symbol in self.symbols:
            if not symbol.defined and symbol.version.startswith("GLIBC_"):
                found.setdefault(symbol.version, []).append(symbol.name)
        return found


def _readelf(path, *options):
    return subprocess.run(
        ["readelf", "-W", *options, str(path)], check=True, capture_output=True, text=True
    ).stdout


def _symbols(text):
    # Num: Value Size Type Bind Vis Ndx Name[@Version]; a first symbol has no name.
    for line in text.splitlines():
        columns = line.split()
        if len(columns) < 8 or not columns[0].rstrip(":").isdigit():
            continue
        if columns[4] not in ("GLOBAL", "WEAK") or columns[5] in ("HIDDEN", "INTERNAL"):
            continue
        if columns[6] == "ABS":
            continue  # the name of a version node
        name, _, version = columns[7].partition("@")
        yield Symbol(name, version.lstrip("@"), columns[6] != "UND", columns[4] == "WEAK")


def _segments(text):
    # Type Offset VirtAddr PhysAddr FileSiz MemSiz Flags(one to three letters, apart) Align
    found = {}
    for match in re.finditer(
        r"^ +([A-Z_]+) +(?:0x[0-9a-f]+ +){4}(0x[0-9a-f]+) ([RWE ]{3})", text, re.MULTILINE
    ):
        found[match[1]] = (int(match[2], 16), match[3].replace(" ", ""))
    return found


def read(path):
    dynamic = _readelf(path, "-d")
    flags = set()
    for line in re.findall(r"\(FLAGS(?:_1)?\)\s+(.*)", dynamic):
        flags.update(line.replace("Flags:", "").split())
    if "(TEXTREL)" in dynamic:
        flags.add("TEXTREL")
    return Elf(
        symbols=tuple(_symbols(_readelf(path, "--dyn-syms"))),
        needed=tuple(re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic)),
        flags=frozenset(flags),
        segments=_segments(_readelf(path, "-l")),
    )
