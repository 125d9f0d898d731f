"""python3: json, threads, fork beside threads, multiprocessing, subprocess."""

import os
import unittest

import harness

JSON = """
import json, hashlib
document = [{"id": i, "text": "word " * (i % 500), "nested": {"list": list(range(i % 50))}} for i in range(4000)]
text = json.dumps(document)
for _ in range(5):
    assert json.loads(text) == document
print(len(text), hashlib.sha256(text.encode()).hexdigest())
"""

THREADS = """
import json, concurrent.futures
def work(number):
    body = json.dumps({"n": number, "data": ["x" * (number % 900)] * 200})
    return sum(len(text) for text in json.loads(body)["data"])
with concurrent.futures.ThreadPoolExecutor(64) as pool:
    print(sum(pool.map(work, range(4000))))
"""

# Threads allocate while the parent forks: the child allocates at once.
FORK_BESIDE_THREADS = """
import json, os, threading
stop = threading.Event()
def churn():
    while not stop.is_set():
        json.loads(json.dumps({"list": list(range(500))}))
threads = [threading.Thread(target=churn) for _ in range(6)]
for thread in threads:
    thread.start()
failed = 0
for i in range(100):
    child = os.fork()
    if child == 0:
        data = [bytes(n) for n in range(0, 20000, 37)]
        os._exit(0 if len(data) == 541 else 1)
    failed += os.waitpid(child, 0)[1] != 0
stop.set()
for thread in threads:
    thread.join()
print("failed children:", failed)
"""

MULTIPROCESSING = """
import multiprocessing, sys
def work(number):
    return len(repr([number] * 5000)) + sum(len(str(n)) for n in range(number % 100))
if __name__ == "__main__":
    for method in ("fork", "spawn"):
        with multiprocessing.get_context(method).Pool(4) as pool:
            print(method, sum(pool.map(work, range(400), chunksize=20)))
"""

SUBPROCESS = """
import subprocess, sys
out = [subprocess.run(["sh", "-c", f"echo {i}; exit {i % 3}"], capture_output=True) for i in range(60)]
print([result.returncode for result in out], sum(int(result.stdout) for result in out))
print(subprocess.run([sys.executable, "-c", "print(list(range(10)))"], capture_output=True, text=True).stdout)
print(subprocess.check_output("seq 100000 | sort -rn | head -3", shell=True, text=True))
"""


class PythonTest(harness.ProgramTest):
    def script_output(self, script):
        path = self.folder / "script.py"
        path.write_text(script)
        return self.assert_same(["python3", str(path)], seconds=120)

    def test_object_is_mapped(self):
        self.assert_maps_object(["python3", "-"])

    def test_json(self):
        self.script_output(JSON)

    def test_threads(self):
        self.script_output(THREADS)

    def test_fork_beside_threads(self):
        self.assertEqual(self.script_output(FORK_BESIDE_THREADS), "failed children: 0\n")

    @unittest.skipUnless(os.access("/dev/shm", os.W_OK), "multiprocessing needs /dev/shm")
    def test_multiprocessing(self):
        self.script_output(MULTIPROCESSING)

    def test_subprocess(self):
        self.script_output(SUBPROCESS)


if __name__ == "__main__":
    harness.need("python3")
    harness.main()
