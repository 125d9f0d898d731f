#!/usr/bin/env python3
"""The same overload in the same memory limit, with glibc's malloc and with memgov's: who dies earlier?

  limit_runs.py --object libmemgov.so [options] -- <server> --port {port}

Each run starts the server in a fresh memory cgroup and loads it from outside, with a load that grows. The load
is sized first: the number of connections at which the server's peak RSS, under glibc and without a limit, is
--overload times the limit. Status: 0 memgov dies no earlier, 1 it does, 77 no cgroup can be made here, 2 bad
arguments.
"""

import argparse
import contextlib
import dataclasses
import json
import math
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

import load
import memory_cgroup
import survival

MIB = 1 << 20
START_SECONDS = 20
SIZING_TRIES = 6
SIZING_MARGIN = 0.1
GLIBC, MEMGOV = "glibc", "memgov"


class Failed(Exception):
    """The measurement itself did not work."""


def environment(preload):
    kept = {name: value for name, value in os.environ.items() if name.startswith("MEMGOV_")}
    found = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}
    return {**found, **kept, "LD_PRELOAD": preload} if preload else found


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def accepts(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def is_mapped(pid, path):
    with open(f"/proc/{pid}/maps", encoding="utf-8") as maps:
        return os.path.realpath(path) in maps.read()


@contextlib.contextmanager
def server_in(cgroup, command, preload, stderr=None):
    """(process, port) of a server that listens; it is gone afterwards."""
    port = free_port()
    variables = [f"{name}={value}" for name, value in environment(preload).items()]
    words = ["/usr/bin/env", "-i", *variables, *(word.replace("{port}", str(port)) for word in command)]
    process = subprocess.Popen(
        cgroup.enter_command(words), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr
    )
    try:
        end = time.monotonic() + START_SECONDS
        while not accepts(port):
            if process.poll() is not None or time.monotonic() > end:
                raise Failed(
                    f"{command[0]} does not listen on the port it was given: status {process.poll()}"
                )
            time.sleep(0.02)
        if preload and not is_mapped(process.pid, preload):
            raise Failed(f"{preload} is not in the memory of {command[0]}")
        yield process, port
    finally:
        process.kill()
        process.wait()


def peak_rss(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8") as status:
        return int(re.search(r"VmHWM:\s+(\d+) kB", status.read()).group(1)) * 1024


def drive(process, port, plan):
    """(the load's tally, seconds until the server died; infinite: it lives)."""
    traffic = load.Load(port, plan)
    traffic.start()
    died = math.inf
    while traffic.running():
        if math.isinf(died) and process.poll() is not None:
            died = traffic.elapsed()
            traffic.stop()
        time.sleep(0.005)
    return traffic.tally, died


def measure_need(command, preload, plan):
    """Peak RSS under the load without a limit."""
    with memory_cgroup.MemoryCgroup() as cgroup, server_in(cgroup, command, preload) as (process, port):
        drive(process, port, plan)
        if process.poll() is not None:
            raise Failed(f"{command[0]} ended without a limit: status {process.returncode}")
        return peak_rss(process.pid)


def size_load(command, plan, wanted_bytes):
    """The plan with as many connections as need about wanted_bytes, and what they needed."""
    for _ in range(SIZING_TRIES):
        need = measure_need(command, None, plan)
        print(f"without a limit, glibc, {plan.connections} connections: {need // MIB} MB", flush=True)
        if abs(need / wanted_bytes - 1) <= SIZING_MARGIN:
            break
        connections = max(1, round(plan.connections * wanted_bytes / need))
        if connections == plan.connections:
            break
        plan = dataclasses.replace(plan, connections=connections)
    return plan, need


def first_line(file):
    """What the server said first, if anything."""
    file.seek(0)
    return file.readline().decode(errors="replace").strip()


def run_once(command, preload, plan, limit_bytes):
    with memory_cgroup.MemoryCgroup(limit_bytes) as cgroup, tempfile.TemporaryFile() as stderr:
        with server_in(cgroup, command, preload, stderr) as (process, port):
            tally, died = drive(process, port, plan)
            status = None if math.isinf(died) else process.returncode
        return survival.Run(
            ending=survival.ending(status, cgroup.oom_kills()),
            seconds=died,
            served=len(tally.served),
            refused=tally.refused,
            peak_bytes=cgroup.peak_bytes(),
            status=status,
            said=first_line(stderr),
        )


def run_all(options, plan):
    """{name: [Run]}, one run of each in turn: drift of the machine meets both alike."""
    runs = {GLIBC: [], MEMGOV: []}
    for number in range(options.runs):
        for name, preload in ((GLIBC, None), (MEMGOV, options.object)):
            run = run_once(options.command, preload, plan, options.limit)
            runs[name].append(run)
            print(
                f"{number + 1:2}/{options.runs} {name:7} {run.ending:9} {survival.seconds_text(run.seconds):>8} "
                f"{run.served:6} served {run.refused:5} refused, peak {run.peak_bytes / MIB:.0f} MB"
                + (f"; {run.said}" if run.said else ""),
                flush=True,
            )
    return runs


def parse_bytes(text):
    found = re.fullmatch(r"(\d+)([KMG]?)", text)
    if not found or int(found.group(1)) == 0:
        raise argparse.ArgumentTypeError(f"'{text}' is not a size such as 256M")
    return int(found.group(1)) << {"": 0, "K": 10, "M": 20, "G": 30}[found.group(2)]


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--object", required=True, help="the preloadable object")
    parser.add_argument("--limit", type=parse_bytes, default="256M")
    parser.add_argument("--overload", type=float, default=2.0, help="peak RSS without a limit, in limits")
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--connections", type=int, default=0, help="0: sized by --overload")
    parser.add_argument("--body", type=parse_bytes, default="1M")
    parser.add_argument("--ramp", type=float, default=6.0, help="seconds")
    parser.add_argument("--hold", type=float, default=4.0, help="seconds after the ramp")
    parser.add_argument("--path", default="/", help="of the POST")
    parser.add_argument("--json", help="file for the figures")
    parser.add_argument("command", nargs="+", help="the server; {port} stands for its port")
    options = parser.parse_args()
    if options.runs < 1 or options.connections < 0 or min(options.ramp, options.hold, options.overload) <= 0:
        parser.error("--runs, --ramp, --hold and --overload must be above 0")
    if not os.path.isfile(options.object):
        parser.error(f"--object: no file {options.object}")
    if not any("{port}" in word for word in options.command):
        parser.error("the server's command must say {port}")
    options.object = os.path.abspath(options.object)
    return options


def write_json(options, plan, needs, runs):
    # "alive" is null: JSON has no infinity.
    endings = {
        name: [
            {**dataclasses.asdict(run), "seconds": None if math.isinf(run.seconds) else run.seconds}
            for run in of
        ]
        for name, of in runs.items()
    }
    figures = {"limit_bytes": options.limit, "plan": dataclasses.asdict(plan), "need_bytes": needs}
    with open(options.json, "w", encoding="utf-8") as file:
        json.dump({**figures, "runs": endings}, file, indent=1)


def compare(options):
    plan = load.Plan(options.connections or 64, options.body, options.ramp, options.hold, options.path)
    if options.connections:
        needs = {GLIBC: measure_need(options.command, None, plan)}
    else:
        plan, need = size_load(options.command, plan, options.limit * options.overload)
        needs = {GLIBC: need}
    needs[MEMGOV] = measure_need(options.command, options.object, plan)
    print(
        f"limit {options.limit // MIB} MB; {plan.connections} connections, bodies of {plan.body_bytes} bytes; "
        f"peak RSS without a limit: "
        + ", ".join(f"{name} {need / MIB:.0f} MB" for name, need in needs.items()),
        flush=True,
    )
    runs = run_all(options, plan)
    print()
    for line in survival.table((GLIBC, MEMGOV), runs[GLIBC], runs[MEMGOV]):
        print(line)
    good = survival.no_earlier(runs[GLIBC], runs[MEMGOV])
    chance = survival.superiority(runs[GLIBC], runs[MEMGOV])
    print(f"a memgov run outlives a glibc run with probability {chance:.2f}")
    print(f"memgov dies {'no ' if good else ''}earlier than glibc: {'PASS' if good else 'FAIL'}")
    if options.json:
        write_json(options, plan, needs, runs)
    return 0 if good else 1


def main():
    options = parse_arguments()
    # So that the server and the cgroup go, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        return compare(options)
    except memory_cgroup.NotAllowed as reason:
        print(f"skipped: {reason}")
        return 77
    except Failed as reason:
        print(f"limit_runs: {reason}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
