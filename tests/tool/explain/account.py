"""The parts of the account add up to the RSS that the kernel has, governed and not, on real servers."""

import unittest

from servers import SERVERS
from support import ToolTest

NEAR = 0.03


class Account(ToolTest):
    def explain(self, name, governed):
        server = SERVERS[name](self.folder, governed)
        if server is None:
            self.skipTest(f"{name} is not installed")
        self.addCleanup(server.stop)
        said = self.tool_json("explain", server.pid, "--json", "--watch", "1")
        return said, server.resident_bytes()

    def check(self, name, governed):
        said, resident = self.explain(name, governed)
        self.assertEqual(said["governed"], governed)
        summed = sum(part["bytes"] for part in said["parts"]) + said["not_accounted_bytes"]
        self.assertEqual(summed, said["resident_bytes"])
        self.assertAlmostEqual(summed, resident, delta=NEAR * resident)
        self.assertLess(said["not_accounted_bytes"], NEAR * resident, said["parts"])
        self.assertGreaterEqual(len(said["parts"]), 5)
        self.assertLessEqual(said["proportional_bytes"], said["resident_bytes"])
        self.assertGreater(said["reserved_bytes"] + said["virtual_bytes"], said["resident_bytes"])
        return said

    def test_gateway(self):
        said = self.check("gateway", governed=False)
        self.assertEqual(said["allocator"], "glibc")
        free = sum(part["bytes"] for part in said["parts"] if part["free"])
        self.assertGreater(free, said["resident_bytes"] / 2, "the load is over, glibc keeps what it took")
        pools = {pool["pool"]: pool for pool in said["pools"]}
        self.assertEqual(pools["parse-pool"]["threads"], 148)
        self.assertEqual(pools["parse-pool"]["parked_threads"], 148)
        self.assertGreater(pools["parse-pool"]["stack_bytes"], 148 * 4096)
        self.assertIn("govern", [piece["advice"] for piece in said["advice"]])

    def test_governed_gateway(self):
        said = self.check("gateway", governed=True)
        self.assertEqual(said["engine"], "arena")
        self.assertNotEqual(said["figures"], "none")
        parts = {part["part"]: part["bytes"] for part in said["parts"]}
        self.assertGreater(parts["live"], 0)
        self.assertGreater(parts["metadata"], 0)
        self.assertIn("parse-pool", [pool["pool"] for pool in said["pools"]])

    def test_python(self):
        self.check("python3", governed=False)

    def test_governed_python(self):
        self.check("python3", governed=True)

    def test_nginx(self):
        self.check("nginx", governed=False)

    def test_governed_nginx(self):
        self.check("nginx", governed=True)

    def test_redis(self):
        self.check("redis", governed=False)

    def test_governed_redis(self):
        self.check("redis", governed=True)


if __name__ == "__main__":
    unittest.main()
