"""What the object costs a short process at most: private memory, and no thread.

The time it costs is measured in benchmarks/micro/startup.py.
"""

import os
import pathlib
import statistics
import sys

import harness

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "benchmarks" / "micro"))
import at_exit  # pylint: disable=wrong-import-position

MIB = 1 << 20
# libmimalloc brings pages of its own: 0.3 MiB measured.
ALLOWED_OVER_GLIBC = 1 * MIB
RUNS = 9
COMMANDS = (["true"], ["sh", "-c", "true"], ["ls", "/"])


class StartupTest(harness.ProgramTest):
    def private_bytes(self, command, preload):
        looks = [at_exit.look(command, harness.environment(preload)) for _ in range(RUNS)]
        for look in looks:
            self.assertEqual(look.status, 0)
            self.assertEqual(look.threads, 1, "a short process has a governor")
            self.assertEqual(os.path.realpath(harness.OBJECT) in look.maps, preload)
        return statistics.median(look.private_bytes for look in looks)

    def test_short_processes_stay_small(self):
        for command in COMMANDS:
            over = self.private_bytes(command, True) - self.private_bytes(command, False)
            print(f"{' '.join(command)}: {over / 1024:.0f} KiB over glibc")
            self.assertLessEqual(over, ALLOWED_OVER_GLIBC, command)


if __name__ == "__main__":
    try:
        at_exit.look(["true"], harness.environment())
    except OSError as error:
        harness.skip(f"ptrace does not work here: {error}")
    harness.main()
