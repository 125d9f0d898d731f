"""The Rust crate's own tests, by cargo: without memgov in the process, preloaded, and linked.

run_crate.py <absent|linked|static|variant> <cargo> <crate> <target folder> <folder of the libraries> [object]
"""

import json
import os
import pathlib
import re
import subprocess
import sys

FEATURES = {"linked": ["--features", "link"], "static": ["--features", "static"]}
LOADER = re.compile(r"\s*\d+:\t")  # what LD_DEBUG prints


def cargo(way, program, crate, target, library, *arguments):
    """Standard output. cargo itself runs without a preload."""
    command = [program, "test", "--offline", "--release", "--quiet", "--target-dir", target]
    command += FEATURES.get(way, []) + list(arguments)
    environment = {**os.environ, "MEMGOV_LIBRARY_DIR": library, "LD_LIBRARY_PATH": library}
    done = subprocess.run(command, cwd=crate, env=environment, text=True, stdout=subprocess.PIPE)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: status {done.returncode}\n{done.stdout}")
    return done.stdout


def built_tests(*arguments):
    """{name: executable}."""
    found = {}
    for line in cargo(*arguments, "--no-run", "--message-format=json").splitlines():
        message = json.loads(line)
        if message.get("executable"):
            found[message["target"]["name"]] = message["executable"]
    return found


def expected_tests(way):
    """The programs that have something to say about this way in."""
    if way == "absent":
        return ["memgov", "absent", "interface"]
    return ["allocator", "interface"] if way in FEATURES else ["interface"]


def run(executable, library, preload):
    mimalloc = os.environ.get("MEMGOV_MIMALLOC", "") if preload else ""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MEMGOV_")}
    environment["MEMGOV_PRESSURE"] = "off"  # the machine may be short of memory by other tests' doing
    environment["LD_LIBRARY_PATH"] = library
    if preload:
        environment["LD_PRELOAD"] = preload
    if mimalloc:
        environment.update(MEMGOV_MIMALLOC=mimalloc, LD_DEBUG="files")  # the loader says what it loads
    done = subprocess.run([executable], env=environment, text=True, capture_output=True, timeout=120)
    said, loaded = [], []
    for line in done.stderr.splitlines():
        (loaded if LOADER.match(line) else said).append(line)
    print(done.stdout, "\n".join(said))
    messages = [line for line in said if line.startswith("memgov:")]
    if done.returncode != 0 or messages or "running 0 tests" in done.stdout:
        sys.exit(f"{executable}: status {done.returncode}, {messages}")
    if mimalloc and not any(f"file={mimalloc} " in line for line in loaded):
        sys.exit(f"{executable}: {mimalloc} was not loaded")


def main():
    way, program, crate, target, library = sys.argv[1:6]
    preload = sys.argv[6] if len(sys.argv) > 6 else ""
    if way == "static" and not pathlib.Path(library, "libmemgov.a").is_file():
        print("skipped: libmemgov.a is not built")
        sys.exit(77)
    arguments = (way, program, crate, target, library)
    tests = built_tests(*arguments)
    for name in expected_tests(way):
        run(tests[name], library, preload)
    if way == "absent":
        print(cargo(*arguments, "--doc"))


if __name__ == "__main__":
    main()
