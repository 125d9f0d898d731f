"""libmemgov.a: one object, in which only what surface.list names is visible, and which takes only what is allowed.

usage: archive_test.py <libmemgov.a> <surface.list> <allowed_undefined.txt> [unittest arguments]
"""

import pathlib
import re
import subprocess
import sys
import unittest

import check_symbols

ARCHIVE, SURFACE, ALLOWED = map(pathlib.Path, sys.argv[1:4])
# What the archive takes besides. Weak: a C++ runtime's and a sanitizer's, where the program has one.
FOR_LINKING = {"_GLOBAL_OFFSET_TABLE_", "__dso_handle", "__tls_get_addr"}
WEAK = re.compile(
    r"_ZSt15get_new_handlerv|_ZSt17__throw_bad_allocv|_Z(TI|TV|N)St9(bad_alloc|exception)\w*|__gxx_personality_v0"
    r"|__cxa_(allocate_exception|throw|begin_catch|end_catch)|__(a|hwa|l|m|t)san_init|__interceptor_\w+"
)


def tool(*command: str) -> str:
    """What a binutils program prints."""
    return subprocess.run([*command, ARCHIVE], check=True, capture_output=True, text=True).stdout


def symbols() -> dict[str, set[str]]:
    """{kind as nm has it: names}, of global symbols."""
    found: dict[str, set[str]] = {}
    for line in tool("nm", "-g").splitlines():
        words = line.split()
        if len(words) >= 2:
            found.setdefault(words[-2], set()).add(words[-1])
    return found


class ArchiveTest(unittest.TestCase):
    """What the linker sees."""

    def test_one_object(self) -> None:
        """All or nothing."""
        self.assertEqual(tool("ar", "t").split(), ["memgov.o"])

    def test_visible_names(self) -> None:
        """Those of the surface, no more."""
        visible = set().union(*(names for kind, names in symbols().items() if kind not in "Uwv"))
        self.assertEqual(visible, set(check_symbols.surface_versions(SURFACE, "arena")))

    def test_undefined(self) -> None:
        """The C library's, as for the preloaded object; the rest weak."""
        found = symbols()
        allowed = check_symbols.allowed_undefined(ALLOWED, "arena") | FOR_LINKING
        self.assertEqual(found["U"] - allowed, set())
        weak = found.get("w", set()) | found.get("v", set())
        self.assertEqual({name for name in weak if not WEAK.fullmatch(name)}, set())

    def test_no_groups(self) -> None:
        """Groups would be shared with the program's own of the same name."""
        self.assertIn("There are no section groups", tool("readelf", "-gW"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[4:])
