"""The project's own build: cmake, ninja, g++ and the linker, with the same result as without the object."""

import pathlib
import subprocess

import harness

SOURCE = pathlib.Path(__file__).resolve().parents[2]


def exports(shared_object):
    listed = subprocess.run(
        ["nm", "-D", "--defined-only", str(shared_object)],
        capture_output=True,
        text=True,
        check=True,
        env=harness.environment(),
    ).stdout
    return sorted(line.split()[-1] for line in listed.splitlines())


class BuildTest(harness.ProgramTest):
    def test_object_is_mapped(self):
        compiler = subprocess.run(
            ["g++", "-print-prog-name=cc1plus"],
            capture_output=True,
            text=True,
            check=True,
            env=harness.environment(),
        ).stdout.strip()
        self.assert_maps_object([compiler, "-quiet", "-", "-o", "/dev/null"])

    def test_same_object_file(self):
        source = self.folder / "json.cc"
        source.write_text(
            "#include <algorithm>\n#include <map>\n#include <regex>\n#include <iostream>\n"
            'int main() { std::map<int, std::string> m; std::regex r("a+");\n'
            "for (int i = 0; i < 9; ++i) m[i] = std::to_string(i);\n"
            "for (auto& [k, v] : m) std::cout << k << std::regex_match(v, r) << v; }\n"
        )
        compile_it = (
            f"g++ -std=c++20 -O2 -c '{source}' -o $$.o && md5sum <$$.o && g++ $$.o -o $$.run && ./$$.run"
        )
        self.assert_same(["sh", "-c", compile_it], seconds=120)

    def test_builds_this_project(self):
        build = self.folder / "build"
        configure = [
            "cmake",
            "-S",
            str(SOURCE),
            "-B",
            str(build),
            "-G",
            "Ninja",
            "-DMEMGOV_DEVELOPER=OFF",
            "-DCMAKE_BUILD_TYPE=Release",
        ]
        status, out, err = self.run_program(configure, preload=True, seconds=120)
        self.assertEqual(status, 0, out + err)
        compile_it = ["cmake", "--build", str(build), "-j", "2", "--target", "memgov-system"]
        status, out, err = self.run_program(compile_it, preload=True, seconds=600)
        self.assertEqual(status, 0, out + err)
        [built] = build.rglob("libmemgov-system.so")
        self.assertIn("malloc", exports(built))
        # What was built under the preload works as one itself.
        done = subprocess.run(
            ["sort", "--version"],
            env=harness.environment(LD_PRELOAD=str(built)),
            text=True,
            capture_output=True,
            timeout=60,
        )
        self.assertEqual((done.returncode, done.stderr), (0, ""))


if __name__ == "__main__":
    harness.need("cmake", "ninja", "g++", "nm")
    harness.main()
