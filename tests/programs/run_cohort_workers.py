"""Workers that share a container of 512 MB: cohort_workers in a memory cgroup of that size.

  run_cohort_workers.py <preloadable object> <cohort_workers> [seconds]

`seconds` is how long a worker may wait for its room; the promise is 3, the default is for slow machines.
"""

import pathlib
import signal
import sys

import harness
import memory_cgroup

LIMIT_BYTES = 512 << 20
# Closer than this the limit was met: charges are made ahead, up to 64 pages per CPU.
MARGIN_BYTES = 1 << 20
SECONDS = "8"
PROGRAM = ""


class CohortTest(harness.ProgramTest):
    def run_in_limit(self, start):
        with memory_cgroup.MemoryCgroup(LIMIT_BYTES) as cgroup:
            command = cgroup.enter_command([PROGRAM, start, SECONDS])
            status, out, err = self.run_program(
                command, preload=True, seconds=240, MEMGOV_DIR=str(self.folder)
            )
            print(f"\n{out}{err}peak {cgroup.peak_bytes() >> 20} MB of {LIMIT_BYTES >> 20}")
            self.assertEqual(cgroup.oom_kills(), 0)
            self.assertEqual(status, 0)
            self.assertEqual(cgroup.failed_charges(), 0)
            self.assertLess(cgroup.peak_bytes(), LIMIT_BYTES - MARGIN_BYTES)

    def test_forked_workers(self):
        self.run_in_limit("fork")

    def test_workers_of_their_own_program(self):
        self.run_in_limit("exec")


if __name__ == "__main__":
    if len(sys.argv) < 3 or not pathlib.Path(sys.argv[2]).is_file():
        sys.exit(f"usage: {sys.argv[0]} <preloadable object> <cohort_workers> [seconds]")
    PROGRAM = str(pathlib.Path(sys.argv.pop(2)).resolve())
    if len(sys.argv) > 2 and sys.argv[2].isdigit():
        SECONDS = sys.argv.pop(2)
    # So that the workers and the cgroup go, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        memory_cgroup.MemoryCgroup(LIMIT_BYTES).remove()
    except memory_cgroup.NotAllowed as reason:
        harness.skip(reason)
    harness.main()
