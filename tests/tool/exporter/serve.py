"""The exporter as a server: what is on its page, how it ends, what it says to bad input."""

import os
import shutil
import signal
import socket
import subprocess
import unittest

from running import ExporterTest, Page
from support import wait_for

MIB = 1 << 20
NOBODY = 65534


class Serve(ExporterTest):
    def test_figures_of_two_of_the_same_command(self):
        first, second = self.governed(), self.governed(MEMGOV_BUDGET="300M")
        first.say("hold io 64")
        _, base = self.exporter()

        def loaded():
            page = self.page(base)
            return (
                page
                if page.values(
                    "memgov_live_bytes",
                    pid=str(first.pid),
                )[0]
                > 60 * MIB
                else None
            )

        page = wait_for(loaded, "64 MiB in the segment")
        self.assertLess(page.value("memgov_live_bytes", pid=str(second.pid)), 8 * MIB)
        self.assertEqual(page.value("memgov_hard_budget_bytes", pid=str(second.pid)), 300 * MIB)
        self.assertEqual(page.value("memgov_hard_budget_bytes", pid=str(first.pid)), float("inf"))
        self.assertEqual(page.families["memgov_trims_total"][0], "counter")
        self.assertEqual(len(page.values("memgov_trims_total", pid=str(first.pid), reason="soft")), 1)
        self.assertGreater(page.value("memgov_process_resident_bytes", pid=str(first.pid)), 64 * MIB)
        self.assertGreater(
            page.value("memgov_process_minor_page_faults_total", pid=str(first.pid)), 64 * MIB / 4096 / 2
        )
        self.assertEqual(page.value("memgov_info", pid=str(first.pid), engine="arena"), 1)
        self.assertEqual(page.values("memgov_process_proportional_bytes", pid=str(first.pid)), [])
        self.assertGreaterEqual(page.value("memgov_exporter_processes"), 2)

    def test_pools_have_a_label(self):
        subject = self.governed(MEMGOV_POOLS="io-*=io")
        subject.say("hold io 64")
        held = lambda: self.once().values("memgov_pool_live_bytes", pid=str(subject.pid), pool="io")
        wait_for(lambda: held() and held()[0] > 40 * MIB, "pool io in the segment")

    def test_a_stopped_process_is_read_all_the_same(self):
        subject = self.governed()
        subject.process.send_signal(signal.SIGSTOP)
        page = self.once("--pss")
        self.assertGreater(page.value("memgov_process_proportional_bytes", pid=str(subject.pid)), 0)
        self.assertEqual(len(page.values("memgov_live_bytes", pid=str(subject.pid))), 1)
        subject.process.send_signal(signal.SIGCONT)

    def test_one_that_ended_is_gone_from_the_page(self):
        subject = self.governed()
        _, base = self.exporter()
        self.assertEqual(len(self.page(base).values("memgov_info", pid=str(subject.pid))), 1)
        subject.stop()
        self.assertEqual(self.page(base).values("memgov_info", pid=str(subject.pid)), [])

    def test_filter(self):
        subject = self.governed()
        self.assertEqual(
            len(self.once("--filter", "tool_sub*").values("memgov_info", pid=str(subject.pid))), 1
        )
        self.assertEqual(
            self.once("--filter", "nginx", "--filter", "redis*").values("memgov_exporter_processes"), [0]
        )

    @unittest.skipUnless(os.geteuid() == 0, "needs root to become another user")
    def test_nothing_of_another_user(self):
        subject = self.governed()
        os.chmod(self.folder, 0o755)
        try:
            finished = self.tool("exporter", "--once", user=NOBODY, group=NOBODY, extra_groups=[], cwd="/")
        except PermissionError:
            self.skipTest("the tool lies where no other user reaches it")
        self.assertEqual(finished.returncode, 0, finished.stderr)
        self.assertEqual(Page(finished.stdout).values("memgov_info", pid=str(subject.pid)), [])
        self.assertEqual(self.once().value("memgov_info", pid=str(subject.pid)), 1)

    def test_damaged_files_are_counted_and_named(self):
        subject = self.governed()
        before = self.once().value("memgov_exporter_unreadable")
        path = os.path.join(self.folder, f"memgov-{os.geteuid()}", f"{subject.pid}.stats")
        with open(path, "rb") as file:
            whole = file.read()
        for damaged in (b"", whole[:100], b"<script>" * 200, whole[:64] + b"\xff" * (len(whole) - 64)):
            with open(path + ".new", "wb") as file:
                file.write(damaged)
            os.chmod(path + ".new", 0o600)
            os.rename(path + ".new", path)
            page = self.once()
            self.assertEqual(page.value("memgov_exporter_unreadable"), before + 1)
            self.assertEqual(page.values("memgov_live_bytes", pid=str(subject.pid)), [])
        _, base = self.exporter()
        _, content_type, text = self.get(base + "/")
        self.assertEqual(content_type, "text/html; charset=utf-8")
        self.assertIn(os.path.basename(path), text)

    def test_pages_and_paths(self):
        _, base = self.exporter()
        self.assertEqual(self.get(base + "/-/healthy"), (200, "text/plain; charset=utf-8", "ok\n"))
        self.assertIn('href="/metrics"', self.get(base + "/")[2])
        for path in ("/nothing", "/../etc/passwd", "/metrics/"):
            self.assertEqual(self.get(base + path)[0], 404)

    def test_ends_with_a_signal(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            process, base = self.exporter()
            self.page(base)
            with socket.create_connection(base.removeprefix("http://").split(":")):  # one that says nothing
                process.send_signal(number)
                self.assertEqual(process.wait(timeout=30), 0)

    def test_a_port_in_use(self):
        _, base = self.exporter()
        finished = self.tool("exporter", "--listen", base.removeprefix("http://"))
        self.assertEqual(finished.returncode, 5)
        self.assertIn("the port is in use", finished.stderr)
        self.assertEqual(finished.stderr.count("\n"), 1)

    def test_bad_input_is_one_line_that_names_it(self):
        for arguments, status, words in (
            (["--listen", "9999"], 2, ['"9999"', "ADDRESS:PORT"]),
            (["--listen", "127.0.0.1:99999"], 2, ['"127.0.0.1:99999"']),
            (["--listen", "300.1.1.1:0"], 2, ["300.1.1.1"]),
            (["--listen", "192.0.2.1:0"], 2, ["192.0.2.1", "not an address of this machine"]),
            (["--once", "--listen", "127.0.0.1:0"], 2, ["--once"]),
            (["--interval", "5s"], 2, ["--interval"]),
            (["--textfile", "/dev/null/x.prom"], 2, ["/dev/null/x.prom"]),
            (["--textfile", "x.prom", "--interval", "soon"], 2, ['soon', "1h"]),
        ):
            finished = self.tool("exporter", *arguments)
            self.assertEqual(finished.returncode, status, (arguments, finished.stderr))
            self.assertEqual(finished.stderr.count("\n"), 1, finished.stderr)
            for word in words:
                self.assertIn(word, finished.stderr)

    def test_help_names_every_option(self):
        text = self.tool("exporter", "--help").stdout
        for option in (
            "--listen",
            "127.0.0.1:10646",
            "--textfile",
            "--interval",
            "--once",
            "--pss",
            "--filter",
        ):
            self.assertIn(option, text)

    @unittest.skipUnless(shutil.which("promtool"), "promtool is not installed")
    def test_promtool_has_nothing_to_say_of_the_page(self):
        self.governed()
        checked = subprocess.run(
            ["promtool", "check", "metrics"],
            input=self.once("--pss").text,
            capture_output=True,
            text=True,
            timeout=60,
        )
        self.assertEqual((checked.returncode, checked.stdout + checked.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
