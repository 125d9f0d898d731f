"""check_symbols.py finds what it must, in objects made up here."""

import dataclasses
import pathlib
import tempfile
import unittest

import check_symbols
import elf

GOOD = elf.Elf(
    symbols=(elf.Symbol("malloc", "", True, False), elf.Symbol("memcpy", "GLIBC_2.14", False, False)),
    needed=("libc.so.6",),
    flags=frozenset({"STATIC_TLS", "NODELETE"}),
    segments={"TLS": (64, "R"), "GNU_STACK": (0, "RW")},
)

SURFACE = """\
// HOOK(a comment, is, no, entry)
HOOK(void*, malloc, (size_t size), Malloc, (size))
HOOK_MIMALLOC(void, vfree, (void* block), Free, (block))
STUB(dlopen)
API(memgov_version@@MEMGOV_0.1)
"""


def symbol(name, version="", defined=False):
    return elf.Symbol(name, version, defined, False)


class CheckSymbolsTest(unittest.TestCase):
    def write(self, text):
        file = tempfile.NamedTemporaryFile("w", suffix=".txt")
        self.addCleanup(file.close)
        file.write(text)
        file.flush()
        return pathlib.Path(file.name)

    def with_symbol(self, *more):
        return dataclasses.replace(GOOD, symbols=GOOD.symbols + more)

    def test_surface_of_each_engine(self):
        path = self.write(SURFACE)
        both = {"malloc": "", "dlopen": "", "memgov_version": "MEMGOV_0.1"}
        self.assertEqual(check_symbols.surface_versions(path, "system"), both)
        self.assertEqual(check_symbols.surface_versions(path, "mimalloc"), both | {"vfree": ""})

    def test_surface_line_of_another_form_stops(self):
        for line in ("HOOK malloc\n", "API(memgov_version)\n", "STUB(dlopen@@MEMGOV_0.1)\n"):
            with self.assertRaises(SystemExit):
                check_symbols.surface_versions(self.write(line), "system")

    def test_allowed_of_each_engine(self):
        path = self.write("[all]\nmemcpy read  # why\n[mimalloc]\nmi_malloc\n")
        self.assertEqual(check_symbols.allowed_undefined(path, "system"), {"memcpy", "read"})
        self.assertEqual(check_symbols.allowed_undefined(path, "mimalloc"), {"memcpy", "read", "mi_malloc"})

    def test_good_object_passes(self):
        self.assertEqual(
            [
                *check_symbols.check_exports(GOOD, {"malloc": ""}),
                *check_symbols.check_versions(GOOD),
                *check_symbols.check_needed(GOOD),
                *check_symbols.check_link(GOOD),
                *check_symbols.check_undefined(GOOD, {"memcpy"}),
            ],
            [],
        )

    def test_exports(self):
        leak = self.with_symbol(symbol("leak", "", True))
        call = self.with_symbol(symbol("memgov_stats", "MEMGOV_0.1", True))
        hook = self.with_symbol(symbol("free", "MEMGOV_0.1", True))
        for read, promised, problems in (
            (leak, {"malloc": ""}, 1),
            (GOOD, {"malloc": "", "free": ""}, 1),
            (hook, {"malloc": "", "free": ""}, 1),
            (call, {"malloc": "", "memgov_stats": "MEMGOV_0.1"}, 0),
            (call, {"malloc": "", "memgov_stats": "MEMGOV_0.2"}, 1),
            (call, {"malloc": "", "memgov_stats": ""}, 1),
        ):
            self.assertEqual(len([*check_symbols.check_exports(read, promised)]), problems, promised)

    def test_versions(self):
        for version, problems in (
            ("GLIBC_2.31", 0),
            ("GLIBC_2.34", 1),
            ("GLIBC_PRIVATE", 1),
            ("GLIBC_ABI_DT_RELR", 1),
        ):
            read = self.with_symbol(symbol("open", version))
            self.assertEqual(len([*check_symbols.check_versions(read)]), problems, version)

    def test_needed(self):
        extra = dataclasses.replace(GOOD, needed=("libc.so.6", "libstdc++.so.6"))
        self.assertEqual(len([*check_symbols.check_needed(extra)]), 1)
        engine = dataclasses.replace(GOOD, needed=("libc.so.6", "libmimalloc.so.2"))
        self.assertEqual(len([*check_symbols.check_needed(engine)]), 1)
        self.assertEqual(len([*check_symbols.check_needed(GOOD)]), 0)

    def test_link(self):
        for changes in (
            {"flags": frozenset({"NODELETE"})},
            {"flags": frozenset({"STATIC_TLS"})},
            {"flags": GOOD.flags | {"TEXTREL"}},
            {"symbols": GOOD.symbols + (symbol("__tls_get_addr"),)},
            {"segments": {"TLS": (64, "R"), "GNU_STACK": (0, "RWE")}},
            {"segments": {"TLS": (64, "R")}},
            {"segments": {"TLS": (4096, "R"), "GNU_STACK": (0, "RW")}},
        ):
            changed = dataclasses.replace(GOOD, **changes)
            self.assertEqual(len([*check_symbols.check_link(changed)]), 1, changes)

    def test_undefined(self):
        self.assertEqual(
            len([*check_symbols.check_undefined(self.with_symbol(symbol("printf")), {"memcpy"})]), 1
        )


if __name__ == "__main__":
    unittest.main()
