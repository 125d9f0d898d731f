"""The tokio gateway with memgov as its global allocator: its figures, its pools, admission under a tight budget."""

import json
import pathlib
import re

import gateways
import harness

BUDGET = 96 << 20


def peak_resident_bytes(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status).group(1)) << 10


class Linked(gateways.GatewayTest):
    def figures(self):
        return json.loads(self.fetch("/memory"))

    def test_allocations_are_memgovs(self):
        self.start_gateway(preload=False)
        self.assert_answers()
        before = self.figures()["allocated_bytes"]
        answered, other = gateways.requests(self.load(messages=3300, connections=48, seconds=2))
        self.assertGreater(answered, 20)
        self.assertEqual(other, 0)
        self.assertGreater(self.figures()["allocated_bytes"] - before, answered * 3300 * gateways.MESSAGE_BYTES)
        harness.wait_until(lambda: self.figures()["admitted_bytes"] == 0, 20, "the end of all admitted work")
        self.assert_listed("arena")
        pools = {row["pool"] for row in self.tool("stat", self.gateway.pid)["pools"]}
        self.assertLessEqual({"parse", "describe"}, pools)
        self.report_idle()

    def test_overload_is_answered_503(self):
        """Ten times what the budget holds: some are served, the others told so, and it lives and recovers."""
        # docs/rust.md: Rust aborts where an allocation fails.
        gateway = self.start_gateway(preload=False, MEMGOV_BUDGET=str(BUDGET), MEMGOV_ON_HARD="ignore")
        head = self.announce(BUDGET)
        self.assertTrue(head.startswith("HTTP/1.1 503"), head)
        self.assertIn("\r\nretry-after: 1\r\n", head.lower())
        answered, turned_away = gateways.requests(self.load(messages=33000, connections=64, seconds=4))
        self.assertGreater(turned_away, 0)
        self.assertGreater(answered - turned_away, 0)
        self.assertIsNone(gateway.poll(), self.stderr_path.read_text())
        harness.wait_until(lambda: self.figures()["admitted_bytes"] == 0, 20, "the end of all admitted work")
        # By admission alone: nothing was refused. A quarter for what the program is, and what was guessed too low.
        self.assertLess(peak_resident_bytes(gateway.pid), BUDGET + BUDGET // 4)
        harness.wait_until(lambda: self.figures()["rung"] == "Normal", 20, "the normal rung")
        self.assert_answers()
        stat = self.tool("stat", gateway.pid)
        self.assertEqual(stat["refused_allocations_total"], 0)
        self.assertGreater(stat["rejections_total"] + stat["deferrals_total"], 0)
        print(f"{answered} answers, {turned_away} of them 503; RSS {stat['resident_bytes'] >> 10} KiB afterwards")

    def test_clients_that_go_give_their_reservation_back(self):
        self.start_gateway(preload=False, MEMGOV_BUDGET=str(BUDGET))
        clients = [gateways.socket.create_connection(("127.0.0.1", self.port), timeout=20) for _ in range(3)]
        for client in clients:
            client.sendall(b"POST /chat HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n{")
        harness.wait_until(lambda: self.figures()["admitted_bytes"] == 3 * 16_000_000, 20, "three reservations")
        for client in clients:
            client.close()
        harness.wait_until(lambda: self.figures()["admitted_bytes"] == 0, 20, "all given back")


if __name__ == "__main__":
    gateways.main()
