"""Names that the kernel knows: the helpers, executors, and what is left as it was."""

import asyncio
import concurrent.futures
import pathlib
import sys
import threading
import unittest

import memgov
from memgov._threads import os_name


def kernel_name():
    """Of the calling thread."""
    return pathlib.Path(f"/proc/self/task/{threading.get_native_id()}/comm").read_text().rstrip("\n")


def name_inside(**arguments):
    """The kernel's name of a new thread."""
    found = []
    thread = threading.Thread(target=lambda: found.append(kernel_name()), **arguments)
    thread.start()
    thread.join()
    return found[0]


class OsNameTest(unittest.TestCase):
    def test_names(self):
        for name, expected in (
            ("parse", b"parse"),
            ("parse-17", b"parse-17"),
            ("Thread-7 (serve)", b"serve"),
            ("ThreadPoolExecutor-0_3", b"ThreadPoolExecu"),
            ("a-parser-of-json_12", b"a-parser-of-jso"),
            ("AnyIO worker thread", b"AnyIO worker th"),
            ("fifteen-bytes-1", b"fifteen-bytes-1"),
            ("sixteen-bytes-12", b"sixteen-bytes"),
            ("nul\0in-it", b"nul in-it"),
            ("", b""),
            ("日本語の名前", "日本語の名".encode()),
            ("ab日本語の名前", "ab日本語の".encode()),
        ):
            self.assertEqual(os_name(name), expected)
            self.assertLessEqual(len(os_name(name)), 15)


class NamingTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.before = name_inside(name="unnamed-before")
        memgov.name_new_threads()
        memgov.name_new_threads()

    @unittest.skipIf(sys.version_info >= (3, 14), "Python names them itself")
    def test_python_named_none(self):
        self.assertNotEqual(self.before, "unnamed-before")

    def test_by_hand(self):
        def run():
            memgov.name_thread("by-hand-5")
            return kernel_name()

        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            self.assertEqual(pool.submit(run).result(), "by-hand-5")

    def test_threads(self):
        self.assertEqual(name_inside(name="worker-3"), "worker-3")

    def test_subclasses_that_run_on_their_own(self):
        class Own(threading.Thread):
            def run(self):
                self.found = kernel_name(), "run" in self.__dict__

        thread = Own(name="own-1")
        thread.start()
        thread.join()
        self.assertEqual(thread.found, ("own-1", False))
        self.assertRaises(RuntimeError, thread.start)

    def test_executors(self):
        with concurrent.futures.ThreadPoolExecutor(2, thread_name_prefix="json") as pool:
            self.assertEqual(pool.submit(kernel_name).result(), "json_0")

        async def main():
            return await asyncio.get_running_loop().run_in_executor(None, kernel_name)

        self.assertEqual(asyncio.run(main()), "asyncio_0")

    def test_a_thread_that_fails_is_reported_as_ever(self):
        failed = []
        self.addCleanup(setattr, threading, "excepthook", threading.excepthook)
        threading.excepthook = lambda arguments: failed.append(arguments.exc_type)
        thread = threading.Thread(target=lambda: 1 // 0)
        thread.start()
        thread.join()
        self.assertEqual(failed, [ZeroDivisionError])

    def test_the_main_thread_keeps_its_name(self):
        self.assertTrue(kernel_name().startswith("python3"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
