"""The watcher: says when a preload did not take, is nobody's child, and keeps nobody waiting."""

import os
import platform
import shutil
import subprocess
import time

import launching
import support
from launching import PYTHON

DEAF_LOADER = """
void _start(void) {
  char* words[] = {"/bin/sleep", "1", 0};
  char* none[] = {0};
  long result = 59; /* execve */
  __asm__ volatile("syscall" : "+a"(result) : "D"(words[0]), "S"(words), "d"(none) : "rcx", "r11", "memory");
  __builtin_trap();
}
"""

CHILDREN = """
import os, time
time.sleep(1)
try:
    os.waitpid(-1, os.WNOHANG)
    print("has children")
except ChildProcessError:
    print("has none")
"""


class Watching(launching.LaunchTest):
    def test_says_that_it_did_not_take(self):
        if not shutil.which("gcc") or platform.machine() != "x86_64":
            self.skipTest("needs gcc, and a loader in x86-64 code")
        # A loader of a name like glibc's, which takes no notice of LD_PRELOAD: it runs another program, without.
        loader = self.path("ld-linux-deaf.so")
        code = self.write("loader.c", DEAF_LOADER)
        flags = ["-O1", "-fPIE", "-static-pie", "-nostdlib", "-ffreestanding", "-mgeneral-regs-only"]
        subprocess.run(["gcc", *flags, "-o", loader, code], check=True)
        program = self.write("main.c", "int main(void) { return 0; }")
        subprocess.run(
            ["gcc", f"-Wl,--dynamic-linker={loader}", "-o", self.path("program"), program], check=True
        )
        finished = self.memgov("run", "--", self.path("program"))
        self.assertEqual(finished.returncode, 0, finished.stderr)
        self.assertRegex(finished.stderr, r"\Amemgov: .*program \(process \d+\) runs without .*libmemgov\.so: ")

    def test_is_not_the_commands_child(self):
        finished = self.memgov("run", "--", PYTHON, "-c", CHILDREN)
        self.assertEqual(finished.stdout, "has none\n")

    def test_nothing_waits_for_it(self):
        # Ten in a row: were standard error held for two seconds each, that would be twenty.
        begun = time.monotonic()
        for _ in range(10):
            subprocess.run(
                f"{support.TOOL} run -- /bin/true 2>&1 | cat",
                shell=True,
                env=launching.clean(MEMGOV_DIR=self.folder),
                check=True,
                timeout=60,
            )
        self.assertLess(time.monotonic() - begun, 18)

    def test_ends_with_the_command(self):
        self.memgov("run", "--", "/bin/true")
        support.wait_for(lambda: not watchers(), "the watcher's end")

    def test_process_1_of_a_container(self):
        finished = self.container("run", "--verbose", "--", PYTHON, "-c", "import os; print(os.getpid())")
        self.assertEqual(finished.stdout, "1\n", finished.stderr)
        self.assertIn("its loader has named the object", finished.stderr)

    def test_process_1_refuses_what_its_loader_refuses(self):
        folder = self.path("broken")
        os.mkdir(folder)
        self.write("broken/libmemgov.so", "no object at all")
        finished = self.container("run", "--", "/bin/true", environment={"MEMGOV_LIBRARY_DIR": folder})
        self.assertEqual(finished.returncode, 126, finished)
        self.assertRegex(finished.stderr, r"memgov: /bin/true: its loader does not load .*libmemgov\.so: ")

    def container(self, *arguments, environment=None):
        """Runs the tool as process 1 of a pid namespace."""
        command = ["unshare", "--pid", "--fork", "--mount-proc", support.TOOL, *arguments]
        probe = subprocess.run([*command[:4], "true"], capture_output=True)
        if probe.returncode != 0:
            self.skipTest("no pid namespace to be had here")
        return subprocess.run(
            command,
            env={**launching.clean(MEMGOV_DIR=self.folder), **(environment or {})},
            capture_output=True,
            text=True,
            timeout=60,
        )


def watchers():
    found = []
    for name in os.listdir("/proc"):
        try:
            with open(f"/proc/{name}/comm") as comm:
                if comm.read() == "memgov-watch\n":
                    found.append(name)
        except OSError:
            continue
    return found


if __name__ == "__main__":
    launching.main()
