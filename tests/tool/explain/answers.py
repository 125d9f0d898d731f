"""What explain says of processes that are gone, another user's, stopped, growing; and how it prints."""

import fcntl
import json
import os
import pty
import signal
import struct
import subprocess
import termios
import time
import unittest

from support import OBJECT, TOOL, ToolTest, all_of_terminal, wait_for

NOT_FOUND = 3
NOT_PERMITTED = 4
NOBODY = 65534


def a_kernel_thread():
    """The id of one, or None (a container shows none)."""
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[6]) & 0x00200000 and fields[0] != "Z":  # PF_KTHREAD
            return int(entry)
    return None


class Refusals(ToolTest):
    def check(self, finished, status, words):
        self.assertEqual(finished.returncode, status, finished.stderr)
        self.assertEqual(finished.stdout, "")
        self.assertEqual(finished.stderr.count("\n"), 1, finished.stderr)
        self.assertIn(words, finished.stderr)

    def test_nothing_there(self):
        ended = subprocess.Popen(["true"])
        ended.wait()
        self.check(self.tool("explain", ended.pid), NOT_FOUND, f"process {ended.pid}: there is none")

    def test_no_process_id(self):
        for text in ("abc", "0", "99999999999999999999"):
            finished = self.tool("explain", text)
            self.assertEqual(finished.returncode, 2)
            self.assertIn(text, finished.stderr)

    def test_watch_must_be_a_time(self):
        for text in ("x", "-3", "1e9", "nan", "inf", "61m"):
            finished = self.tool("explain", os.getpid(), f"--watch={text}")
            self.check(finished, 2, f"--watch {text}: allowed is a time from 0 to 1h")
        for text in ("0", "0.1", "100ms"):
            self.assertEqual(self.tool("explain", os.getpid(), "--watch", text).returncode, 0, text)

    def test_a_thread_is_no_process(self):
        for subject in (self.start(), self.start(preload=None)):
            thread = next(int(name) for name in os.listdir(f"/proc/{subject.pid}/task") if int(name) != subject.pid)
            self.check(self.tool("explain", thread), NOT_FOUND, f"{thread} is a thread of process {subject.pid}\n")

    def test_zombie(self):
        ended = subprocess.Popen(["true"])
        self.addCleanup(ended.wait)
        os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
        self.check(self.tool("explain", ended.pid), NOT_FOUND, "has no memory of its own")

    def test_kernel_thread(self):
        thread = a_kernel_thread()
        if thread is None:
            self.skipTest("no kernel thread is seen from here")
        self.check(self.tool("explain", thread), NOT_FOUND, "has no memory of its own")

    def test_another_users(self):
        if os.geteuid() != 0:
            self.skipTest("needs root to be two users")
        other = self.start()
        # The tool need not lie where that user may go.
        with open(TOOL, "rb") as tool:
            finished = subprocess.run(
                [f"/proc/self/fd/{tool.fileno()}", "explain", str(other.pid)],
                pass_fds=[tool.fileno()], user=NOBODY, group=NOBODY, extra_groups=[], capture_output=True, text=True,
                timeout=60, env={"PATH": "/usr/bin:/bin"},
            )
        self.check(finished, NOT_PERMITTED, "another user's")

    def test_ends_meanwhile(self):
        process = subprocess.Popen(["sleep", "60"])
        self.addCleanup(process.wait)
        with subprocess.Popen(
            [TOOL, "explain", str(process.pid), "--watch", "3"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as tool:
            time.sleep(1.5)
            process.kill()
            process.wait()
            out, error = tool.communicate(timeout=60)
        self.assertEqual((tool.returncode, out), (NOT_FOUND, ""))
        self.assertEqual(error, f"memgov: process {process.pid}: it ended while it was looked at\n")


class Growth(ToolTest):
    """Two looks, and something that happens between them."""

    def watch(self, subject, words):
        with subprocess.Popen(
            [TOOL, "explain", str(subject.pid), "--watch", "6", "--json"],
            env={**os.environ, "MEMGOV_DIR": self.folder}, stdout=subprocess.PIPE, text=True,
        ) as tool:
            time.sleep(2)  # the first look is over, the second one is far
            subject.say(words)
            out, _ = tool.communicate(timeout=60)
        self.assertEqual(tool.returncode, 0)
        return json.loads(out)

    def test_more_in_use(self):
        subject = self.start(preload=None)
        said = self.watch(subject, "hold io 64")
        self.assertEqual(said["trend"]["verdict"], "live_rising", said["trend"])
        self.assertGreater(said["trend"]["live_change_bytes"], 60 << 20)

    def test_free_memory_stays_with_glibc(self):
        subject = self.start(preload=None)
        said = self.watch(subject, "fragment io 64")
        parts = {part["part"]: part["bytes"] for part in said["parts"]}
        self.assertGreater(parts["free"], 50 << 20, "freed between blocks that are in use")

    def test_more_in_use_governed(self):
        subject = self.start()
        self.wait_until_listed(subject)
        said = self.watch(subject, "hold io 64")
        self.assertEqual(said["trend"]["verdict"], "live_rising", said["trend"])
        self.assertGreater(said["trend"]["live_change_bytes"], 60 << 20)

    def test_steady(self):
        subject = self.start()
        said = self.tool_json("explain", subject.pid, "--json", "--watch", "0.5")
        self.assertEqual(said["trend"]["verdict"], "steady", said["trend"])


class Governed(ToolTest):
    def test_fragmentation_has_a_part_and_a_pool(self):
        subject = self.start(MEMGOV_POOLS="io-*=io")
        self.wait_until_listed(subject)
        subject.say("fragment io 128")
        said = wait_for(lambda: self.explain_with_figures(subject, 50 << 20), "its figures")
        parts = {part["part"]: part["bytes"] for part in said["parts"]}
        self.assertGreater(parts["fragmentation"], 50 << 20)
        advice = {piece["advice"]: piece["text"] for piece in said["advice"]}
        self.assertIn("pool io", advice["fragmentation"])
        self.assertEqual(said["classes"][0]["block_bytes"], 1024, said["classes"][:3])
        self.assertGreater(said["classes"][0]["unused_bytes"], 50 << 20)
        io = next(pool for pool in said["pools"] if pool["pool"] == "io")
        self.assertGreater(io["held_bytes"] - io["live_bytes"], 50 << 20)

    def explain_at_once(self, subject):
        return self.tool_json("explain", subject.pid, "--json", "--watch", "0")

    def explain_with_figures(self, subject, held):
        said = self.explain_at_once(subject)
        parts = {part["part"]: part["bytes"] for part in said["parts"]}
        return said if parts.get("fragmentation", 0) > held else None

    def test_stopped_process_is_explained_by_its_last_figures(self):
        subject = self.start()
        self.wait_until_listed(subject)
        subject.say("hold io 32")
        wait_for(lambda: self.explain_at_once(subject)["figures"] != "none", "figures")
        os.kill(subject.pid, signal.SIGSTOP)
        self.addCleanup(os.kill, subject.pid, signal.SIGCONT)
        said = self.tool_json("explain", subject.pid, "--json", "--watch", "0")
        self.assertEqual(said["figures"], "last")
        self.assertLess(said["not_accounted_bytes"], said["resident_bytes"])
        self.assertIn("stopped", said["why_no_fresh_figures"])
        text = " ".join(self.tool("explain", subject.pid, "--watch", "0").stdout.split())
        self.assertIn("These are the last figures that it wrote: it is stopped (SIGSTOP or a debugger)", text)

    def test_rules_decide_the_pools_of_threads(self):
        subject = self.start(MEMGOV_POOLS="parse-*=json")
        self.wait_until_listed(subject)
        subject.say("hold parse 32")
        wait_for(lambda: self.pool_of_threads(subject, "json")["threads"] == 4, "the governor's look at the names")
        said = self.explain_at_once(subject)
        self.assertNotIn("parse", [pool["pool"] for pool in said["pools"]])
        self.assertGreater(self.pool_of_threads(subject, "json")["stack_bytes"], 0)
        self.assertLessEqual(sum(pool["threads"] for pool in said["pools"]), said["threads"])

    def test_rules_without_an_answer(self):
        subject = self.start(MEMGOV_POOLS="parse-*=json", MEMGOV_EXPORT="0")
        self.assertEqual(self.pool_of_threads(subject, "json")["threads"], 4)

    def pool_of_threads(self, subject, name):
        pools = {pool["pool"]: pool for pool in self.explain_at_once(subject)["pools"]}
        return pools.get(name, {"threads": 0, "stack_bytes": 0})

    def test_without_export_the_heap_is_one_part(self):
        subject = self.start(MEMGOV_EXPORT="0")
        subject.say("hold io 32")
        said = self.tool_json("explain", subject.pid, "--json", "--watch", "0")
        parts = {part["part"]: part["bytes"] for part in said["parts"]}
        self.assertGreater(parts["heap"], 32 << 20)
        self.assertIn("export", [piece["advice"] for piece in said["advice"]])

    def test_borrowed_engines_add_up_too(self):
        for engine in ("mimalloc", "system"):
            preload = os.path.join(os.path.dirname(OBJECT), f"libmemgov-{engine}.so")
            if not os.path.exists(preload):
                self.skipTest(f"{preload} is not built")
            subject = self.start(preload=preload)
            self.wait_until_listed(subject)
            subject.say("hold io 32")
            said = self.tool_json("explain", subject.pid, "--json", "--watch", "1")
            self.assertEqual(said["engine"], engine)
            summed = sum(part["bytes"] for part in said["parts"]) + said["not_accounted_bytes"]
            self.assertEqual(summed, said["resident_bytes"])
            self.assertIn("live", [part["part"] for part in said["parts"]])


class Print(ToolTest):
    def test_on_a_terminal_of_80_columns(self):
        subject = self.start()
        self.wait_until_listed(subject)
        primary, secondary = pty.openpty()
        fcntl.ioctl(secondary, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        with subprocess.Popen(
            [TOOL, "explain", str(subject.pid), "--watch", "0"], env={**os.environ, "MEMGOV_DIR": self.folder},
            stdout=secondary, stderr=subprocess.DEVNULL,
        ) as tool:
            os.close(secondary)
            lines = all_of_terminal(primary).splitlines()
        self.assertEqual(tool.returncode, 0)
        self.assertGreater(len(lines), 20)
        for line in lines:
            self.assertLessEqual(len(line), 80, line)

    def test_output_that_is_lost(self):
        with open("/dev/full", "w") as full:
            finished = subprocess.run(
                [TOOL, "explain", str(os.getpid()), "--watch", "0"], stdout=full, stderr=subprocess.PIPE, text=True,
                timeout=60,
            )
        self.assertEqual(finished.returncode, 5)
        self.assertRegex(finished.stderr, r"^memgov: standard output: cannot be written.*\n$")

    def test_in_a_pipe(self):
        subject = self.start()
        self.wait_until_listed(subject)
        text = self.tool("explain", subject.pid, "--watch", "0.5").stdout
        self.assertNotIn("\x1b", text)
        for words in ("RSS is", "not accounted for", "RSS, the sum of the above", "not memory", "PSS", "Page faults",
                      "By thread pool", "parse", "Leak or fragmentation?", "memgov release", "Advice"):
            self.assertIn(words, text)

    def test_hostile_names_of_threads(self):
        process = subprocess.Popen(
            ["/usr/bin/python3", "-c", "import time\nopen('/proc/self/comm','w').write('\\033[2Jx\\n')\n"
             "print(flush=True)\ntime.sleep(60)"], stdout=subprocess.PIPE,
        )
        self.addCleanup(process.wait)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        process.stdout.readline()
        text = self.tool("explain", process.pid, "--watch", "0").stdout
        self.assertNotIn("\x1b", text)
        json.loads(self.tool("explain", process.pid, "--watch", "0", "--json").stdout)


if __name__ == "__main__":
    unittest.main()
