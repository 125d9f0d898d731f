"""200 governed processes on one page. Says how long a page takes and what a process pays; decides by counts."""

import os
import subprocess
import time
import unittest

from running import ExporterTest
from support import OBJECT, wait_for

PROCESSES = 200
SCRAPES = 20
# Threads start the governor, which makes the segment; then it sleeps.
PROGRAM = "import threading, time; threading.Thread(target=time.sleep, args=(600,), daemon=True).start(); time.sleep(600)"


def switches(pid):
    """How often its threads were scheduled, and for how many ns they ran."""
    count = spent = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/status", encoding="utf-8") as file:
            count += sum(int(line.split()[1]) for line in file if "ctxt_switches" in line)
        with open(f"/proc/{pid}/task/{task}/schedstat", encoding="utf-8") as file:
            spent += int(file.read().split()[0])
    return count, spent


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        fields = file.read().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


class Many(ExporterTest):
    def start_many(self):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MEMGOV_")}
        # Memory pressure, which other tests make, wakes every governed process.
        environment.update(MEMGOV_DIR=self.folder, LD_PRELOAD=OBJECT, MEMGOV_PRESSURE="off")
        processes = [
            subprocess.Popen(["/usr/bin/python3", "-S", "-E", "-c", PROGRAM], env=environment)
            for _ in range(PROCESSES)
        ]

        def end():
            for process in processes:
                process.kill()
            for process in processes:
                process.wait()

        self.addCleanup(end)
        folder = os.path.join(self.folder, f"memgov-{os.geteuid()}")
        there = lambda: os.path.isdir(folder) and sum(name.endswith(".stats") for name in os.listdir(folder))
        wait_for(lambda: there() == PROCESSES, f"{PROCESSES} segments")
        return processes

    def test_two_hundred(self):
        processes = self.start_many()
        exporter, base = self.exporter()
        pids = {str(process.pid) for process in processes}

        def seen():
            page = self.page(base)
            return page if pids <= {have["pid"] for have, _ in page.families["memgov_info"][1]} else None

        page = wait_for(seen, "all on one page")
        for name in ("memgov_live_bytes", "memgov_process_resident_bytes", "memgov_process_swap_bytes"):
            self.assertLessEqual(pids, {have["pid"] for have, _ in page.families[name][1]}, name)
        wait_for(lambda: self.at_rest(processes), "processes at rest")
        cpu = cpu_seconds(exporter.pid)
        before = [switches(process.pid) for process in processes]
        took = []
        for _ in range(SCRAPES):
            started = time.monotonic()
            self.get(base + "/metrics")
            took.append(time.monotonic() - started)
        after = [switches(process.pid) for process in processes]
        cpu = (cpu_seconds(exporter.pid) - cpu) / SCRAPES
        woken = sum(new[0] - old[0] for old, new in zip(before, after))
        spent_ns = sum(new[1] - old[1] for old, new in zip(before, after))
        took.sort()
        print(
            f"{PROCESSES} processes, {SCRAPES} pages of {len(page.text) >> 10} KiB: median {took[SCRAPES // 2] * 1e3:.0f} ms,"
            f" longest {took[-1] * 1e3:.0f} ms, {cpu * 1e3:.0f} ms of CPU; all processes together were woken {woken} times"
            f" and ran {spent_ns / 1e6:.3f} ms"
        )
        self.assertLess(woken, SCRAPES * PROCESSES / 10, "a process is not woken for being scraped")

    def at_rest(self, processes):
        before = [switches(process.pid)[0] for process in processes]
        time.sleep(2)
        return before == [switches(process.pid)[0] for process in processes]


if __name__ == "__main__":
    unittest.main()
