import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import header_weight

DEPS = """src/json/a.cc.o: #deps 4, deps mtime 1 (VALID)
    ../../src/json/a.cc
    ../../src/json/a.h
    ../../src/base/b.h
    /usr/include/stdio.h

bench/a.cc.o: #deps 3, deps mtime 1 (VALID)
    ../../src/json/a.cc
    ../../src/json/a.h
    made/pch.h

src/base/b.cc.o: #deps 2, deps mtime 1 (VALID)
    /tree/src/base/b.cc
    ../../src/base/b.h

"""


class Includers(unittest.TestCase):
    def test_counts_files_of_ours_once(self):
        found = header_weight.includers(DEPS, "/tree/build/dev", "/tree")
        self.assertEqual(
            found, {"src/json/a.h": {"src/json/a.cc"}, "src/base/b.h": {"src/json/a.cc", "src/base/b.cc"}}
        )


class Chosen(unittest.TestCase):
    def test_all_where_none_is_named(self):
        self.assertEqual(header_weight.chosen({"a.h": 1, "b.h": 2}, []), {"a.h": 1, "b.h": 2})

    def test_those_that_are_named(self):
        self.assertEqual(header_weight.chosen({"a.h": 1, "b.h": 2}, ["b.h"]), {"b.h": 2})

    def test_refuses_what_nothing_includes(self):
        with self.assertRaises(SystemExit):
            header_weight.chosen({"a.h": 1}, ["c.h"])


class Table(unittest.TestCase):
    def test_heaviest_first_and_the_sum_of_all(self):
        lines = list(header_weight.table({"a.h": 1, "b.h": 30, "c.h": 2}, {"a.h": 900.0, "b.h": 100.0, "c.h": 50.0}, top=2))
        self.assertEqual([line.split()[-1] for line in lines], ["header", "b.h", "a.h", "headers"])
        self.assertEqual(lines[1].split()[:3], ["3.0", "30", "100"])
        self.assertEqual(lines[-1].split()[0], "4.0")


if __name__ == "__main__":
    unittest.main()
