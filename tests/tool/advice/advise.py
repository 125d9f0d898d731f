"""memgov advise: from recordings and processes to files that their readers take."""

import json
import os
import re
import shutil
import subprocess
import unittest

from support import TOOL, ToolTest

MEGA = 1 << 20


def write_recording(path, seconds=900, resident=200 * MEGA, rate=10 * MEGA, command="/usr/bin/api-gateway"):
    """A sample a second of a process that has its peak in the middle."""
    head = {
        "memgov_recording": 1,
        "pid": 4711,
        "command": command,
        "version": "0.1.0",
        "engine": "arena",
        "interval_s": 1.0,
        "cpus": 2,
        "machine_bytes": 8 << 30,
    }
    with open(path, "w") as file:
        file.write(json.dumps(head) + "\n")
        for second in range(seconds):
            now = resident + (20 * MEGA if second == seconds // 2 else 0)
            figures = {
                "anonymous_bytes": now - 20 * MEGA,
                "live_bytes": resident // 2,
                "allocated_bytes_total": second * rate,
            }
            file.write(
                json.dumps({"time_s": 1.7e9 + second, "resident_bytes": now, "figures": figures, "pools": []}) + "\n"
            )
        file.write(json.dumps({"time_s": 1.7e9 + seconds, "ended": "duration"}) + "\n")
    return path


class FromRecordings(ToolTest):
    def setUp(self):
        super().setUp()
        self.path = write_recording(os.path.join(self.folder, "load.jsonl"))

    def yaml(self, *arguments):
        try:
            import yaml
        except ImportError:
            self.skipTest("no python3-yaml")
        finished = self.tool("advise", self.path, *arguments)
        self.assertEqual(finished.returncode, 0, finished.stderr)
        return yaml.safe_load(finished.stdout)

    def test_text_fits_a_terminal_and_names_its_sources(self):
        finished = self.tool("advise", self.path)
        self.assertEqual((finished.returncode, finished.stderr), (0, ""))
        self.assertLessEqual(max(map(len, finished.stdout.splitlines())), 80)
        self.assertIn("900 samples in 14 min", finished.stdout)
        self.assertRegex(finished.stdout, r"peak RSS +220\.0 MB  the highest of 900 samples")
        self.assertRegex(finished.stdout, r"request +242\.0 MB  peak \+ 10 %")
        self.assertRegex(finished.stdout, r"limit +253\.0 MB  peak \+ 15 %")
        self.assertNotIn("Warning", finished.stdout)

    def test_compose(self):
        service = self.yaml("--format", "compose")["services"]["api-gateway"]
        self.assertEqual(service["deploy"]["resources"]["limits"]["memory"], "253M")
        self.assertEqual(service["deploy"]["resources"]["reservations"]["memory"], "242M")
        self.assertEqual(service["environment"]["LD_PRELOAD"], "/opt/memgov/libmemgov.so")
        self.assertTrue(os.path.isfile(service["volumes"][0]["source"]))

    def test_kubernetes(self):
        patch = self.yaml("--format", "k8s", "--headroom", "20%")
        container = patch["spec"]["template"]["spec"]["containers"][0]
        self.assertEqual(container["resources"], {"requests": {"memory": "242Mi"}, "limits": {"memory": "264Mi"}})
        environment = {variable["name"]: variable["value"] for variable in container["env"]}
        self.assertEqual(environment["MEMGOV_BUDGET"], "auto")
        self.assertTrue(all(isinstance(value, str) for value in environment.values()))

    def test_systemd_verifies_the_drop_in(self):
        if not shutil.which("systemd-analyze"):
            self.skipTest("no systemd-analyze")
        finished = self.tool("advise", self.path, "--format", "systemd")
        self.assertEqual(finished.returncode, 0, finished.stderr)
        self.assertIn("MemoryMax=253M", finished.stdout)
        self.assertEqual(verify_drop_in(self.folder, "gateway", finished.stdout), "")

    def test_the_object_is_the_one_that_snippets_name(self):
        for name in ("libmemgov.so", "libmemgov-arena.so"):
            with open(os.path.join(self.folder, name), "wb"):
                pass
        where = {"MEMGOV_LIBRARY_DIR": self.folder}
        line = f"\nEnvironment=LD_PRELOAD={self.folder}/libmemgov.so\n"
        self.assertIn(line, self.tool("advise", self.path, "--format", "systemd", environment=where).stdout)
        self.assertIn(line, self.tool("snippet", "systemd", environment=where).stdout)

    def test_output_that_is_lost(self):
        for words in (("advise", self.path), ("snippet", "systemd", "--library", "/opt/memgov/libmemgov.so")):
            with open("/dev/full", "w") as full:
                finished = subprocess.run(
                    [TOOL, *words], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60
                )
            self.assertEqual(finished.returncode, 5)
            self.assertRegex(finished.stderr, r"^memgov: standard output: cannot be written.*\n$")

    def test_from_standard_input(self):
        with open(self.path, encoding="utf-8") as recording:
            finished = self.tool("advise", "-", stdin=recording)
        self.assertEqual((finished.returncode, finished.stderr), (0, ""))
        self.assertIn("From standard input: 900 samples", finished.stdout)
        piped = self.tool("advise", "-", input="no recording\n")
        self.assertEqual((piped.returncode, piped.stdout), (5, ""))
        self.assertRegex(piped.stderr, r"^memgov: standard input: line 1: ")

    def test_budgets_leave_the_peak_alone(self):
        for headroom in ("11%", "15%", "30%"):
            answer = self.tool_json("advise", self.path, "--json", "--headroom", headroom)
            self.assertGreaterEqual(answer["budgets"]["soft_bytes"], answer["container"]["peak_bytes"], headroom)
            self.assertLess(answer["budgets"]["budget_bytes"], answer["container"]["limit_bytes"], headroom)

    def test_workers(self):
        answer = self.tool_json("advise", self.path, "--json", "--workers", 4)
        # 20 MB of files and a master of 180, and four workers at 200.
        self.assertEqual(answer["container"]["peak_bytes"], 1000 * MEGA)
        self.assertEqual(
            [machine["machine_bytes"] >> 30 for machine in answer["workers"]["machines"]], [1, 2, 4, 8, 16]
        )

    def test_it_says_when_it_cannot_be_sure(self):
        short = write_recording(os.path.join(self.folder, "short.jsonl"), seconds=20, rate=0)
        for form in ("text", "compose", "k8s", "systemd"):
            text = re.sub(r"\n#? +", " ", self.tool("advise", short, "--format", form).stdout)
            self.assertIn("less than a minute", text, form)
            self.assertIn("No load to speak of", text, form)

    def test_a_hostile_name_stays_a_name(self):
        hostile = write_recording(
            os.path.join(self.folder, "hostile.jsonl"), command="x\n[Service]\nExecStart=/bin/false\u001b[2J'\""
        )
        for form in ("text", "compose", "k8s", "systemd"):
            text = self.tool("advise", hostile, "--format", form).stdout
            self.assertNotIn("\nExecStart", text, form)
            self.assertNotIn("\x1b", text, form)


class FromProcesses(ToolTest):
    def test_a_governed_one(self):
        subject = self.start()
        self.wait_until_listed(subject)
        subject.say("hold io 48")
        subject.say("free io")
        answer = self.tool_json("advise", subject.pid, "--json")
        self.assertTrue(answer["measured"]["one_look"])
        self.assertEqual(answer["measured"]["engine"], "arena")
        self.assertGreater(answer["measured"]["peak_resident_bytes"], 48 * MEGA)  # though it is free by now
        self.assertIn("One look only", answer["warnings"][0])

    def test_a_thread_is_no_process(self):
        for subject in (self.start(), self.start(preload=None)):
            thread = next(int(name) for name in os.listdir(f"/proc/{subject.pid}/task") if int(name) != subject.pid)
            finished = self.tool("advise", thread)
            self.assertEqual((finished.returncode, finished.stdout), (3, ""))
            self.assertEqual(finished.stderr, f"memgov: {thread} is a thread of process {subject.pid}\n")

    def test_one_that_is_not_governed(self):
        subject = self.start_ungoverned()
        answer = self.tool_json("advise", subject.pid, "--json")
        self.assertIsNone(answer["measured"]["engine"])
        self.assertTrue(any("Not governed" in warning for warning in answer["warnings"]))

    def start_ungoverned(self):
        process = subprocess.Popen(["sleep", "60"])
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process


class BadInput(ToolTest):
    def refused(self, *arguments, code):
        finished = self.tool("advise", *arguments)
        self.assertEqual(finished.returncode, code, finished.stderr)
        self.assertEqual(finished.stdout, "")
        return finished.stderr

    def test_what_is_not_there(self):
        self.assertIn("nothing.jsonl", self.refused(os.path.join(self.folder, "nothing.jsonl"), code=3))
        self.assertIn("4194305", self.refused(4194305, code=3))

    @unittest.skipUnless(os.geteuid() == 0, "needs root, to be somebody else")
    def test_another_users(self):
        os.chmod(self.folder, 0o755)
        subject = self.start()
        self.wait_until_listed(subject)
        try:
            finished = self.tool("advise", subject.pid, user=12345, group=12345, extra_groups=[])
        except PermissionError:
            self.skipTest("the tool is in a folder that others may not enter")
        self.assertEqual(finished.returncode, 4, finished.stderr)
        self.assertEqual(len(finished.stderr.splitlines()), 1)
        self.assertEqual(finished.stdout, "")

    def test_what_is_no_recording(self):
        self.assertIn("/etc/hostname", self.refused("/etc/hostname", code=5))
        empty = os.path.join(self.folder, "empty.jsonl")
        write_recording(empty, seconds=0)
        self.assertIn("without samples", self.refused(empty, code=5))

    def test_values_out_of_range(self):
        path = write_recording(os.path.join(self.folder, "load.jsonl"), seconds=3)
        self.assertIn("0% to 200%", self.refused(path, "--headroom", "many", code=2))
        self.assertIn("1024", self.refused(path, "--workers", "0", code=2))
        self.assertIn("compose", self.refused(path, "--format", "toml", code=2))
        self.assertIn("99999999999", self.refused("99999999999", code=2))


def verify_drop_in(folder, name, text):
    """What systemd-analyze has to say against a unit with this drop-in."""
    units = os.path.join(folder, "units")
    os.makedirs(os.path.join(units, f"{name}.service.d"))
    with open(os.path.join(units, f"{name}.service"), "w") as unit:
        unit.write("[Unit]\nDescription=test\n[Service]\nExecStart=/bin/true\n")
    with open(os.path.join(units, f"{name}.service.d", "memgov.conf"), "w") as drop_in:
        drop_in.write(text)
    finished = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", f"{name}.service"],
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{units}:", "SYSTEMD_LOG_LEVEL": "warning"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    return "\n".join(line for line in finished.stderr.splitlines() if "memgov" in line or name in line)


if __name__ == "__main__":
    unittest.main()
