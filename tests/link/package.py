"""What the tests of the installed package share: one install, compilers, and running what they made."""

import os
import pathlib
import shlex
import subprocess
from collections.abc import Iterable

CONSUMER = pathlib.Path(__file__).parent / "consumer"
SERVES = r"^\d+\.\d+\.\d+ arena serves=1 saw=1\n$"
ABSENT = " serves=0 saw=0\n"


def run(*command: object, status: int | None = 0, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs a command without any preload but `variables`' own; fails on another exit status than `status`."""
    env = {name: value for name, value in os.environ.items() if name not in ("LD_PRELOAD", "LD_LIBRARY_PATH")}
    words = [str(word) for word in command]
    got = subprocess.run(words, env={**env, **variables}, capture_output=True, text=True, timeout=120, check=False)
    if status is not None and got.returncode != status:
        raise AssertionError(f"{shlex.join(words)}: status {got.returncode}\n{got.stdout}\n{got.stderr}")
    return got


def messages(got: subprocess.CompletedProcess[str]) -> list[str]:
    """memgov's own lines on stderr; anything else there is a failure."""
    lines = got.stderr.splitlines()
    others = [line for line in lines if not line.startswith("memgov: ")]
    if others:
        raise AssertionError(f"{shlex.join(got.args)}: {others}")
    return lines


class Package:
    """memgov as `cmake --install` lays it out, moved once after that: nothing may remember where it was."""

    def __init__(self, build: pathlib.Path, folder: pathlib.Path) -> None:
        self.folder = folder
        self.said = ""
        run("cmake", "--install", build, "--prefix", folder / "first")
        self.prefix = (folder / "first").rename(folder / "moved")
        self.lib = self.prefix / "lib"
        if not self.lib.is_dir():
            self.lib = next(self.prefix.glob("lib*"))

    def flags(self, name: str) -> list[str]:
        """What pkg-config says of memgov or memgov-static."""
        got = run("pkg-config", "--cflags", "--libs", name, PKG_CONFIG_PATH=str(self.lib / "pkgconfig"))
        return shlex.split(got.stdout)

    def build(
        self, name: str, source: pathlib.Path, *options: str, status: int = 0, libraries: Iterable[str] = ()
    ) -> pathlib.Path:
        """One program by the compiler alone; `said` is what the compiler and the linker wrote."""
        compiler = ["cc"] if source.suffix == ".c" else ["c++", "-std=c++17"]
        program = self.folder / name
        path = f"-Wl,-rpath,{self.lib}"
        got = run(*compiler, source, "-pthread", *options, path, *libraries, "-o", program, status=status)
        self.said = got.stderr
        return program
