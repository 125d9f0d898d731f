"""programs/run_python.py again, with every object of Python's from malloc (PYTHONMALLOC=malloc)."""

import harness
import run_python


class MallocTest(run_python.PythonTest):
    def run_program(self, command, preload, **arguments):
        return super().run_program(command, preload, PYTHONMALLOC="malloc", **arguments)


if __name__ == "__main__":
    del run_python.PythonTest
    harness.main()
