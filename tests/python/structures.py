"""The package's structs and constants are those of the C headers.

  structures.py <frame_abi_program>    a C program that prints what the compiler makes of the headers
"""

import ctypes
import subprocess
import sys
import unittest

import memgov
from memgov import _figures, _structures

STRUCTS = {
    "memgov_stats_t": _structures.Stats,
    "memgov_pool_t": _structures.Pool,
    "memgov_budget_t": _structures.Budget,
    "memgov_counters_t": _structures.Counters,
    "memgov_recycle_t": _structures.Recycle,
}
CONSTANTS = {
    "MEMGOV_NAME_BYTES": _structures.NAME_BYTES,
    "MEMGOV_UNLIMITED": _structures.UNLIMITED,
    "MEMGOV_NORMAL": memgov.Rung.NORMAL,
    "MEMGOV_SOFT": memgov.Rung.SOFT,
    "MEMGOV_HARD": memgov.Rung.HARD,
    "MEMGOV_ADMITTED": memgov.Answer.ADMITTED,
    "MEMGOV_DEFER": memgov.Answer.DEFER,
    "MEMGOV_REJECT": memgov.Answer.REJECT,
    "MEMGOV_TEXT_JSON": _figures._TEXT_JSON,
    "MEMGOV_TEXT_PROMETHEUS": _figures._TEXT_PROMETHEUS,
    "MEMGOV_TEXT_CONFIG": _figures._TEXT_CONFIG,
}
PROGRAM = ""


class StructuresTest(unittest.TestCase):
    def test_as_the_compiler_lays_them_out(self):
        expected = subprocess.run([PROGRAM], check=True, capture_output=True, text=True).stdout.splitlines()
        for name, struct in STRUCTS.items():
            wanted = [line for line in expected if line.split()[1].split(".")[0] == name]
            found = [f"struct {name} {ctypes.sizeof(struct)}"]
            for field, *_ in struct._fields_:
                at = getattr(struct, field)
                found.append(f"field {name}.{field} {at.offset} {at.size}")
            self.assertEqual(found, wanted)

    def test_constants(self):
        expected = subprocess.run([PROGRAM], check=True, capture_output=True, text=True).stdout.splitlines()
        for name, value in CONSTANTS.items():
            self.assertIn(f"constant {name} {int(value)}", expected)


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main(verbosity=2)
