"""A live process that allocates, and what may be thrown at its socket."""

import array
import json
import os
import random
import socket
import threading
import time
import unittest

import support
from asking import connect, governor_thread, path_of, told


def connect_at_once(path):
    """None where the queue is full."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    connection.setblocking(False)
    try:
        connection.connect(path)
        return connection
    except BlockingIOError:
        connection.close()
        return None


class StormTest(support.ToolTest):
    def setUp(self):
        super().setUp()
        self.subject = self.start()
        self.path = path_of(self.subject, self.folder)
        support.wait_for(lambda: os.path.exists(self.path), self.path)
        self.over = threading.Event()
        self.worker = threading.Thread(target=self.allocate)
        self.worker.start()
        self.addCleanup(self.stop_allocating)

    def allocate(self):
        while not self.over.is_set():
            self.subject.say("hold io 8")
            self.subject.say("free io")

    def stop_allocating(self):
        self.over.set()
        self.worker.join(support.PATIENCE_S)

    def expect_alive(self):
        figures = json.loads(told(self.path, "json"))
        self.assertEqual(figures["process_id"], self.subject.pid)
        self.assertEqual(figures.get("bad_frees_total", 0), 0)

    def test_random_packets(self):
        seed = int.from_bytes(os.urandom(4), "big")
        print(f"seed {seed}")
        dice = random.Random(seed)
        verbs = [b"json", b"set ", b"release ", b"config", b"set idle_ms=", b"\0", b"\xff" * 40]
        for _ in range(150):
            with connect(self.path) as connection:
                for _ in range(dice.randrange(3)):
                    packet = dice.choice(verbs) * dice.randrange(2) + dice.randbytes(dice.choice((0, 3, 60, 5000)))
                    try:
                        connection.send(packet)
                    except (BrokenPipeError, ConnectionResetError):
                        break
                if dice.randrange(2):
                    connection.settimeout(0.01)
                    try:
                        connection.recv(1 << 20)
                    except (TimeoutError, ConnectionResetError):
                        pass
        self.expect_alive()

    def test_descriptors_that_are_handed_over_are_not_kept(self):
        own = governor_thread(self.subject) / "fd"
        told(self.path, "json")
        before = len(os.listdir(own))
        for _ in range(20):
            with connect(self.path) as connection, open("/dev/null") as file:
                rights = array.array("i", [file.fileno()] * 50)
                connection.sendmsg([b"config"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
                self.assertTrue(connection.recv(1 << 20).startswith(b"ok "))
        support.wait_for(lambda: len(os.listdir(own)) <= before, "its descriptors to be as before")
        self.expect_alive()

    def test_a_thousand_connections(self):
        """Half of them say half a word, none waits for its answer; then somebody asks."""
        held = []
        for number in range(1000):
            connection = connect_at_once(self.path)
            if connection is None:
                time.sleep(0.001)
                continue
            held.append(connection)
            if number % 2:
                try:
                    connection.send(b"js")
                except (BrokenPipeError, ConnectionResetError):
                    pass
        self.assertGreater(len(held), 8)
        self.expect_alive()  # while they are open
        for connection in held:
            connection.close()
        self.expect_alive()

    def test_who_reads_no_answers(self):
        held = [connect(self.path) for _ in range(30)]
        for connection in held:
            try:
                connection.send(b"prometheus")
            except (BrokenPipeError, ConnectionResetError):
                pass
        self.expect_alive()
        for connection in held:
            connection.close()

    def test_a_flood_costs_the_process_little(self):
        """CPU time of the governor's thread for all that eight threads ask of it in a second."""
        self.stop_allocating()
        schedstat = governor_thread(self.subject) / "schedstat"
        answers = [0] * 8
        begin = time.monotonic()
        over = begin + 1

        def flood(index):
            while time.monotonic() < over:
                connection = connect_at_once(self.path)
                if connection is None:
                    continue
                with connection:
                    connection.settimeout(1)
                    try:
                        connection.send(b"json")
                        answers[index] += bool(connection.recv(1 << 20))
                    except (TimeoutError, BrokenPipeError, ConnectionResetError):
                        pass

        before = int(schedstat.read_text().split()[0])
        threads = [threading.Thread(target=flood, args=(index,)) for index in range(8)]
        for thread_of_flood in threads:
            thread_of_flood.start()
        for thread_of_flood in threads:
            thread_of_flood.join()
        spent_ns = int(schedstat.read_text().split()[0]) - before
        windows = (time.monotonic() - begin) / 0.1
        print(f"{sum(answers)} answers, {spent_ns / 1e6:.1f} ms of CPU time in {windows * 0.1:.1f} s")
        # 8 connections in 100 ms, one window begun before and one after.
        self.assertLessEqual(sum(answers), 8 * (windows + 2))
        self.expect_alive()


if __name__ == "__main__":
    unittest.main()
