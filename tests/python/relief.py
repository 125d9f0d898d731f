"""Under pressure, with made-up readings and clocks: callbacks, collections, caches, recycling."""

import signal
import subprocess
import sys
import unittest

from memgov import Budget, Pressure, RecycleHint, Rung
from memgov._pressure import PressureTask, RecycleTask
from memgov._relief import GarbageCollector, Relief

MIB = 1 << 20


def reading(rung, charged=0, soft=100 * MIB):
    return Budget(charged_bytes=charged, soft_bytes=soft, hard_bytes=soft and 2 * soft, rung=rung)


class PressureTaskTest(unittest.TestCase):
    def setUp(self):
        self.now, self.events = reading(Rung.NORMAL), []
        self.clock = 1000.0
        self.task = PressureTask(self.events.append, lambda: self.now, lambda: self.clock)

    def look(self, seconds, now):
        self.clock, self.now = self.clock + seconds, now
        before = len(self.events)
        self.pause = self.task()
        return self.events[before:]

    def test_changes_and_repetitions(self):
        soft, hard = reading(Rung.SOFT, 120 * MIB), reading(Rung.HARD, 250 * MIB)
        self.assertEqual(self.look(0, reading(Rung.NORMAL)), [])
        self.assertEqual(self.look(1, soft), [Pressure(Rung.SOFT, 120 * MIB, 100 * MIB, 200 * MIB, 20 * MIB)])
        self.assertEqual(self.look(0.5, soft), [])
        self.assertEqual(len(self.look(0.5, soft)), 1)
        self.assertEqual([event.rung for event in self.look(0.01, hard)], [Rung.HARD])
        self.assertEqual(len(self.look(0.1, hard)), 1)
        over = self.look(0.1, reading(Rung.NORMAL, 50 * MIB))
        self.assertEqual([(event.rung, event.want_bytes) for event in over], [(Rung.NORMAL, 0)])
        self.assertEqual(self.look(100, reading(Rung.NORMAL, 50 * MIB)), [])

    def test_nothing_is_wanted_below_soft(self):
        """The kernel's pressure signs raise the rung below the budget, and without one."""
        self.assertEqual(self.look(1, reading(Rung.SOFT, 20 * MIB))[0].want_bytes, 0)
        self.assertEqual(self.look(10, reading(Rung.SOFT, 20 * MIB)), [])
        self.assertEqual(self.look(1, reading(Rung.SOFT, 20 * MIB, None)), [])

    def test_looks_more_often_near_the_budget(self):
        pauses = []
        for now in (
            reading(Rung.NORMAL, 20 * MIB),
            reading(Rung.NORMAL, 95 * MIB),
            reading(Rung.SOFT, 20 * MIB),
            reading(Rung.NORMAL, 20 * MIB, None),
        ):
            self.look(1, now)
            pauses.append(self.pause)
        self.assertEqual(pauses, [1.0, 0.1, 0.1, 1.0])


class GarbageCollectorTest(unittest.TestCase):
    def setUp(self):
        self.clock, self.took, self.collections = 1000.0, 0.01, 0
        self.collector = GarbageCollector(self.collect, lambda: self.clock)

    def collect(self):
        self.clock += self.took
        self.collections += 1

    def after(self, seconds, rung):
        self.clock += seconds
        return self.collector.collect_if_due(rung)

    def test_rarely_enough(self):
        self.assertFalse(self.after(0, Rung.NORMAL))
        self.assertTrue(self.after(0, Rung.SOFT))
        self.assertFalse(self.after(9, Rung.SOFT))
        self.assertTrue(self.after(2, Rung.SOFT))
        self.assertFalse(self.after(1, Rung.HARD))
        self.assertTrue(self.after(1.5, Rung.HARD))
        self.assertFalse(self.after(100, Rung.NORMAL))
        self.assertEqual(self.collections, 3)

    def test_a_long_one_is_followed_by_a_long_pause(self):
        self.took = 2.0
        self.assertTrue(self.after(0, Rung.HARD))
        self.assertFalse(self.after(99, Rung.HARD))
        self.assertTrue(self.after(2, Rung.HARD))


class ReliefTest(unittest.TestCase):
    EVENT = Pressure(Rung.SOFT, 120 * MIB, 100 * MIB, 200 * MIB, 20 * MIB)

    def test_caches_are_dropped_and_cycles_collected(self):
        class Cycle:
            gone = 0

            def __init__(self):
                self.me = self

            def __del__(self):
                Cycle.gone += 1

        dropped = []
        relief = Relief(drop_caches=[dropped.append])
        Cycle()
        relief.relieve(Pressure(Rung.NORMAL, 0, None, None, 0))
        self.assertEqual((dropped, Cycle.gone), ([], 0))
        relief.relieve(self.EVENT)
        self.assertEqual((dropped, Cycle.gone), ([self.EVENT], 1))

    def test_one_bad_cache_does_not_save_the_others(self):
        dropped = []

        def bad(event):
            raise ZeroDivisionError

        with self.assertRaises(ZeroDivisionError):
            Relief(drop_caches=[bad, dropped.append], collect_garbage=False).relieve(self.EVENT)
        self.assertEqual(dropped, [self.EVENT])


class RecycleTest(unittest.TestCase):
    def test_called_once_in_a_quiet_moment(self):
        hint, quiet, called = RecycleHint(), False, []
        task = RecycleTask(called.append, lambda: quiet, lambda: hint)
        self.assertEqual(task(), 30.0)
        hint = RecycleHint(True, 500 * MIB, 700 * 10**9)
        self.assertEqual((task(), called), (0.25, []))
        quiet = True
        task()
        task()
        self.assertEqual(called, [hint])

    def test_end_gracefully_is_a_sigterm(self):
        script = "import memgov, time; memgov.end_gracefully(); time.sleep(20)"
        ended = subprocess.run([sys.executable, "-B", "-c", script], timeout=20, check=False)
        self.assertEqual(ended.returncode, -signal.SIGTERM)


if __name__ == "__main__":
    unittest.main(verbosity=2)
