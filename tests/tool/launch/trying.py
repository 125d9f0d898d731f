"""memgov try: the command without and with memgov, and what that changes."""

import json
import os

import launching
from launching import BATCH, PYTHON, SERVER


class Trying(launching.LaunchTest):
    def test_a_batch_command(self):
        finished = self.memgov("try", "--runs", "2", "--json", "--", PYTHON, "-c", BATCH)
        self.assertEqual(finished.returncode, 0, finished.stderr)
        result = json.loads(finished.stdout)
        for side in ("without", "memgov"):
            self.assertEqual(len(result[side]["runs"]), 2)
            self.assertEqual(result[side]["status"], "0")
            self.assertGreater(result[side]["peak_bytes"], 100 << 20)
            self.assertGreater(result[side]["cpu_seconds"], 0)
            self.assertGreater(result[side]["minor_faults"], 1000)
            self.assertGreater(result[side]["seconds"], 1.4)
        self.assertTrue(all(run["governed"] for run in result["memgov"]["runs"]))
        self.assertFalse(any(run["governed"] for run in result["without"]["runs"]))
        # What Python frees, memgov has given back a second later.
        self.assertLess(result["memgov"]["last_bytes"], 40 << 20)

    def test_ten_lines(self):
        finished = self.memgov("try", "--runs", "1", "--", PYTHON, "-c", BATCH, environment={"COLUMNS": "80"})
        lines = finished.stdout.splitlines()
        self.assertEqual(len(lines), 10, finished.stdout)
        self.assertTrue(lines[1].startswith("peak RSS"))
        self.assertTrue(lines[-1].startswith("Verdict: "))

    def test_a_server_under_load(self):
        port = self.path("port")
        server = self.write("server.py", SERVER)
        load = self.write(
            "load.py",
            "import socket\n"
            f"for _ in range(20):\n    socket.create_connection(('127.0.0.1', int(open('{port}').read()))).recv(9)\n",
        )
        finished = self.memgov(
            "try", "--runs", "1", "--settle", "1", "--json", "--load", f"{PYTHON} {load}", "--",
            PYTHON, server, port,
        )  # fmt: skip
        self.assertEqual(finished.returncode, 0, finished.stderr)
        result = json.loads(finished.stdout)
        self.assertTrue(result["under_load"])
        for side in ("without", "memgov"):
            run = result[side]["runs"][0]
            self.assertEqual(run["load_status"], "0")
            self.assertEqual(run["status"], "SIGTERM")
            self.assertGreater(run["load_seconds"], 0)
            self.assertGreater(run["peak_bytes"], 30 << 20)
            self.assertLess(run["last_bytes"], run["peak_bytes"])

    def test_children_count_and_what_they_share_counts_once(self):
        # 30 MB that four forked children share: RSS would say 150.
        program = (
            "import os, time\nheld = bytearray(b'x') * (30 << 20)\n"
            "for _ in range(4):\n    if os.fork() == 0:\n        time.sleep(1.5)\n        os._exit(0)\n"
            "for _ in range(4): os.wait()\n"
        )
        finished = self.memgov("try", "--runs", "1", "--json", "--", PYTHON, "-c", program)
        result = json.loads(finished.stdout)
        self.assertEqual(result["measure"], "pss")
        for side in ("without", "memgov"):
            run = result[side]["runs"][0]
            self.assertEqual(run["processes"], 5)
            self.assertGreater(run["peak_bytes"], 30 << 20)
            self.assertLess(run["peak_bytes"], 90 << 20)

    def test_a_command_that_fails_at_once(self):
        finished = self.memgov("try", "--", "/bin/sh", "-c", "echo such a pity >&2; exit 3")
        self.assertEqual(finished.returncode, 1)
        self.assertEqual(finished.stdout, "")
        self.assertRegex(finished.stderr, r"the command ended after 0\.\d s with status 3\n  \| such a pity\n")

    def test_a_server_that_ends_at_once(self):
        finished = self.memgov("try", "--seconds", "30", "--runs", "1", "--", "/bin/true")
        self.assertIn("with status 0, before its time was over", finished.stderr)

    def test_a_command_that_fails_under_memgov_only(self):
        finished = self.memgov(
            "try", "--runs", "3", "--", "/bin/sh", "-c", 'case "$LD_PRELOAD" in *memgov*) exit 9;; esac'
        )
        self.assertEqual(finished.returncode, 1, finished)
        self.assertIn("under memgov the command ended with 9, without it with 0", " ".join(finished.stdout.split()))

    def test_progress_where_there_is_no_terminal_is_no_flood(self):
        finished = self.memgov("try", "--runs", "1", "--seconds", "1", "--", "sleep", "60")
        self.assertEqual(finished.returncode, 0, finished.stderr)
        self.assertLess(len(finished.stderr.splitlines()), 5)

    def test_the_other_side_is_as_it_is_today(self):
        keep = self.path("seen")
        command = f'echo "$LD_PRELOAD" >> {keep}'
        self.memgov("try", "--runs", "1", "--", "/bin/sh", "-c", command, environment={"LD_PRELOAD": "libm.so.6"})
        with open(keep) as seen:
            without, with_memgov = seen.read().splitlines()
        self.assertEqual(without, "libm.so.6")
        self.assertRegex(with_memgov, r"^/.*/libmemgov\.so:libm\.so\.6$")
        self.assertTrue(os.path.isabs(with_memgov))


if __name__ == "__main__":
    launching.main()
