"""What memgov would likely return of an ungoverned gateway's memory, against what it then does."""

import time
import unittest

from servers import gateway
from support import ToolTest

BOUND = 0.25


class Estimate(ToolTest):
    def at_rest(self, governed):
        """A gateway whose memory no longer changes, a while after the same load."""
        server = gateway(self.folder, governed, seconds=4)
        self.addCleanup(server.stop)
        before = 0
        for _ in range(100):
            time.sleep(0.3)
            now = server.resident_bytes()
            if abs(now - before) < 256 << 10:
                return server, now
            before = now
        self.fail("its memory does not come to rest")

    def test_gateway(self):
        ungoverned, glibc_bytes = self.at_rest(governed=False)
        said = self.tool_json("explain", ungoverned.pid, "--json", "--watch", "0")["would_return"]
        self.assertTrue(said["known"], said)
        ungoverned.stop()
        _, governed_bytes = self.at_rest(governed=True)
        saved = glibc_bytes - governed_bytes
        print(f"said {said['likely_bytes'] >> 10} KB, saved {saved >> 10} KB")
        self.assertGreater(saved, 20 << 20)
        self.assertAlmostEqual(said["likely_bytes"], saved, delta=BOUND * saved)
        self.assertLessEqual(said["low_bytes"], said["likely_bytes"])
        self.assertLessEqual(said["likely_bytes"], said["high_bytes"])


if __name__ == "__main__":
    unittest.main()
