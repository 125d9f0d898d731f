"""Debian 11's programs on its glibc 2.31, out of a folder that fetch_old_libc.sh filled, under the object."""

import os
import pathlib

import harness

FOLDER = pathlib.Path(os.environ.get("OLD_LIBC_FOLDER", "")).resolve()
ROOT = FOLDER / "root"

PYTHON = """
import hashlib, os, pickle, threading
results = []
def work(number):
    text = pickle.dumps([{"n": i, "text": "x" * (i % 700)} for i in range(number, number + 500)])
    results.append(hashlib.md5(repr(pickle.loads(text)).encode()).hexdigest())
threads = [threading.Thread(target=work, args=(n,)) for n in range(24)]
[thread.start() for thread in threads]
statuses = []
for number in range(20):
    child = os.fork()
    if child == 0:
        os._exit(len([bytes(n) for n in range(0, 5000, 50)]))
    statuses.append(os.waitpid(child, 0)[1] >> 8)
[thread.join() for thread in threads]
print(os.confstr("CS_GNU_LIBC_VERSION"), sorted(results), statuses)
"""

PERL = """
my %count; $count{$_ * 7919 % 3001} .= "x" x ($_ % 50) for 1 .. 100000;
my $status = ""; for (1 .. 20) { my $child = fork(); exit($_) unless $child; waitpid($child, 0); $status .= $? >> 8 }
print scalar(keys %count), " ", length(join "", values %count), " $status\\n";
"""

BASH = 'for i in {1..3000}; do t+=$i; a[i]=$(( i * i )); done; (echo "${#t} ${#a[@]}"); [[ $(echo sub) == sub ]] && echo ok'


def old(program, *arguments):
    """The command that runs a program of the folder on the folder's libc."""
    libraries = [ROOT / "lib/x86_64-linux-gnu", ROOT / "usr/lib/x86_64-linux-gnu"]
    loader = ROOT / "lib/x86_64-linux-gnu/ld-2.31.so"
    return [str(loader), "--library-path", ":".join(map(str, libraries)), str(ROOT / program), *arguments]


class OldLibcTest(harness.ProgramTest):
    def test_object_is_mapped(self):
        self.assert_maps_object(old("bin/cat"))

    def test_python(self):
        home = {"PYTHONHOME": str(ROOT / "usr")}
        out = self.assert_same(old("usr/bin/python3.9", "-S", "-c", PYTHON), **home)
        self.assertIn("glibc 2.31", out)

    def test_perl(self):
        self.assert_same(old("usr/bin/perl", "-e", PERL))

    def test_bash(self):
        self.assertIn("ok", self.assert_same(old("bin/bash", "-c", BASH)))

    def test_coreutils(self):
        numbers = "".join(f"{n * 7919 % 100003}\n" for n in range(100000))
        self.assert_same(old("usr/bin/sort", "-n", "--parallel=4"), text=numbers)
        self.assert_same(old("bin/ls", "-lR", str(ROOT / "usr/share")))
        self.assert_same(old("usr/bin/md5sum"), text=numbers)


if __name__ == "__main__":
    if not (FOLDER / "complete").exists():
        harness.skip(f"no Debian 11 libc in {FOLDER}; tests/frame/fetch_old_libc.sh gets it")
    harness.main()
