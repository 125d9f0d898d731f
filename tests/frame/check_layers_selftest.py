"""check_layers.py finds what it must, in a tree made up here, and passes one that is right."""

import pathlib
import tempfile
import unittest

import check_layers

LAYERS = """\
governor/base:
governor/config: governor/base
shim: governor/base
include/memgov:
"""


class CheckLayersTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.write("LAYERS", LAYERS)
        self.write("governor/base/bytes.h", "#include <stddef.h>\n")
        self.write("governor/config/options.h", '#include "governor/base/bytes.h"\n')
        self.write("include/memgov/memgov.h", "")
        self.write("include/memgov/memgov.hpp", "#include <memgov/memgov.h>\n")
        self.write("shim/malloc.cc", '#include "governor/base/bytes.h"\n#include "shim/malloc.cc"\n')

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def problems(self):
        return check_layers.check_tree(self.root)[0]

    def assert_only_problem(self, text):
        problems = self.problems()
        self.assertEqual(len(problems), 1, problems)
        self.assertIn(text, problems[0])

    def test_right_tree_passes(self):
        self.assertEqual(check_layers.check_tree(self.root), ([], 5))

    def test_lower_including_higher_is_named_with_its_line(self):
        self.write("governor/base/bytes.h", '\n#include "governor/config/options.h"\n')
        self.assert_only_problem(
            "governor/base/bytes.h:2: governor/base may not include from governor/config"
        )

    def test_angle_include_of_our_own_header_counts(self):
        self.write("governor/base/bytes.h", "#include <memgov/memgov.h>\n")
        self.assert_only_problem("governor/base may not include from include/memgov")

    def test_include_that_does_not_resolve(self):
        self.write("shim/malloc.cc", '  #  include "bytes.h"\n')
        self.assert_only_problem("shim/malloc.cc:1: no such file from the root: bytes.h")

    def test_abseil_is_for_the_tool_alone(self):
        self.write("LAYERS", LAYERS + "governor/cli/show: governor/base\n")
        self.write("governor/cli/show/ps.cc", '#include "absl/status/status.h"\n')
        self.assertEqual(self.problems(), [])
        self.write("shim/malloc.cc", '#include "absl/status/status.h"\n')
        self.assert_only_problem("shim/malloc.cc:1: no such file from the root: absl/status/status.h")

    def test_folder_that_layers_does_not_name(self):
        self.write("governor/extra/more.h", "")
        self.assert_only_problem("LAYERS does not name the folder governor/extra")

    def test_folder_that_does_not_exist(self):
        self.write("LAYERS", LAYERS + "governor/ghost:\n")
        self.assert_only_problem("no such folder or file: governor/ghost")

    def test_table_may_not_point_upwards(self):
        self.write("LAYERS", LAYERS.replace("governor/base:", "governor/base: governor/config"))
        self.assert_only_problem("LAYERS:1: governor/config is not named on a line above")

    def test_line_of_another_form(self):
        self.write("LAYERS", LAYERS + "shim\n")
        self.assert_only_problem("LAYERS:5: expected 'folder: folders'")

    def test_second_line_of_a_folder_adds_to_it(self):
        self.write("shim/malloc.cc", '#include "governor/config/options.h"\n')
        self.assert_only_problem("shim may not include from governor/config")
        self.write("LAYERS", LAYERS + "shim: governor/config\n")
        self.assertEqual(self.problems(), [])

    def test_line_of_a_file_is_for_that_file_alone(self):
        self.write("LAYERS", LAYERS + "governor/base/bytes.h: governor/config\n")
        self.write("governor/base/bytes.h", '#include "governor/config/options.h"\n')
        self.assertEqual(self.problems(), [])
        self.write("governor/base/more.h", '#include "governor/config/options.h"\n')
        self.assert_only_problem("governor/base/more.h:1: governor/base may not include from governor/config")


if __name__ == "__main__":
    unittest.main()
