"""The measurements, one function for each. All of them run the allocators interleaved: A B C A B C."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import allocators
import bars

PACE_SHARE = 0.95
FEW, MANY = 1000, 10000
PARKED_RUNS = 3
REST_THREADS = 100
REST_SETTLE_SECONDS = 5
# So that the engines which give back now and then do so while the program runs.
BUSY_GOVERNOR = {"MEMGOV_TRIM_INTERVAL": "100ms", "MEMGOV_IDLE_MS": "10"}


class StageFailed(Exception):
    """One stage could not measure; the others' figures are worth keeping."""


class Bench:
    """Where things are, and how long to measure."""

    def __init__(self, build, out, runs, seconds, quick, names):
        self.build = build
        self.out = out
        self.runs = runs
        self.seconds = seconds
        self.quick = quick
        found = allocators.all_allocators(build)
        known = [bars.CAPPED, *(each.name for each in found)]
        unknown = [name for name in names or [] if name not in known]
        if unknown:
            raise SystemExit(f"engine_choice: no allocator '{unknown[0]}' here; there are {', '.join(known)}")
        # What all ratios are to; None: all that are here.
        self.names = names and list(dict.fromkeys([allocators.BASE, *names]))
        self._candidates = [each for each in found if names is None or each.name in self.names]

    def program(self, path):
        program = self.build / "benchmarks" / path
        if not program.is_file():
            raise StageFailed(f"{path} is not built in {self.build.name}")
        return program

    def candidates(self):
        """Those of benchmarks/micro/allocators.py that were asked for."""
        return self._candidates

    def ours(self):
        return [each for each in self._candidates if each.name.startswith("memgov")]

    def live_under(self):
        """Live bytes are counted at the throughput of the engine that is to be judged."""
        ours = [each.name for each in self.ours()]
        return bars.CANDIDATE if bars.CANDIDATE in ours else "glibc"


def say(text):
    print(text, file=sys.stderr, flush=True)


def _run(command, environment=None):
    """stdout of a command that must succeed; its stderr is the progress that people see."""
    done = subprocess.run(
        [str(part) for part in command],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    if done.returncode != 0:
        name = pathlib.Path(command[0]).name
        raise StageFailed(f"{name}: exit status {done.returncode} {done.stdout[-500:]}".strip())
    return done.stdout


def load(bench, file, names, options):
    """A comparison by gateway_load. It fails where an allocator failed; the others' figures still count."""
    report = bench.out / file
    report.unlink(missing_ok=True)
    command = [
        bench.program("gateway_load/gateway_load"),
        "compare",
        *("--runs", bench.runs, "--seconds", bench.seconds, "--json", report),
        *(["--allocators", ",".join(names)] if names else []),
        *options,
    ]
    done = subprocess.run([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    if not report.is_file():
        raise StageFailed(f"gateway_load wrote no report (exit status {done.returncode})")
    (bench.out / file).with_suffix(".txt").write_bytes(done.stdout)
    return json.loads(report.read_text())


def _after(bench):
    return ("--after", "1.2" if bench.quick else "5.5")


def gateway(bench, _):
    return load(bench, "gateway.json", bench.names, ["--live-under", bench.live_under(), *_after(bench)])


def churn(bench, _):
    options = ["--self-driven", "--live-under", bench.live_under(), *_after(bench)]
    return load(bench, "churn.json", bench.names, options)


def _paced(bench, closed, file, options):
    """glibc with its arenas capped and our objects, all at a rate that the slowest of them can keep."""
    rates = {
        result["allocator"]: result["summary"]["requests_per_second"]["median"]
        for result in closed["results"]
        if result["runs"] and (result["allocator"] == bars.CAPPED or result["allocator"].startswith("memgov"))
    }
    if bars.CAPPED not in rates:
        return None
    rate = int(min(rates.values()) * PACE_SHARE)
    return load(bench, file, list(rates), ["--rate", rate, "--no-live", "--after", "1.2", *options])


def gateway_paced(bench, results):
    return results.get("gateway") and _paced(bench, results["gateway"], "gateway_paced.json", [])


def churn_paced(bench, results):
    return results.get("churn") and _paced(bench, results["churn"], "churn_paced.json", ["--self-driven"])


def _micro_script(bench, script, file, options):
    report = bench.out / file
    folder = pathlib.Path(allocators.__file__).parent
    command = [sys.executable, "-B", folder / script, "--build", bench.build, "--json", report, *options]
    (bench.out / file).with_suffix(".txt").write_text(_run(command))
    return json.loads(report.read_text())


def micro(bench, _):
    options = ["--rounds", bench.runs]
    if bench.quick:
        options += ["--min-time", "0.01", "--filter", f"^({'|'.join((*bars.PAIRS, *bars.PRODUCERS))})$"]
    for name in bench.names or []:
        options += ["--only", name]
    return _micro_script(bench, "compare.py", "micro.json", options)


def startup(bench, _):
    return _micro_script(bench, "startup.py", "startup.json", ["--runs", 20 if bench.quick else 500])["rows"]


def _parked_once(bench, count, environment):
    settle = "0.5" if bench.quick else "3"
    return json.loads(_run([bench.program("micro/parked"), count, "--settle", settle], environment))


def _live_of_parked(bench, count):
    """What the program and the C library keep for their threads: not the allocator's doing."""
    preload = bench.program("counting/libcounting.so")
    with tempfile.NamedTemporaryFile() as file:
        return _parked_once(
            bench,
            count,
            {
                **allocators.Allocator("counting", str(preload)).environment(),
                "MEMGOV_COUNTING_FILE": file.name,
            },
        )["live_bytes"]


def parked(bench, _, few=FEW, many=MANY):
    """Bytes for each thread beyond the first few, without stacks and without what is live."""
    if bench.quick:
        few, many = few // 10, many // 10
    live = (_live_of_parked(bench, many) - _live_of_parked(bench, few)) / (many - few)
    per_thread = {}
    for round_number in range(1 if bench.quick else min(bench.runs, PARKED_RUNS)):
        for each in bench.candidates():
            say(f"parked threads, round {round_number + 1}: {each.name}")
            heap = [
                _parked_once(bench, count, each.environment())["rss_beside_stacks_bytes"]
                for count in (few, many)
            ]
            per_thread.setdefault(each.name, []).append((heap[1] - heap[0]) / (many - few) - live)
    return {"threads": [few, many], "live_bytes_per_thread": live, "bytes_per_thread": per_thread}


def stall(bench, _):
    """The longest malloc of each run, with the governor and without."""
    results = {}
    for round_number in range(bench.runs):
        for each in bench.ours():
            for governor in ("off", "on"):
                say(f"longest malloc, round {round_number + 1}: {each.name}, governor {governor}")
                environment = {**each.environment(), **BUSY_GOVERNOR, "MEMGOV_GOVERNOR": governor}
                command = [bench.program("micro/stall"), "--seconds", min(bench.seconds, 5)]
                said = json.loads(_run(command, environment))
                results.setdefault(each.name, {}).setdefault(governor, []).append(said)
    longest = {
        name: {governor: [run["longest_ns"] for run in runs] for governor, runs in by_governor.items()}
        for name, by_governor in results.items()
    }
    return {"longest_ns": longest, "runs": results}


def _governor_switches(pid):
    """Voluntary context switches of the governor's thread so far; None where there is no such thread."""
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        if (task / "comm").read_text().strip() == "memgov":
            status = (task / "status").read_text()
            return next(
                int(line.split()[1])
                for line in status.splitlines()
                if line.startswith("voluntary_ctxt_switches")
            )
    return None


def rest(bench, _):
    """Wake-ups of the governor while every thread of the program is parked."""
    seconds = 3 if bench.quick else 30
    wakeups = {}
    for each in bench.ours():
        say(f"at rest for {seconds} s: {each.name}")
        command = [
            str(bench.program("micro/parked")),
            str(REST_THREADS),
            "--settle",
            str(REST_SETTLE_SECONDS),
        ]
        program = subprocess.Popen(
            command, env=each.environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        try:
            if not program.stdout.readline():
                raise StageFailed(f"parked ended under {each.name}")
            before = _governor_switches(program.pid)
            time.sleep(seconds)
            wakeups[each.name] = None if before is None else _governor_switches(program.pid) - before
        finally:
            program.stdin.close()
            program.wait()
    return {"seconds": seconds, "wakeups": wakeups}


# In this order: the paced loads need the rates of the others.
STAGES = {
    "gateway": gateway,
    "churn": churn,
    "micro": micro,
    "gateway_paced": gateway_paced,
    "churn_paced": churn_paced,
    "startup": startup,
    "parked": parked,
    "stall": stall,
    "rest": rest,
}


def machine():
    """What a reader must know about it; nothing that identifies it."""
    libc = os.confstr("CS_GNU_LIBC_VERSION")
    return {
        "cpus": len(os.sched_getaffinity(0)),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)),
        "kernel": os.uname().release.split("-")[0],
        "architecture": os.uname().machine,
        "libc": libc,
        "load_average_before": os.getloadavg()[0],
    }
