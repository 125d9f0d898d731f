"""The installed package: what is in it, find_package, pkg-config, the lines in docs/linking.md, what is refused.

usage: package_test.py <build folder> <docs/linking.md> [unittest arguments]
"""

import pathlib
import re
import shutil
import sys
import tempfile
import unittest

from package import ABSENT, CONSUMER, SERVES, Package, messages, run

BUILD, GUIDE = map(pathlib.Path, sys.argv[1:3])
EXAMPLES = pathlib.Path(__file__).parents[2] / "examples"
package: Package
folder: pathlib.Path


def setUpModule() -> None:
    """One install for all."""
    global package, folder
    folder = pathlib.Path(tempfile.mkdtemp(prefix="memgov-link-"))
    unittest.addModuleCleanup(shutil.rmtree, folder)
    package = Package(BUILD, folder)


def peer(name: str) -> pathlib.Path | None:
    """Another allocator's shared library, from the distribution."""
    return next((path for path in pathlib.Path("/usr/lib").glob(f"*/{name}.so*")), None)


class InstallTest(unittest.TestCase):
    """What is where."""

    def test_files(self) -> None:
        """Objects, headers, tool, manual page, completion, and the parts for other programs."""
        for name in (
            "bin/memgov", "include/memgov/memgov.h", "include/memgov/memgov.hpp", "include/memgov/advanced.h",
            "include/memgov/pool_resource.hpp", "share/man/man1/memgov.1", "share/bash-completion/completions/memgov",
            "share/memgov/prometheus/alerts.yml", "share/memgov/grafana/memgov.json",
        ):
            self.assertTrue((package.prefix / name).is_file(), name)
        for name in ("libmemgov-arena.so", "libmemgov-system.so", "libmemgov.a"):
            self.assertTrue((package.lib / name).is_file(), name)
        for name in ("libmemgov.so", "libmemgov.so.0"):
            self.assertEqual((package.lib / name).readlink(), pathlib.Path("libmemgov-arena.so"))

    def test_relocatable(self) -> None:
        """No file that others read names a folder of the build or the install."""
        for path in (package.lib / "cmake" / "memgov", package.lib / "pkgconfig"):
            for file in path.iterdir():
                text = file.read_text()
                for place in (folder, BUILD.resolve()):
                    self.assertNotIn(str(place), text, file)


class FindPackageTest(unittest.TestCase):
    """CMake."""

    def check(self, prefix: pathlib.Path, name: str) -> None:
        tree = folder / name
        run("cmake", "-S", CONSUMER, "-B", tree, f"-DCMAKE_PREFIX_PATH={prefix}", "-DCMAKE_CXX_STANDARD_REQUIRED=ON")
        run("cmake", "--build", tree)
        for language in ("c", "cc"):
            for way in ("shared", "static"):
                got = run(tree / f"{way}_{language}")
                self.assertRegex(got.stdout, SERVES)
                self.assertEqual(got.stderr, "")
            self.assertEqual(run(tree / f"headers_{language}").stdout, ABSENT)
            got = run(tree / f"headers_{language}", LD_PRELOAD=str(package.lib / "libmemgov.so"))
            self.assertRegex(got.stdout, SERVES)

    def test_installed(self) -> None:
        """From the install tree."""
        self.check(package.prefix, "installed")

    def test_build_tree(self) -> None:
        """From the build tree."""
        self.check(BUILD, "build-tree")

    def configure(self, name: str, lines: str, *options: str) -> str:
        """A project of these lines after the usual ones: what CMake and the build say."""
        source = folder / name
        source.mkdir()
        shutil.copy(CONSUMER / "consumer.cc", source / "main.cc")
        head = (
            "cmake_minimum_required(VERSION 3.18)\nproject(p CXX)\nset(CMAKE_CXX_STANDARD 17)\n"
            "find_package(memgov 0.1 REQUIRED)\nadd_executable(p main.cc)\n"
        )
        (source / "CMakeLists.txt").write_text(f"{head}{lines}\n")
        prefix = f"-DCMAKE_PREFIX_PATH={package.prefix}"
        got = run("cmake", "-S", source, "-B", source / "b", prefix, *options, status=None)
        if got.returncode == 0:
            built = run("cmake", "--build", source / "b", status=None)
            return got.stdout + built.stdout + built.stderr
        return got.stdout + got.stderr

    def test_both_ways_are_refused(self) -> None:
        """memgov::static and memgov::shared in one program: an error that names the property, from CMake."""
        said = self.configure("both", "target_link_libraries(p memgov::static memgov::shared)")
        self.assertRegex(said, r"(?s)CMake Error.*MEMGOV_LINKAGE")

    def test_other_allocator_is_refused(self) -> None:
        """memgov::static beside jemalloc, tcmalloc or mimalloc: the linker names it."""
        for other in ("jemalloc", "tcmalloc_minimal", "mimalloc"):
            library = peer(f"lib{other}")
            if library is None:
                print(f"no lib{other} here: left out")
                continue
            said = self.configure(
                f"beside-{other}", f"target_link_libraries(p -Wl,--no-as-needed {library} memgov::static)"
            )
            self.assertIn(f"memgov: {other.removesuffix('_minimal')} is linked into this program as well", said)

    def test_sanitizer(self) -> None:
        """A sanitizer in the flags: memgov::static is the headers alone, which is said, and the program runs."""
        flags = "-DCMAKE_CXX_FLAGS=-fsanitize=address"
        said = self.configure("sanitized", "target_link_libraries(p memgov::static)", flags)
        self.assertIn("the flags name a sanitizer", said)
        got = run(folder / "sanitized" / "b" / "p")
        self.assertEqual((got.stdout, got.stderr), (ABSENT, ""))

    def test_examples(self) -> None:
        """The examples find the installed package from their own folders (cpp_service is built by the tree, too)."""
        for name in ("plain_c", "cpp_service"):
            prefix = f"-DCMAKE_PREFIX_PATH={package.prefix}"
            run("cmake", "-S", EXAMPLES / name, "-B", folder / name, prefix)
        run("cmake", "--build", folder / "plain_c")
        self.assertIn("job of 1 MiB: done", run(folder / "plain_c" / "plain_c", "1").stdout)

    def test_guide(self) -> None:
        """The five lines of docs/linking.md, as they stand there."""
        lines = re.search(r"```cmake\n(.*?)```", GUIDE.read_text(), re.DOTALL)[1]
        self.assertEqual(len(lines.splitlines()), 5, lines)
        source = folder / "guide"
        source.mkdir()
        (source / "CMakeLists.txt").write_text(lines)
        (source / "main.cc").write_text(
            "#include <memgov/memgov.h>\n#include <cstdio>\n"
            "int main() { std::puts(memgov_version()); return memgov_available() ? 0 : 1; }\n"
        )
        run("cmake", "-S", source, "-B", source / "b", f"-DCMAKE_PREFIX_PATH={package.prefix}")
        run("cmake", "--build", source / "b")
        self.assertRegex(run(source / "b" / "service").stdout, r" arena\n$")


class PkgConfigTest(unittest.TestCase):
    """pkg-config, and the compiler alone."""

    def test_both_ways(self) -> None:
        """C and C++, shared and static, position independent and not."""
        for source in (CONSUMER / "consumer.c", CONSUMER / "consumer.cc"):
            for name in ("memgov", "memgov-static"):
                for option in ("-pie", "-no-pie"):
                    program = package.build("by-pkg-config", source, option, libraries=package.flags(name))
                    got = run(program)
                    self.assertRegex(got.stdout, SERVES)
                    self.assertEqual(got.stderr, "")

    def test_fully_static_is_refused(self) -> None:
        """-static: the linker's message names the reason."""
        flags = package.flags("memgov-static")
        package.build("never", CONSUMER / "consumer.c", "-static", status=1, libraries=flags)
        self.assertIn("memgov_does_not_work_in_a_program_that_is_linked_with_the_option_static", package.said)

    def test_inside_a_library_is_refused(self) -> None:
        """libmemgov.a is for programs."""
        flags = package.flags("memgov-static")
        package.build("never.so", CONSUMER / "consumer.c", "-shared", "-fPIC", status=1, libraries=flags)
        self.assertIn(".preinit_array", package.said)


class CompanyTest(unittest.TestCase):
    """More than one allocator in a process: one serves, at most one line, and the calls reach the one that serves."""

    def test_linked_and_preloaded(self) -> None:
        """Either way, with the same object and with another engine's."""
        arena, system = (str(package.lib / name) for name in ("libmemgov.so", "libmemgov-system.so"))
        for name, preload, engine, lines in (
            ("memgov", arena, "arena", 0),  # the loader takes one for the other
            ("memgov", system, "system", 1),
            ("memgov-static", arena, "arena", 1),
            ("memgov-static", system, "arena", 1),
        ):
            for define in ((), ("-UMEMGOV_LINKED",)):  # bound by the linker; looked up at run time
                flags = [*package.flags(name), *define]
                program = package.build("preloaded", CONSUMER / "consumer.cc", libraries=flags)
                got = run(program, LD_PRELOAD=preload)
                self.assertRegex(got.stdout, rf"^\d+\.\d+\.\d+ {engine} serves=1 saw=1\n$", (name, preload))
                self.assertEqual(len(messages(got)), lines, (name, preload, got.stderr))

    def test_shared_beside_another(self) -> None:
        """The one that comes first on the linker's line serves; one line says who."""
        jemalloc = peer("libjemalloc")
        if jemalloc is None:
            self.skipTest("no libjemalloc here")
        memgov, other = package.flags("memgov"), [str(jemalloc)]
        for flags, serves in (([*memgov, *other], 1), ([*other, *memgov], 0)):
            got = run(package.build("beside", CONSUMER / "consumer.cc", "-Wl,--no-as-needed", libraries=flags))
            self.assertIn(f"serves={serves}", got.stdout)
            self.assertEqual(len(messages(got)), 1, got.stderr)
            self.assertIn("libjemalloc", got.stderr)

    def test_sanitizers(self) -> None:
        """AddressSanitizer and ThreadSanitizer serve; one line says so; the calls say that memgov does not serve."""
        for sanitizer in ("address", "thread"):
            for name in ("memgov", "memgov-static"):
                flags = [f"-fsanitize={sanitizer}", *package.flags(name)]
                program = package.build("sanitized-by-flag", CONSUMER / "consumer.cc", libraries=flags)
                got = run(program, status=None)
                if "unexpected memory mapping" in got.stderr:  # the runtime's own, on some kernels
                    continue
                self.assertIn("serves=0", got.stdout, got.stderr)
                self.assertEqual(len(messages(got)), 1, got.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
