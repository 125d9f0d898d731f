"""Callbacks: when they come, the GIL held for seconds, exit, fork. Under each engine, and without memgov.

What must end or die is a process of its own, with this one's environment.
"""

import asyncio
import ctypes
import os
import subprocess
import sys
import threading
import time
import unittest
import unittest.mock

import memgov
from memgov._watch import Watch

PRESENT = os.environ["MEMGOV_TEST_ENGINE"] != "glibc"
MIB = 1 << 20
PATIENCE_S = 20

only_present = unittest.skipUnless(PRESENT, "what memgov does where it is there")


def wait_until(condition, what):
    end = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"not within {PATIENCE_S} s: {what}")
        time.sleep(0.02)


def over_soft():
    """Puts the process between soft and hard: 1 MiB of budget is less than Python itself has."""
    assert memgov.set_budget(MIB, 4096 * MIB)


def run_script(script):
    """(exit status, stdout, stderr); a hang fails."""
    done = subprocess.run(
        # Python 3.12 warns of every fork beside threads.
        [sys.executable, "-B", "-W", "ignore::DeprecationWarning", "-c", script],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


class CallbackTest(unittest.TestCase):
    def setUp(self):
        self.events = []
        memgov.reset_budget()
        wait_until(lambda: memgov.budget().rung is memgov.Rung.NORMAL, "the normal rung")
        self.addCleanup(memgov.reset_budget)

    def rungs(self):
        return [event.rung for event in self.events]

    @only_present
    def test_soft_again_and_over(self):
        with memgov.on_pressure(self.events.append):
            over_soft()
            wait_until(lambda: len(self.events) >= 2, "a call, and another one a second later")
            self.assertEqual(set(self.rungs()), {memgov.Rung.SOFT})
            first = self.events[0]
            self.assertEqual(first.want_bytes, first.charged_bytes - MIB)
            self.assertEqual((first.soft_bytes, first.hard_bytes), (MIB, 4096 * MIB))
            memgov.reset_budget()
            wait_until(lambda: self.rungs()[-1] is memgov.Rung.NORMAL, "the end of it")
            self.assertEqual(self.events[-1].want_bytes, 0)

    @only_present
    def test_on_a_thread_of_pythons_own(self):
        names = []
        with memgov.on_pressure(lambda event: names.append(threading.current_thread().name)):
            over_soft()
            wait_until(lambda: names, "a call")
        self.assertEqual(names[0], "memgov-watch")

    @only_present
    def test_in_an_event_loop(self):
        async def main():
            loop, called = asyncio.get_running_loop(), asyncio.Event()
            threads = []

            def callback(event):
                threads.append(threading.current_thread())
                called.set()

            with memgov.on_pressure(callback, loop=loop):
                over_soft()
                await asyncio.wait_for(called.wait(), PATIENCE_S)
            self.assertIs(threads[0], threading.main_thread())

        asyncio.run(main())

    @only_present
    def test_a_failing_callback_does_not_keep_others_from_theirs(self):
        reported = []
        self.addCleanup(setattr, sys, "excepthook", sys.excepthook)
        sys.excepthook = lambda *error: reported.append(error[1])
        with memgov.on_pressure(lambda event: 1 // 0), memgov.on_pressure(self.events.append):
            over_soft()
            wait_until(lambda: self.events and reported, "the other call, and a report")
        self.assertIsInstance(reported[0], ZeroDivisionError)

    def test_the_thread_exists_while_it_is_needed(self):
        def watching():
            return "memgov-watch" in {thread.name for thread in threading.enumerate()}

        for _ in range(3):
            registration = memgov.on_pressure(self.events.append)
            self.assertTrue(watching())
            registration.cancel()
            registration.cancel()
            wait_until(lambda: not watching(), "the thread's end")

    @only_present
    def test_no_thread_of_memgovs_enters_python(self):
        with memgov.on_pressure(self.events.append):
            over_soft()
            wait_until(lambda: self.events, "a call")
            self.assertEqual(memgov.counters().pressure_callbacks, 0)

    @only_present
    def test_the_gil_held_for_seconds(self):
        """memgov gives back and comes down meanwhile; the callback comes later."""
        block = [b"x" * 200_000 for _ in range(400)]
        with memgov.on_pressure(self.events.append):
            memgov.set_budget(memgov.budget().charged_bytes - 20 * MIB, 4096 * MIB)
            wait_until(lambda: self.events, "the soft rung")
            del block
            before = memgov.stats()
            ctypes.PyDLL(None).usleep(ctypes.c_uint(2_000_000))  # keeps the GIL
            self.assertGreater(memgov.stats().releases, before.releases)
            self.assertEqual(memgov.budget().rung, memgov.Rung.NORMAL)
            wait_until(lambda: self.rungs()[-1] is memgov.Rung.NORMAL, "the end of it")


class NoThreadTest(unittest.TestCase):
    def test_where_no_thread_can_be_had(self):
        """Nobody fails for it; whoever sees pressure later has it tried again."""
        looked = threading.Event()
        watch = Watch()
        with unittest.mock.patch(
            "threading.Thread.start", side_effect=RuntimeError("can't start new thread")
        ):
            watch.add(lambda: looked.set() or 1000.0)
            watch.look_now()
        self.assertFalse(looked.is_set())
        watch.look_now()
        self.assertTrue(looked.wait(PATIENCE_S))
        watch.stop()

    def test_told_all_the_time(self):
        looks = []
        watch = Watch()
        watch.add(lambda: looks.append(time.monotonic()) or 1000.0)
        begin = time.monotonic()
        while time.monotonic() < begin + 0.3:
            watch.look_now()
        watch.stop()
        # One in 50 ms of however long this took; each may meet a call that has just found it due.
        self.assertLessEqual(len(looks), 2 * ((time.monotonic() - begin) / 0.05 + 1))


class ProcessTest(unittest.TestCase):
    def test_exit_with_callbacks(self):
        status, out, err = run_script(
            "import memgov, time\n"
            "memgov.set_budget(1 << 20, 4 << 30)\n"
            "called = []\n"
            "memgov.on_pressure(called.append)\n"
            "while memgov.available() and not called: time.sleep(0.01)\n"
            "print('done')\n"
        )
        self.assertEqual((status, out, err), (0, "done\n", ""))

    @only_present
    def test_exit_while_a_callback_blocks(self):
        """The thread is a daemon, and waited for one second."""
        status, out, err = run_script(
            "import memgov, threading\n"
            "memgov.set_budget(1 << 20, 4 << 30)\n"
            "inside = threading.Event()\n"
            "memgov.on_pressure(lambda event: (inside.set(), threading.Event().wait()))\n"
            "inside.wait()\n"
            "print('done')\n"
        )
        self.assertEqual((status, out, err), (0, "done\n", ""))

    @only_present
    def test_exits_at_any_moment(self):
        """Callbacks that come all the time, and an end that comes soon."""
        for milliseconds in (0, 5, 60, 110):
            status, out, err = run_script(
                "import memgov, time\n"
                "memgov.set_budget(1 << 20, 2 << 20)\n"
                "memgov.on_pressure(lambda event: [bytes(100) for _ in range(1000)])\n"
                f"time.sleep({milliseconds} / 1000)\n"
            )
            self.assertEqual((status, out, err), (0, "", ""))

    @only_present
    def test_a_fork_child_has_the_callbacks(self):
        status, out, err = run_script(
            "import memgov, os, time\n"
            "called = []\n"
            "memgov.on_pressure(called.append)\n"
            "child = os.fork()\n"
            "memgov.set_budget(1 << 20, 4 << 30)\n"
            "while not called: time.sleep(0.01)\n"
            "if child == 0: raise SystemExit(0)\n"
            "print(os.waitpid(child, 0)[1])\n"
        )
        self.assertEqual((status, out, err), (0, "0\n", ""))

    def test_forks_beside_callbacks(self):
        """The thread may be anywhere when the fork comes; children end by themselves and by _exit."""
        status, out, err = run_script(
            "import memgov, os, sys, time\n"
            "memgov.set_budget(1 << 20, 4 << 30)\n"
            "memgov.on_pressure(lambda event: [bytes(100) for _ in range(1000)])\n"
            "for number in range(40):\n"
            "    child = os.fork()\n"
            "    if child == 0:\n"
            "        memgov.stats(), memgov.budget(), memgov.admit(1000)\n"
            "        os._exit(0) if number % 2 else sys.exit(0)\n"
            "    assert os.waitpid(child, 0)[1] == 0\n"
            "print('done')\n"
        )
        self.assertEqual((status, out, err), (0, "done\n", ""))

    def test_multiprocessing_and_subprocess(self):
        status, out, err = run_script(
            "import memgov, multiprocessing, subprocess, os\n"
            "memgov.on_pressure(print)\n"
            "with multiprocessing.get_context('fork').Pool(3) as pool:\n"
            "    print(sum(pool.map(abs, range(-50, 50))))\n"
            "subprocess.run(['true'], check=True, preexec_fn=lambda: None)\n"
            "subprocess.run(['true'], check=True)\n"
        )
        self.assertEqual((status, out, err), (0, "2500\n", ""))


if __name__ == "__main__":
    unittest.main(verbosity=2)
