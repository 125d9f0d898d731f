"""Every call of the package, under each engine and where memgov is absent (MEMGOV_TEST_ENGINE=glibc)."""

import ctypes
import gc
import os
import threading
import time
import unittest

import memgov
import served

ENGINE = os.environ["MEMGOV_TEST_ENGINE"]
PRESENT = ENGINE != "glibc"
MIB = 1 << 20

only_present = unittest.skipUnless(PRESENT, "what memgov does where it is there")
only_absent = unittest.skipIf(PRESENT, "what is answered where it is absent")


def blocks(total, size=200_000):
    """Memory that malloc serves (pymalloc's part ends at 512 bytes), written to."""
    return [b"x" * size for _ in range(total // size)]


def wait_until(condition, what):
    end = time.monotonic() + 20
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"not within 20 s: {what}")
        time.sleep(0.02)


@only_absent
class AbsentTest(unittest.TestCase):
    def test_answers(self):
        self.assertFalse(memgov.available())
        self.assertIsNone(memgov.version())
        self.assertEqual(memgov.stats(), memgov.Stats())
        self.assertEqual(memgov.pools(), [])
        self.assertEqual(memgov.counters(), memgov.Counters())
        self.assertEqual(memgov.recycle(), memgov.RecycleHint())
        self.assertEqual(memgov.budget(), memgov.Budget())
        self.assertIsNone(memgov.headroom())
        self.assertIsNone(memgov.pool_budget("any"))
        self.assertEqual((memgov.prometheus(), memgov.config(), memgov.figures()), ("", "", {}))

    def test_steering_does_nothing(self):
        self.assertEqual(memgov.release(), 0)
        self.assertFalse(memgov.set_budget(64 * MIB, 128 * MIB))
        self.assertFalse(memgov.reset_budget())
        self.assertFalse(memgov.set_pool_budget("any", 64 * MIB))
        self.assertFalse(memgov.set_pool_limit("any", 64 * MIB))
        self.assertIsNone(memgov.pool_limit("any"))
        self.assertFalse(memgov.bind_pool("any"))
        with memgov.PoolScope("any"):
            pass
        with memgov.Admission(1 << 60) as admission:
            self.assertTrue(admission)


class CalmTest(unittest.TestCase):
    """No budget, and off the rung that the test before may have climbed to."""

    def setUp(self):
        memgov.reset_budget()
        wait_until(lambda: memgov.budget().rung is memgov.Rung.NORMAL, "the normal rung")
        self.addCleanup(memgov.reset_budget)


@only_present
class FiguresTest(CalmTest):
    def test_version_names_the_engine(self):
        self.assertTrue(memgov.available())
        self.assertTrue(ENGINE.startswith(memgov.version().split()[1]))
        self.assertTrue(served.maps_library(os.getpid()))

    def test_stats(self):
        before = memgov.stats()
        held = blocks(48 * MIB)
        after = memgov.stats()
        self.assertGreaterEqual(after.resident_bytes, 48 * MIB)
        self.assertGreaterEqual(after.allocated_bytes - before.allocated_bytes, 47 * MIB)
        self.assertGreaterEqual(after.held_bytes, after.live_bytes)
        # Blocks of 200 KB, one sample in 512 KiB: within four standard errors, here 20 MB.
        self.assertAlmostEqual(after.live_bytes - before.live_bytes, 48 * MIB, delta=20 * MIB)
        del held

    def test_pools_and_scopes(self):
        with memgov.PoolScope("outer"):
            with memgov.PoolScope("inner"):
                held = blocks(48 * MIB)
        live = {pool.name: pool.live_bytes for pool in memgov.pools()}
        self.assertAlmostEqual(live["inner"], 48 * MIB, delta=20 * MIB)
        self.assertLess(live["outer"], 10 * MIB)
        del held

    def test_decorator(self):
        held = memgov.in_pool("decorated")(blocks)(48 * MIB)
        live = {pool.name: pool.live_bytes for pool in memgov.pools()}
        self.assertGreater(live["decorated"], 28 * MIB)
        del held

    def test_text(self):
        self.assertIn("memgov_resident_bytes", memgov.prometheus())
        self.assertIn("MEMGOV_IDLE_MS", memgov.config())
        self.assertIsInstance(memgov.figures(), dict)
        self.assertGreater(len(memgov.figures()), 3)

    def test_text_longer_than_the_first_guess(self):
        for number in range(60):
            with memgov.PoolScope(f"many-pools-with-long-names-{number}-x"):
                pass
        self.assertGreater(len(memgov.prometheus()), 16384)
        self.assertTrue(memgov.prometheus().endswith("\n"))

    def test_counters_and_recycle(self):
        before = memgov.counters()
        memgov.admit_done(0 if memgov.admit(1000) else 1000)
        self.assertEqual(memgov.counters().admitted, before.admitted + 1)
        self.assertFalse(memgov.recycle().advised)

    def test_release_gives_back(self):
        held = blocks(64 * MIB)
        before = memgov.stats()
        del held
        gc.collect()
        memgov.release()
        # By this release, or by the governor's a moment earlier.
        wait_until(
            lambda: memgov.release() >= 0
            and memgov.stats().resident_bytes < before.resident_bytes - 40 * MIB,
            "40 of 64 MB given back",
        )


@only_present
class BudgetTest(CalmTest):
    def test_budget_set_and_read(self):
        self.assertTrue(memgov.set_budget(300 * MIB, 400 * MIB))
        now = memgov.budget()
        self.assertEqual((now.soft_bytes, now.hard_bytes), (300 * MIB, 400 * MIB))
        self.assertLess(now.headroom_bytes, 400 * MIB)
        self.assertEqual(now.rung, memgov.Rung.NORMAL)
        self.assertTrue(memgov.set_budget(None, None))
        self.assertIsNone(memgov.headroom())

    def test_pool_budget(self):
        self.assertIsNone(memgov.pool_budget("budgeted"))
        self.assertTrue(memgov.set_pool_budget("budgeted", 64 * MIB))
        self.assertEqual(memgov.pool_budget("budgeted"), 64 * MIB)
        self.assertTrue(memgov.set_pool_budget("budgeted", None))
        self.assertIsNone(memgov.pool_budget("budgeted"))

    def test_pool_limit(self):
        if not memgov.set_pool_limit("limited", 64 * MIB):
            self.skipTest("an engine without exact books")
        self.assertEqual(memgov.pool_limit("limited"), 64 * MIB)
        with memgov.PoolScope("limited"), self.assertRaises(MemoryError):
            held = b"x" * (65 * MIB)
        held = b"x" * (65 * MIB)
        self.assertEqual(len(held), 65 * MIB)
        self.assertTrue(memgov.set_pool_limit("limited", None))
        self.assertIsNone(memgov.pool_limit("limited"))

    def test_allocation_beyond_the_hard_budget_is_a_memory_error(self):
        memgov.set_budget(100 * MIB, 200 * MIB)
        with self.assertRaises(MemoryError):
            held = []
            while len(held) < 1000:
                held.append(b"x" * MIB)
        held = None
        self.assertGreater(memgov.counters().refused_allocations, 0)


@only_present
class AdmissionTest(CalmTest):
    def setUp(self):
        super().setUp()
        self.assertTrue(memgov.set_budget(900 * MIB, 1000 * MIB))

    def reserved(self):
        return memgov.budget().admitted_bytes

    def test_answers(self):
        with memgov.Admission(400 * MIB) as first:
            self.assertIs(first.answer, memgov.Answer.ADMITTED)
            self.assertEqual(self.reserved(), 400 * MIB)
            with memgov.Admission(600 * MIB) as second:
                self.assertFalse(second)
                self.assertIs(second.answer, memgov.Answer.DEFER)
                self.assertEqual(self.reserved(), 400 * MIB)
        self.assertEqual(self.reserved(), 0)
        self.assertIs(memgov.admit(1 << 80), memgov.Answer.REJECT)

    def test_growing(self):
        admission = memgov.Admission(100 * MIB)
        self.assertIs(admission.grow(50 * MIB), memgov.Answer.ADMITTED)
        self.assertIs(admission.grow(5000 * MIB), memgov.Answer.REJECT)
        self.assertEqual(self.reserved(), 150 * MIB)
        admission.give_back()
        admission.give_back()
        self.assertEqual(self.reserved(), 0)

    def test_a_forgotten_one_is_given_back_with_its_object(self):
        admission = memgov.Admission(100 * MIB)
        self.assertTrue(admission)
        del admission
        gc.collect()
        self.assertEqual(self.reserved(), 0)

    def test_given_back_on_another_thread(self):
        admission = memgov.Admission(100 * MIB)
        thread = threading.Thread(target=admission.give_back)
        thread.start()
        thread.join()
        self.assertEqual(self.reserved(), 0)

    def test_a_fork_child_gives_back_its_own_only(self):
        parents = memgov.Admission(100 * MIB)
        child = os.fork()
        if child == 0:
            own = memgov.admit(7 * MIB)
            parents.give_back()
            os._exit(0 if own == 0 and memgov.budget().admitted_bytes == 7 * MIB else 1)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertEqual(self.reserved(), 100 * MIB)
        parents.give_back()


@only_present
class GilTest(unittest.TestCase):
    def test_figures_let_other_threads_run(self):
        self.assertIsInstance(memgov._calls._FREE_GIL, ctypes.CDLL)
        for function in ("stats", "budget", "release", "text"):
            flags = getattr(memgov._calls, function)._flags_
            self.assertFalse(flags & 0x4, f"{function} keeps the GIL")  # FUNCFLAG_PYTHONAPI


class BadInputTest(unittest.TestCase):
    """One line, with the argument's name, its value and what is allowed; in both worlds."""

    def assert_refused(self, call, *expected):
        with self.assertRaises(ValueError) as caught:
            call()
        message = str(caught.exception)
        self.assertNotIn("\n", message)
        for text in ("memgov: ", *expected):
            self.assertIn(text, message)

    def test_byte_counts(self):
        self.assert_refused(lambda: memgov.admit(-1), "bytes=-1", "0 or more")
        self.assert_refused(lambda: memgov.admit(1.5), "bytes=1.5")
        self.assert_refused(lambda: memgov.admit_done("1"), "bytes='1'")
        self.assert_refused(lambda: memgov.release(-5), "bytes=-5")
        self.assert_refused(lambda: memgov.admit(True), "bytes=True")

    def test_budgets(self):
        self.assert_refused(lambda: memgov.set_budget(1, None), "soft_bytes=1", "1048576")
        self.assert_refused(
            lambda: memgov.set_budget(None, 64 * MIB), "soft_bytes=None", "at most hard_bytes"
        )
        self.assert_refused(lambda: memgov.set_budget(3 * MIB, 2 * MIB), "soft_bytes=3145728")
        self.assert_refused(lambda: memgov.set_pool_budget("any", 5), "soft_bytes=5")

    def test_pool_names(self):
        for bad in ("", "a\0b", None, b"bytes"):
            self.assert_refused(lambda: memgov.PoolScope(bad), f"pool name={bad!r}", "1 to 31 bytes")
            self.assert_refused(lambda: memgov.bind_pool(bad), f"pool name={bad!r}")

    def test_scopes(self):
        scope = memgov.PoolScope("twice")
        with scope:
            self.assertRaises(RuntimeError, scope.__enter__)
        with scope:
            pass

    def test_a_scope_left_elsewhere(self):
        scope = memgov.PoolScope("elsewhere")
        caught = []

        def leave():
            try:
                scope.__exit__(None, None, None)
            except RuntimeError as error:
                caught.append(str(error))

        scope.__enter__()
        thread = threading.Thread(target=leave)
        thread.start()
        thread.join()
        self.assertEqual(caught, ["memgov: a PoolScope must be left on the thread that entered it"])
        scope.__exit__(None, None, None)

    def test_functions_that_suspend(self):
        async def coroutine():
            pass

        def generator():
            yield

        async def both():
            yield

        for function in (coroutine, generator, both):
            with self.assertRaisesRegex(TypeError, "suspends"):
                memgov.in_pool("any")(function)


if __name__ == "__main__":
    unittest.main(verbosity=2)
