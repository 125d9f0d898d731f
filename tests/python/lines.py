"""The waiting lines: who is admitted, who waits and in which order, who is refused."""

import asyncio
import threading
import time
import unittest

import fake_admission
from memgov._line import AsyncLine, ThreadLine
from memgov._options import Options

# Nothing is asked again by the clock but in the tests that say so.
PATIENT = {"ask_again_s": 1000, "longest_wait_s": 1000}


async def settle():
    """Every task that can run has run."""
    for _ in range(20):
        await asyncio.sleep(0)


class AsyncLineTest(unittest.IsolatedAsyncioTestCase):
    def make(self, room, **options):
        self.fake = fake_admission.install(self, room)
        return AsyncLine(Options(**{**PATIENT, **options}))

    async def test_admitted_rejected(self):
        line = self.make(100)
        self.assertTrue(await line.enter(60))
        self.assertFalse(await line.enter(101))
        self.assertEqual((self.fake.reserved, line.waiting), (60, 0))

    async def test_first_come_first_served(self):
        line = self.make(100)
        await line.enter(100)
        waiting = [asyncio.create_task(line.enter(bytes)) for bytes in (50, 20, 50)]
        await settle()
        self.assertEqual(line.waiting, 3)
        line.done(60)
        await settle()
        # The first two fit; the third has to wait, and none passes it.
        self.assertEqual([task.done() for task in waiting], [True, False, False])
        line.done(40)
        await settle()
        self.assertEqual([task.done() for task in waiting], [True, True, False])
        last = asyncio.create_task(line.enter(1))
        await settle()
        self.assertFalse(last.done())
        line.done(70)
        await settle()
        self.assertTrue(all(task.result() for task in (*waiting, last)))

    async def test_asks_again_by_the_clock(self):
        line = self.make(100, ask_again_s=0.01)
        await line.enter(100)
        waiting = asyncio.create_task(line.enter(10))
        await settle()
        self.fake.reserved = 0  # another process gave back
        self.assertTrue(await asyncio.wait_for(waiting, 20))

    async def test_too_long_a_wait(self):
        line = self.make(100, longest_wait_s=0.05)
        await line.enter(100)
        self.assertEqual(await asyncio.gather(line.enter(10), line.enter(10)), [False, False])
        self.assertEqual((self.fake.reserved, line.waiting), (100, 0))

    async def test_a_full_line(self):
        line = self.make(100, most_waiting=1)
        await line.enter(100)
        waiting = asyncio.create_task(line.enter(10))
        await settle()
        self.assertFalse(await line.enter(10))
        line.done(100)
        self.assertTrue(await waiting)

    async def test_rejected_while_it_waits(self):
        line = self.make(100)
        await line.enter(100)
        waiting = asyncio.create_task(line.enter(50))
        await settle()
        self.fake.room = 40
        line.done(100)
        self.assertFalse(await waiting)

    async def test_who_grows_goes_first(self):
        line = self.make(100)
        await line.enter(100)
        waiting = asyncio.create_task(line.enter(10))
        await settle()
        growing = asyncio.create_task(line.enter(10, grows=True))
        await settle()
        line.done(10)
        await settle()
        self.assertTrue(growing.done())
        self.assertFalse(waiting.done())
        line.done(10)
        self.assertTrue(await waiting)

    async def test_one_that_is_cancelled_leaves_the_line(self):
        line = self.make(100)
        await line.enter(100)
        first, second = (asyncio.create_task(line.enter(10)) for _ in range(2))
        await settle()
        first.cancel()
        await settle()
        self.assertEqual(line.waiting, 1)
        line.done(100)
        self.assertTrue(await second)
        self.assertEqual(self.fake.reserved, 10)

    async def test_the_loop_is_not_blocked(self):
        line = self.make(100)
        await line.enter(100)
        waiting = asyncio.create_task(line.enter(10))
        ticks = 0
        for _ in range(100):
            await asyncio.sleep(0)
            ticks += 1
        self.assertEqual((ticks, waiting.done()), (100, False))
        waiting.cancel()


class ThreadLineTest(unittest.TestCase):
    def make(self, room, **options):
        self.fake = fake_admission.install(self, room)
        return ThreadLine(Options(**{**PATIENT, **options}))

    def start(self, line, bytes, answers, **how):
        thread = threading.Thread(
            target=lambda: answers.append((bytes, line.enter(bytes, **how))), daemon=True
        )
        before = line.waiting
        thread.start()
        self.wait_until(lambda: line.waiting == before + 1)
        return thread

    def wait_until(self, condition):
        end = time.monotonic() + 20
        while not condition():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.005)

    def test_admitted_rejected(self):
        line = self.make(100)
        self.assertTrue(line.enter(60))
        self.assertFalse(line.enter(101))
        self.assertEqual((self.fake.reserved, line.waiting), (60, 0))

    def test_first_come_first_served(self):
        line, answers = self.make(100), []
        line.enter(100)
        threads = [self.start(line, bytes, answers) for bytes in (60, 41, 42)]
        line.done(100)
        self.wait_until(lambda: len(answers) == 1)
        self.assertEqual((answers, line.waiting), ([(60, True)], 2))
        line.done(60)
        for thread in threads:
            thread.join(20)
        self.assertEqual(answers, [(60, True), (41, True), (42, True)])

    def test_nobody_passes_the_first(self):
        line, answers = self.make(100), []
        line.enter(100)
        threads = [self.start(line, bytes, answers) for bytes in (60, 10)]
        line.done(50)
        self.wait_until(lambda: self.fake.asked.count(60) == 2)
        time.sleep(0.05)  # for one that would
        self.assertEqual((answers, self.fake.asked.count(10)), ([], 0))
        line.done(50)
        for thread in threads:
            thread.join(20)
        self.assertEqual(sorted(answers), [(10, True), (60, True)])

    def test_who_grows_goes_first(self):
        line, answers = self.make(100), []
        line.enter(100)
        threads = [self.start(line, 60, answers), self.start(line, 50, answers, grows=True)]
        line.done(100)
        self.wait_until(lambda: len(answers) == 1)
        line.done(50)
        for thread in threads:
            thread.join(20)
        self.assertEqual(answers, [(50, True), (60, True)])

    def test_refused(self):
        line = self.make(100, most_waiting=1, longest_wait_s=0.05)
        line.enter(100)
        self.assertFalse(line.enter(10))
        self.assertEqual((self.fake.reserved, line.waiting), (100, 0))
        line, answers = self.make(100, most_waiting=1), []
        line.enter(100)
        thread = self.start(line, 10, answers)
        self.assertFalse(line.enter(10))
        line.done(100)
        thread.join(20)
        self.assertEqual(answers, [(10, True)])

    def test_asks_again_by_the_clock(self):
        line, answers = self.make(100, ask_again_s=0.01), []
        line.enter(100)
        thread = self.start(line, 10, answers)
        self.fake.reserved = 0
        thread.join(20)
        self.assertEqual(answers, [(10, True)])


if __name__ == "__main__":
    unittest.main(verbosity=2)
