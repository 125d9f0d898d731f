"""Two hundred governed processes."""

import os
import resource
import time
import unittest

from segments import Sleepers, renamed
from support import ToolTest

COUNT = 200
ROUNDS = 9


class Many(ToolTest):
    def spent(self):
        """CPU seconds of programs that have ended."""
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    def test_ps_of_two_hundred(self):
        subject = self.start()
        self.wait_until_listed(subject)
        folder = os.path.join(self.folder, f"memgov-{os.geteuid()}")
        with open(os.path.join(folder, f"{subject.pid}.stats"), "rb") as file:
            segment = file.read()
        sleepers = Sleepers(COUNT)
        self.addCleanup(sleepers.stop)
        for pid in sleepers.pids:
            with open(
                os.path.join(folder, f"{pid}.stats"), "wb", opener=lambda path, flags: os.open(path, flags, 0o600)
            ) as file:
                file.write(renamed(segment, pid))
        begin, spent = time.monotonic(), self.spent()
        for _ in range(ROUNDS):
            finished = self.tool("ps")
        wall = (time.monotonic() - begin) / ROUNDS
        cpu = (self.spent() - spent) / ROUNDS
        print(f"ps of {COUNT} processes: {wall * 1000:.0f} ms, {cpu * 1000:.0f} ms of CPU time")
        listed = {int(line.split()[0]) for line in finished.stdout.splitlines()[1:]}
        self.assertEqual(set(sleepers.pids) - listed, set())
        frame = self.tool("top", "-n", "1").stdout
        self.assertGreaterEqual(len(frame.splitlines()), COUNT)


if __name__ == "__main__":
    unittest.main()
