"""The advice holds: in a container as advised, the load that was recorded never leaves the lowest rung."""

import json
import os
import pathlib
import subprocess
import sys
import time
import unittest

from support import OBJECT, SUBJECT, TOOL, Subject, ToolTest, skip

sys.path.insert(0, str(pathlib.Path(__file__).parents[3] / "benchmarks" / "limit_runs"))
import memory_cgroup

RUNGS = ("normal", "soft", "hard")
ROUNDS = 8
LOOKS = 10  # at each top, until the governor has seen it, too


class Within(Subject):
    """A subject that is started in a memory cgroup."""

    def __init__(self, cgroup, folder, **options):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MEMGOV_")}
        self.process = subprocess.Popen(
            cgroup.enter_command(["/usr/bin/env", f"LD_PRELOAD={OBJECT}", SUBJECT]),
            env={**environment, "MEMGOV_DIR": folder, **options},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.pid = self.process.pid
        assert self.process.stdout.readline() == "ready\n"


class Advice(ToolTest):
    def hold(self, subject):
        """One round of the load; what the process says of itself at its top."""
        subject.say("hold io 64")
        subject.say("hold parse 32")
        at_top = self.figures(subject)
        looks = 1
        while at_top["rung"] == 0 and looks < LOOKS:  # the governor looks by its own clock
            time.sleep(0.02)
            at_top = self.figures(subject)
            looks += 1
        subject.say("free io")
        subject.say("free parse")
        return at_top

    def figures(self, subject):
        found = {}

        def collect(value):
            if isinstance(value, dict):
                found.update({name: each for name, each in value.items() if isinstance(each, (int, float))})
            for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
                collect(each)

        said = self.tool_json("stat", subject.pid, "--json")
        collect(said)
        found["rung"] = RUNGS.index(said["rung"])
        return found

    def recorded(self):
        """The advice for one recording of the load."""
        path = os.path.join(self.folder, "load.jsonl")
        subject = self.start()
        self.wait_until_listed(subject)
        recorder = subprocess.Popen(
            [TOOL, "record", str(subject.pid), "-o", path, "--interval", "50ms", "--duration", "60s"],
            env={**os.environ, "MEMGOV_DIR": self.folder},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(ROUNDS):
            self.hold(subject)
        subject.stop()
        self.assertEqual(recorder.wait(timeout=60), 0)
        return self.tool_json("advise", path, "--json")

    def run_within(self, limit, soft):
        """The highest rung, and what was refused and killed; None when the subject ended for lack of memory."""
        with memory_cgroup.MemoryCgroup(limit) as cgroup:
            subject = Within(cgroup, self.folder, MEMGOV_BUDGET_SOFT=soft)
            self.addCleanup(subject.stop)
            self.wait_until_listed(subject)
            try:
                at_top = [self.hold(subject) for _ in range(ROUNDS)]
            except (AssertionError, BrokenPipeError):
                return None
            self.assertLessEqual(abs(at_top[0]["container_limit_bytes"] - limit), 1 << 20)
            subject.stop()
            refused = at_top[-1]["refused_allocations_total"]
            return max(figures["rung"] for figures in at_top), refused + cgroup.oom_kills()

    def test_the_load_fits_where_the_advice_puts_it_and_not_in_less(self):
        advice = self.recorded()
        soft = advice["budgets"]["MEMGOV_BUDGET_SOFT"]
        self.assertGreater(advice["container"]["peak_bytes"], 96 << 20)
        self.assertEqual(self.run_within(advice["container"]["limit_bytes"], soft), (0, 0))
        less = self.run_within(advice["container"]["peak_bytes"], soft)
        self.assertTrue(less is None or less[0] > 0, (less, advice))


if __name__ == "__main__":
    try:
        memory_cgroup.MemoryCgroup().remove()
    except (memory_cgroup.NotAllowed, OSError) as reason:
        skip(f"no memory cgroup: {reason}")
    unittest.main()
