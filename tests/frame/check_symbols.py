"""Checks a built preloadable object: what it exports, what it needs, and how it is linked.

usage: check_symbols.py <object> --engine <name> --surface <surface.list> --allowed <allowed_undefined.txt>
       [--behind <library>...]   what programs may have behind the object; those that are not there are left out
"""

import argparse
import pathlib
import re
import subprocess
import sys

import elf

NEWEST_GLIBC = (2, 31)
WISHED_GLIBC = (2, 28)
NEEDED = re.compile(r"libc\.so\.6|ld-linux.*\.so\.\d+|libdl\.so\.2|libpthread\.so\.0")
# Every thread of every process pays for these.
TLS_BYTES = 512

# What allocates, queries or frees: a program must not reach libmimalloc past us.
MALLOC_LIKE = re.compile(r"(?!_?mi_)(.*(alloc|free|memalign|malloc_).*|_Zn[aw].*|_Zd[al].*)")


def surface_versions(path, engine):
    """{name: version, "" for none} that the list promises for an engine's object."""
    names = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        line = line.split("//")[0].strip()
        if not line:
            continue
        hook = re.match(r"HOOK(?:_([A-Z]+))?\([^,]+, (\w+), ", line)
        stub = re.match(r"STUB\((\w+)\)$", line)
        call = re.match(r"API\((\w+)@@(MEMGOV_[\d.]+)\)$", line)
        if call:
            names[call[1]] = call[2]
        elif stub:
            names[stub[1]] = ""
        elif not hook:
            raise SystemExit(f"{path.name}:{number}: neither HOOK, STUB nor API: {line}")
        elif hook[1] in (None, engine.upper()):
            names[hook[2]] = ""
    return names


def allowed_undefined(path, engine):
    """The names under [all] and [engine]."""
    names, section = set(), None
    for line in path.read_text().splitlines():
        line = line.split("#")[0].strip()
        if line.startswith("["):
            section = line.strip("[]")
        elif section in ("all", engine):
            names.update(line.split())
    return names


def check_exports(read, promised):
    exports = read.exports()
    for name in sorted(exports - promised.keys()):
        yield f"exports {name}, which surface.list does not name"
    for name in sorted(promised.keys() - exports):
        yield f"does not export {name}, which surface.list names"
    for symbol in read.symbols:
        # A definition of a version of ours would not be taken for malloc@GLIBC_2.2.5.
        version = promised.get(symbol.name, symbol.version)
        if symbol.defined and symbol.version != version:
            yield f"exports {symbol.name} as version '{symbol.version}', not '{version}'"


def check_versions(read):
    for version, names in sorted(read.versions().items()):
        number = tuple(int(part) for part in version.removeprefix("GLIBC_").split(".")[:2] if part.isdigit())
        if len(number) < 2 or number > NEWEST_GLIBC:
            yield f"needs {version}: {' '.join(sorted(names))}"
        elif number > WISHED_GLIBC:
            print(f"note: needs {version}: {' '.join(sorted(names))}")


def check_needed(read):
    for library in read.needed:
        if not NEEDED.fullmatch(library):
            yield f"needs the library {library}"


def check_undefined(read, allowed):
    undefined = read.undefined()
    for name in sorted(undefined - allowed):
        yield f"calls {name}, which allowed_undefined.txt does not name"


def check_link(read):
    if "STATIC_TLS" not in read.flags and "TLS" in read.segments:
        yield "its TLS is not initial-exec: the STATIC_TLS flag is missing"
    if "__tls_get_addr" in read.undefined():
        yield "its TLS is not initial-exec: it calls __tls_get_addr, which may allocate"
    if read.segments.get("TLS", (0, ""))[0] > TLS_BYTES:
        yield f"its TLS takes {read.segments['TLS'][0]} bytes, above {TLS_BYTES}"
    if "NODELETE" not in read.flags:
        yield "the NODELETE flag is missing: dlclose would unmap the allocator"
    if "TEXTREL" in read.flags:
        yield "has text relocations"
    stack = read.segments.get("GNU_STACK")
    if stack is None or "E" in stack[1]:
        yield "asks for an executable stack"


def check_behind(read, library):
    """Everything malloc-like of the library behind us is ours first."""
    behind = {name for name in elf.read(library).exports() if MALLOC_LIKE.fullmatch(name)}
    if "malloc" not in behind:
        yield f"{library} exports no malloc: not the library that was meant?"
    for name in sorted(behind - read.exports()):
        yield f"does not export {name}, which {pathlib.Path(library).name} does: a program reaches it past us"


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("object", type=pathlib.Path)
    parser.add_argument("--engine", required=True)
    parser.add_argument("--surface", required=True, type=pathlib.Path)
    parser.add_argument("--allowed", required=True, type=pathlib.Path)
    parser.add_argument("--behind", nargs="*", default=[], type=pathlib.Path)
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    read = elf.read(arguments.object)
    problems = [
        *check_exports(read, surface_versions(arguments.surface, arguments.engine)),
        *check_versions(read),
        *check_needed(read),
        *check_link(read),
        *check_undefined(read, allowed_undefined(arguments.allowed, arguments.engine)),
    ]
    for library in arguments.behind:
        if library.exists():
            problems += check_behind(read, library)
    for problem in problems:
        print(f"{arguments.object.name} {problem}")
    print(
        f"{arguments.object.name}: {len(read.exports())} exports, TLS {read.segments.get('TLS', (0, ''))[0]} bytes, "
        f"newest {max(read.versions(), key=lambda text: [int(part) for part in re.findall('[0-9]+', text)])}, "
        f"{len(problems)} problems"
    )
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
