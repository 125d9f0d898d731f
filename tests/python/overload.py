"""More load than fits: with admission the gateway answers 503 and recovers, without it, it dies or exceeds.

The same load in every run: 48 clients that post 1 MB each, whose answers take half a second. Under glibc the
gateway grows beyond 250 MB; the budget is 160 MB.
"""

import signal
import time

import gateways
import harness
import load
import memory_cgroup
from gateways import CHAT, chat_body

MIB = 1 << 20
BUDGET_BYTES = 160 * MIB
PLAN = load.Plan(connections=48, body_bytes=MIB, ramp_seconds=0.3, hold_seconds=1.5, path=CHAT)
SETTINGS = {"GATEWAY_UPSTREAM_MS": "500", "GATEWAY_LONGEST_WAIT_MS": "1000"}
# The machine's own pressure, of whatever else runs on it, is left out.
LIMITED = {"MEMGOV_BUDGET": str(BUDGET_BYTES), "MEMGOV_PRESSURE": "off"}
# What a Python process may hold above its start after it has served: its own arenas, the session cache.
RECOVERED_BYTES = 40 * MIB


class OverloadTest(gateways.GatewayTest):
    def overload(self, gateway):
        """(the load's tally, the highest RSS seen); ends early when the gateway dies."""
        traffic, peak = load.Load(gateway.port, PLAN), 0
        traffic.start()
        while traffic.running():
            if gateway.process.poll() is not None:
                traffic.stop()
            else:
                peak = max(peak, gateways.rss_bytes(gateway.pid))
            time.sleep(0.02)
        return traffic.tally, peak

    def assert_overload_is_survived(self, gateway):
        """503s, no broken connection; then everything is served again, and the memory is back."""
        self.assertEqual(gateway.ask(CHAT, chat_body())[0], 200)
        base = gateways.rss_bytes(gateway.pid)
        tally, peak = self.overload(gateway)
        self.report(
            f"served {len(tally.served)}, refused {tally.refused}, peak {peak // MIB} MB, base {base // MIB}"
        )
        self.assertIsNone(gateway.process.poll(), gateway.stderr())
        self.assertGreater(tally.refused, 0)
        self.assertGreater(len(tally.served), 0)
        self.assertEqual(tally.broken, 0)
        harness.wait_until(
            lambda: gateway.ask(CHAT, chat_body())[0] == 200, 20, "served again after the overload"
        )
        self.assertEqual([gateway.ask(CHAT, chat_body())[0] for _ in range(10)], [200] * 10)
        harness.wait_until(
            lambda: gateways.rss_bytes(gateway.pid) < base + RECOVERED_BYTES, 20, "the memory is given back"
        )
        self.report(f"afterwards {gateways.rss_bytes(gateway.pid) // MIB} MB")
        return tally, peak

    def report(self, line):
        print(f"\n{self.id().split('.')[-1]}: {line}", flush=True)


class BudgetTest(OverloadTest):
    """Needs no rights."""

    def test_with_admission(self):
        gateway = self.start(**LIMITED, **SETTINGS)
        _, peak = self.assert_overload_is_survived(gateway)
        self.assertLess(peak, BUDGET_BYTES)
        self.assertEqual(gateway.stats()["budget"]["admitted_bytes"], 0)
        self.assert_stops_cleanly(gateway)

    def test_refusals(self):
        gateway = self.start(**LIMITED, **SETTINGS)
        self.assert_refuses(gateway)
        self.assertEqual(gateway.ask("/healthz")[0], 200)
        self.assertEqual(gateway.stats()["budget"]["admitted_bytes"], 0)


class ControlTest(OverloadTest):
    """The load is one that needs admission."""

    def test_glibc_exceeds(self):
        gateway = self.start(preload=False, **SETTINGS)
        tally, peak = self.overload(gateway)
        self.report(f"glibc: served {len(tally.served)}, refused {tally.refused}, peak {peak // MIB} MB")
        self.assertEqual(tally.refused, 0)
        self.assertGreater(peak, BUDGET_BYTES)


class CgroupTest(OverloadTest):
    """In a container of the budget's size, found by memgov itself."""

    def setUp(self):
        super().setUp()
        try:
            self.cgroup = memory_cgroup.MemoryCgroup(BUDGET_BYTES)
        except memory_cgroup.NotAllowed as reason:
            self.skipTest(str(reason))
        self.addCleanup(self.cgroup.remove)

    def test_with_admission(self):
        gateway = self.start(within=self.cgroup.enter_command, **SETTINGS)
        self.assert_overload_is_survived(gateway)
        self.assertEqual(self.cgroup.oom_kills(), 0)

    def test_control_glibc_dies(self):
        gateway = self.start(within=self.cgroup.enter_command, preload=False, **SETTINGS)
        self.overload(gateway)
        self.assertEqual(gateway.process.wait(20), -signal.SIGKILL)
        self.assertGreater(self.cgroup.oom_kills(), 0)


if __name__ == "__main__":
    gateways.need("fastapi", "uvicorn")
    harness.main()
