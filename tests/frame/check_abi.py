"""Checks that what callers of the C API have compiled in is as abi.golden says: struct sizes, offsets, constants, calls
and their symbol versions.

usage: check_abi.py <abi_program> <abi.golden> <folder of the headers> [object...]

A release may append: a field at a struct's end, a call, a constant. What is there stays.
"""

import pathlib
import re
import subprocess
import sys

import elf

FIELD = re.compile(r"^\s+(?:size_t|uint\d+_t|char|const char\*)\s+(\w+)(?:\[\w+\])?;", re.MULTILINE)


def declared(text):
    """The keys ("struct x", "field x.y", "constant X", "call x") that a header declares."""
    found = set()
    for body, name in re.findall(r"typedef struct \w+ \{(.*?)\} (\w+);", text, re.DOTALL):
        found.add(f"struct {name}")
        found.update(f"field {name}.{field}" for field in FIELD.findall(body))
    found.update(f"constant {name}" for name in re.findall(r"^#define (MEMGOV_\w+) +\S", text, re.MULTILINE))
    found.update(f"call {name}" for name in re.findall(r"^MEMGOV_CALL\([^,]+, (\w+),", text, re.MULTILINE))
    return found - {"constant MEMGOV_CALL"}


def calls(path):
    """The lines about an object's calls."""
    return {
        f"call {symbol.name} {symbol.version}"
        for symbol in elf.read(path).symbols
        if symbol.defined and symbol.name.startswith("memgov_")
    }


def keys(lines):
    return {" ".join(line.split()[:2]) for line in lines}


def problems_of(printed, golden, headers, objects):
    """printed, golden: lines; headers: their texts; objects: {name: lines about calls}."""
    golden_calls = {line for line in golden if line.startswith("call ")}
    rest = golden - golden_calls
    for line in sorted(rest - printed):
        yield f"abi.golden has, the headers have not: {line}"
    for line in sorted(printed - rest):
        yield f"the headers have, abi.golden has not: {line}"
    for key in sorted(set().union(*map(declared, headers)) - keys(printed | golden_calls)):
        yield f"a header declares what is in neither abi_program.c nor abi.golden: {key}"
    for name, lines in objects.items():
        for line in sorted(golden_calls ^ lines):
            yield f"{name}: {'has not' if line in golden_calls else 'has, abi.golden has not'}: {line}"


def main():
    program, golden, folder, *objects = sys.argv[1:]
    printed = subprocess.run([program], check=True, capture_output=True, text=True).stdout.splitlines()
    problems = [
        *problems_of(
            set(printed),
            set(pathlib.Path(golden).read_text().splitlines()),
            [path.read_text() for path in sorted(pathlib.Path(folder).glob("*.h"))],
            {pathlib.Path(path).name: calls(path) for path in objects},
        )
    ]
    for problem in problems:
        print(problem)
    print(f"{len(printed)} sizes, offsets and constants, {len(objects)} objects, {len(problems)} problems")
    return 1 if problems or not printed else 0


if __name__ == "__main__":
    sys.exit(main())
