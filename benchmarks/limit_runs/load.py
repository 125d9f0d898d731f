"""Closed-loop HTTP load that grows: connection by connection over the ramp, then steady.

Every connection posts the same body, waits for the answer, and posts again. A refusal (a status from 500 on)
is an answer; the connection pauses for a moment, as a client would that obeys Retry-After.
"""

import dataclasses
import http.client
import json
import random
import threading
import time

PAUSE_SECONDS = 0.1
TIMEOUT_SECONDS = 60


@dataclasses.dataclass(frozen=True)
class Plan:
    """What is posted, by how many, for how long."""

    connections: int
    body_bytes: int
    ramp_seconds: float
    hold_seconds: float
    path: str = "/"

    @property
    def seconds(self):
        return self.ramp_seconds + self.hold_seconds


@dataclasses.dataclass
class Tally:
    """Answers: seconds after the load's start, of those served and of those refused; broken: no answer."""

    served: list = dataclasses.field(default_factory=list)
    refused: int = 0
    broken: int = 0


def body(size):
    """A chat request of about `size` bytes: messages of text, as gateways get them. Always the same."""
    chance = random.Random(1)
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=length)) for length in range(2, 12)]
    messages, filled = [], 0
    while filled < size:
        text = " ".join(chance.choices(words, k=chance.randint(5, 120)))
        messages.append({"role": chance.choice(["user", "assistant"]), "id": filled, "content": text})
        filled += len(text) + 50
    return json.dumps({"model": "a-model", "stream": False, "messages": messages}).encode()


class Load:
    """One load on one port. start() returns at once; stop() ends it before its time."""

    def __init__(self, port, plan):
        self.port, self.plan, self.body = port, plan, body(plan.body_bytes)
        self.tally = Tally()
        self.lock = threading.Lock()
        self.stopped = threading.Event()
        self.threads = []

    def start(self):
        self.began = time.monotonic()
        for index in range(self.plan.connections):
            delay = self.plan.ramp_seconds * index / self.plan.connections
            self.threads.append(threading.Thread(target=self.run_connection, args=(delay,), daemon=True))
            self.threads[-1].start()

    def elapsed(self):
        return time.monotonic() - self.began

    def stop(self):
        self.stopped.set()

    def running(self):
        """Some connection still waits for its last answer."""
        return any(thread.is_alive() for thread in self.threads)

    def over(self):
        return self.stopped.is_set() or self.elapsed() >= self.plan.seconds

    def run_connection(self, delay):
        self.stopped.wait(delay)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_SECONDS)
        while not self.over():
            if not self.post(connection):
                self.stopped.wait(PAUSE_SECONDS)
        connection.close()

    def post(self, connection):
        """False where the next request should wait."""
        try:
            connection.request("POST", self.plan.path, self.body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            with self.lock:
                self.tally.broken += 1
            return False
        with self.lock:
            if answer.status < 500:
                self.tally.served.append(self.elapsed())
            else:
                self.tally.refused += 1
        return answer.status < 500
