"""Small blocks up to a container's limit: the program is told, not killed.

  run_fill_with_small.py <preloadable object> <fill_with_small>
"""

import pathlib
import signal
import sys

import harness
import memory_cgroup

LIMIT_BYTES = 128 << 20
# What the program must get of it: the rest is stacks, page tables, headers, the reserve for error paths.
LEAST_SHARE = 0.8
PROGRAM = ""


class FillTest(harness.ProgramTest):
    def fill(self, threads, block_bytes):
        with memory_cgroup.MemoryCgroup(LIMIT_BYTES) as cgroup:
            command = cgroup.enter_command([PROGRAM, str(threads), str(block_bytes)])
            status, out, err = self.run_program(
                command, preload=True, seconds=180, MEMGOV_DIR=str(self.folder)
            )
            self.assertEqual((status, cgroup.oom_kills()), (0, 0), err)
            self.assertGreater(int(out), LIMIT_BYTES * LEAST_SHARE)

    def test_one_thread(self):
        self.fill(1, 256)

    def test_more_threads_than_processors(self):
        self.fill(24, 256)

    def test_larger_blocks(self):
        self.fill(24, 3000)


if __name__ == "__main__":
    if len(sys.argv) < 3 or not pathlib.Path(sys.argv[2]).is_file():
        sys.exit(f"usage: {sys.argv[0]} <preloadable object> <fill_with_small>")
    PROGRAM = str(pathlib.Path(sys.argv.pop(2)).resolve())
    # So that the program and the cgroup go, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        memory_cgroup.MemoryCgroup(LIMIT_BYTES).remove()
    except memory_cgroup.NotAllowed as reason:
        harness.skip(reason)
    harness.main()
