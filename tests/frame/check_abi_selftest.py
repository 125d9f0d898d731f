"""check_abi.py finds what it must, in headers made up here."""

import unittest

import check_abi

HEADER = """\
#define MEMGOV_SOFT 1 /* a rung */
#define MEMGOV_CALL(ret, name, params, args, absent) \\
  whatever
typedef struct memgov_thing_t {
  size_t size;     /* of the caller */
  const char* name;
  char text[MEMGOV_SOFT];
} memgov_thing_t;
MEMGOV_CALL(int, memgov_do, (memgov_thing_t * out), (out), -1)
"""
PRINTED = {
    "struct memgov_thing_t 24",
    "field memgov_thing_t.size 0 8",
    "field memgov_thing_t.name 8 8",
    "field memgov_thing_t.text 16 1",
    "constant MEMGOV_SOFT 1",
}
CALLS = {"call memgov_do MEMGOV_0.1"}


class CheckAbiTest(unittest.TestCase):
    def problems(self, printed=PRINTED, golden=PRINTED | CALLS, header=HEADER, calls=CALLS):
        return [*check_abi.problems_of(printed, golden, [header], {"lib.so": calls})]

    def test_all_kinds_are_read(self):
        self.assertEqual(check_abi.declared(HEADER), check_abi.keys(PRINTED | CALLS))

    def test_good_passes(self):
        self.assertEqual(self.problems(), [])

    def test_another_offset(self):
        moved = PRINTED - {"field memgov_thing_t.name 8 8"} | {"field memgov_thing_t.name 16 8"}
        self.assertEqual(len(self.problems(printed=moved)), 2)

    def test_field_that_only_the_header_has(self):
        more = HEADER.replace("  const char* name;", "  const char* name;\n  uint64_t bytes;")
        self.assertEqual(len(self.problems(header=more)), 1)

    def test_constant_that_only_the_header_has(self):
        self.assertEqual(len(self.problems(header=HEADER + "#define MEMGOV_MORE 2\n")), 1)

    def test_call_of_another_version_or_missing(self):
        self.assertEqual(len(self.problems(calls={"call memgov_do MEMGOV_0.2"})), 2)
        self.assertEqual(len(self.problems(calls=set())), 1)
        self.assertEqual(len(self.problems(calls=CALLS | {"call memgov_more MEMGOV_0.2"})), 1)


if __name__ == "__main__":
    unittest.main()
