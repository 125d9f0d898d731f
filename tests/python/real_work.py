"""programs/run_python.py again, with every object of Python's from malloc (PYTHONMALLOC=malloc)."""

import os

import harness
import run_python
import served


class MallocTest(run_python.PythonTest):
    def run_program(self, command, preload, **arguments):
        return super().run_program(command, preload, PYTHONMALLOC="malloc", **arguments)

    def test_what_serves(self):
        command = ["python3", "-c", "print(open('/proc/self/maps').read())"]
        self.assertIn(os.path.realpath(served.LIBRARY or harness.OBJECT), self.run_program(command, preload=True)[1])


if __name__ == "__main__":
    del run_python.PythonTest
    harness.main()
