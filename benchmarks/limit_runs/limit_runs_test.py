"""What limit_runs decides, on made-up runs, and where it looks for cgroups, on texts of /proc/self."""

import math
import pathlib
import tempfile
import unittest

import load
import memory_cgroup
import survival

V1 = "35 23 0:32 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory"
V2 = "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw,nsdelegate"


def runs(*seconds):
    return [survival.Run(survival.OOM_KILLED, each, 10, 0, 256 << 20) for each in seconds]


class SurvivalTest(unittest.TestCase):
    def test_quantiles_are_members(self):
        values = [3.0, 1.0, math.inf, 2.0]
        found = [survival.quantile(values, share) for share in (0, 0.25, 0.26, 0.5, 0.75, 1)]
        self.assertEqual(found, [1.0, 1.0, 2.0, 2.0, 3.0, math.inf])

    def test_equal_and_longer_lives_pass(self):
        self.assertTrue(survival.no_earlier(runs(1, 2, 3), runs(1, 2, 3)))
        self.assertTrue(survival.no_earlier(runs(1, 2, 3), runs(2, math.inf, math.inf)))
        self.assertTrue(survival.no_earlier(runs(math.inf), runs(math.inf)))

    def test_chance_is_tolerated_no_more(self):
        self.assertTrue(survival.no_earlier(runs(1.0, 2.0), runs(0.96, 1.95)))
        self.assertFalse(survival.no_earlier(runs(1.0, 2.0), runs(0.94, 2.0)))

    def test_an_early_tail_fails(self):
        base = runs(*[5.0] * 20)
        self.assertFalse(survival.no_earlier(base, runs(1.0, *[9.0] * 19)))
        self.assertFalse(survival.no_earlier(runs(5.0, math.inf), runs(9.0, 9.0)))

    def test_superiority(self):
        self.assertEqual(survival.superiority(runs(1, 2), runs(3, math.inf)), 1.0)
        self.assertEqual(survival.superiority(runs(1, math.inf), runs(1, math.inf)), 0.5)

    def test_endings(self):
        self.assertEqual(survival.ending(None, 0), survival.ALIVE)
        self.assertEqual(survival.ending(-9, 1), survival.OOM_KILLED)
        self.assertEqual(survival.ending(-9, 0), survival.OTHER)
        self.assertEqual(survival.ending(-6, 0), survival.ABORTED)
        self.assertEqual(survival.ending(134, 0), survival.ABORTED)
        self.assertEqual(survival.ending(0, 0), survival.OTHER)

    def test_table_names_what_is_earlier(self):
        lines = list(survival.table(("glibc", "memgov"), runs(1, 4), runs(2, 3)))
        self.assertRegex(lines[1], r"OOM kill +2 +2")
        self.assertTrue(any("q1.00" in line and line.endswith("earlier") for line in lines), lines)
        self.assertFalse(any("q0.50" in line and line.endswith("earlier") for line in lines), lines)


class PlaceTest(unittest.TestCase):
    def test_v1_in_a_hybrid(self):
        place = memory_cgroup.find("4:memory:/a/b\n0::/c\n", f"{V2}\n{V1}\n")
        self.assertEqual((place.version, str(place.folder)), (1, "/sys/fs/cgroup/memory/a/b"))

    def test_v2(self):
        place = memory_cgroup.find("0::/c d\n", V2)
        self.assertEqual((place.version, str(place.folder)), (2, "/sys/fs/cgroup/unified/c d"))

    def test_container_without_a_namespace(self):
        inside = V1.replace(" / /sys", " /docker/x /sys", 1)
        place = memory_cgroup.find("4:memory:/docker/x/y\n", inside)
        self.assertEqual(str(place.folder), "/sys/fs/cgroup/memory/y")
        place = memory_cgroup.find("4:memory:/elsewhere\n", inside)
        self.assertEqual(str(place.folder), "/sys/fs/cgroup/memory")

    def test_escapes_and_none(self):
        place = memory_cgroup.find("0::/\n", V2.replace("unified", "a\\040b"))
        self.assertEqual(str(place.mount), "/sys/fs/cgroup/a b")
        self.assertIsNone(memory_cgroup.find("4:memory:/a\n", "1 2 0:3 / / rw - ext4 /dev/root rw"))

    def test_v2_children_go_where_the_controller_is_handed_down(self):
        with tempfile.TemporaryDirectory() as folder:
            mount = pathlib.Path(folder)
            own = mount / "parent" / "own"
            own.mkdir(parents=True)
            (own / "cgroup.subtree_control").write_text("cpu\n")
            (mount / "parent" / "cgroup.subtree_control").write_text("cpu memory\n")
            place = memory_cgroup.Place(2, own, mount)
            self.assertEqual(memory_cgroup.parent_for_child(place), (mount / "parent", False))
            # What is above the mount is not ours.
            place = memory_cgroup.Place(2, own, own)
            self.assertEqual(memory_cgroup.parent_for_child(place), (own, True))
            (own / "cgroup.subtree_control").write_text("memory\n")
            self.assertEqual(memory_cgroup.parent_for_child(place), (own, False))

    def test_v1_children_go_below_us(self):
        place = memory_cgroup.Place(1, pathlib.Path("/a/b"), pathlib.Path("/a"))
        self.assertEqual(memory_cgroup.parent_for_child(place), (place.folder, False))


class LoadTest(unittest.TestCase):
    def test_body_has_the_size(self):
        for size in (1 << 12, 1 << 20):
            self.assertAlmostEqual(len(load.body(size)) / size, 1, delta=0.4)


if __name__ == "__main__":
    unittest.main()
