"""Checks every #include of shim/, governor/ and include/ against the table in LAYERS.

usage: check_layers.py <root of the source tree>
"""

import pathlib
import re
import sys

LAYERED = ("include", "governor", "shim")
SUFFIXES = (".h", ".hpp", ".c", ".cc", ".inc", ".list")
# Abseil names itself by path. Only the tool may use it: hosts of the preloaded objects bring copies of their own.
ABSEIL, MAY_USE_ABSEIL = "absl/", "governor/cli"
INCLUDE = re.compile(r'\s*#\s*include\s*(?:"([^"]+)"|<(memgov/[^>]+)>)')


def read_layers(path):
    """{folder or file: folders it may include from}, and what is wrong with the table itself."""
    layers, problems = {}, []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        line = line.split("#")[0].strip()
        if not line:
            continue
        folder, colon, allowed = line.partition(":")
        if not colon:
            problems.append(f"{path.name}:{number}: expected 'folder: folders'")
            continue
        # Only folders of earlier lines: the table then has no cycle.
        for other in allowed.split():
            if other not in layers or other == folder:
                problems.append(f"{path.name}:{number}: {other} is not named on a line above {folder}'s")
        layers.setdefault(folder, set()).update(allowed.split())
    return layers, problems


def resolve(root, include):
    """The file that an include means, relative to the root; None where there is none."""
    for candidate in (include, f"include/{include}"):
        if (root / candidate).is_file():
            return pathlib.PurePosixPath(candidate)
    return None


def check_file(root, path, layers):
    """What is wrong with one source file's includes."""
    name = path.relative_to(root)
    own = name.parent.as_posix()
    if own not in layers:
        return [f"{name}:1: LAYERS does not name the folder {own}"]
    allowed = layers[own] | layers.get(name.as_posix(), set())
    problems = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        include = match.group(1) or match.group(2)
        if include.startswith(ABSEIL) and own.startswith(MAY_USE_ABSEIL):
            continue
        target = resolve(root, include)
        if target is None:
            problems.append(f"{name}:{number}: no such file from the root: {include}")
            continue
        folder = target.parent.as_posix()
        if folder != own and folder not in allowed:
            problems.append(f"{name}:{number}: {own} may not include from {folder} ({include})")
    return problems


def check_tree(root):
    """All problems of a tree, and the number of files read."""
    layers, problems = read_layers(root / "LAYERS")
    files = [path for top in LAYERED for path in sorted((root / top).rglob("*")) if path.suffix in SUFFIXES]
    for path in files:
        problems += check_file(root, path, layers)
    for folder in layers:
        if not (root / folder).exists():
            problems.append(f"LAYERS: no such folder or file: {folder}")
    return problems, len(files)


def main():
    problems, files = check_tree(pathlib.Path(sys.argv[1]).resolve())
    for problem in problems:
        print(problem)
    print(f"{files} files, {len(problems)} problems")
    return 1 if problems or not files else 0


if __name__ == "__main__":
    sys.exit(main())
