"""A wall clock that jumps moves no deadline: neither the length of a run nor the patience with a process."""

import json
import shutil
import subprocess

import launching
from launching import PYTHON

# Whoever asks for the wall clock finds it an hour away from where the last one found it.
CLOCK = """
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
static long asked;
int clock_gettime(clockid_t clock, struct timespec *now) {
  int result = syscall(SYS_clock_gettime, clock, now);
  if (clock == CLOCK_REALTIME) now->tv_sec += STEP * __atomic_add_fetch(&asked, 1, __ATOMIC_RELAXED);
  return result;
}
"""


class Clock(launching.LaunchTest):
    def clock(self, step):
        if not shutil.which("gcc"):
            self.skipTest("no gcc")
        source = self.write("clock.c", CLOCK)
        built = self.path(f"clock{step}.so")
        subprocess.run(["gcc", "-shared", "-fPIC", f"-DSTEP={step}", "-o", built, source], check=True)
        return {"LD_PRELOAD": built}

    def measured(self, step):
        finished = self.memgov(
            "check", "--max-rss", "1G", "--seconds", "1500ms", "--json", "--", "sleep", "60",
            environment=self.clock(step),
        )  # fmt: skip
        self.assertEqual(finished.returncode, 0, finished)
        return json.loads(finished.stdout)["measured"]

    def test_forward(self):
        measured = self.measured(3600)
        self.assertGreater(measured["seconds"], 1.4)
        self.assertIsNotNone(measured["last_bytes"])

    def test_backward(self):
        # It ends at all.
        self.assertEqual(self.measured(-3600)["status"], "SIGTERM")

    def test_settling_and_the_load(self):
        finished = self.memgov(
            "try", "--runs", "1", "--ready", "300ms", "--settle", "300ms", "--load", "sleep 0.5", "--json", "--",
            PYTHON, "-c", "import time; time.sleep(60)",
            environment=self.clock(3600),
        )  # fmt: skip
        self.assertEqual(finished.returncode, 0, finished)
        for side in ("without", "memgov"):
            run = json.loads(finished.stdout)[side]["runs"][0]
            self.assertEqual(run["load_status"], "0")
            self.assertGreater(run["seconds"], 1.0)

    def test_patience_with_a_process_that_takes_its_time(self):
        subject = self.start()
        self.wait_until_listed(subject)
        finished = self.memgov("release", subject.pid, "--json", environment=self.clock(3600))
        self.assertEqual(finished.returncode, 0, finished)


if __name__ == "__main__":
    launching.main()
