"""The tokio gateway as it is, under each engine: real requests, load, what the memgov tool sees."""

import os
import urllib.error

import gateways


class Preloaded(gateways.GatewayTest):
    def test_load(self):
        self.start_gateway(preload=True)
        self.assert_answers()
        with self.assertRaisesRegex(urllib.error.HTTPError, "400"):
            self.fetch("/chat", b"no json")
        before = self.allocated()
        answered, other = gateways.requests(self.load(messages=3300, connections=48, seconds=2))
        self.assertGreater(answered, 20)
        self.assertEqual(other, 0)
        # Bodies alone; the parsed documents come on top.
        self.assertGreater(self.allocated() - before, answered * 3300 * gateways.MESSAGE_BYTES)
        self.assert_listed(os.environ["MEMGOV_TEST_ENGINE"])
        self.report_idle()
        self.assert_answers()

    def allocated(self):
        """By the process itself, over its control socket."""
        return self.tool("stat", self.gateway.pid)["allocated_bytes_total"]


if __name__ == "__main__":
    gateways.main()
