import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import tree


class Blanking(unittest.TestCase):
    def test_comments_and_strings_go_and_lines_stay(self):
        text = 'int a; // throw\n/* new\nnew */ f("throw \\" x", \'"\'); int b = 1\'000;\n'
        blanked = tree.blank_comments_and_strings(text)
        self.assertEqual(blanked.count("\n"), text.count("\n"))
        self.assertNotIn("throw", blanked)
        self.assertNotIn("new", blanked)
        self.assertIn("1'000;", blanked)

    def test_raw_strings_go(self):
        blanked = tree.blank_comments_and_strings('auto s = R"x(\n throw )" new )x"; keep();')
        self.assertEqual(blanked, 'auto s = ""\n; keep();')

    def test_includes_stay(self):
        self.assertIn("<regex>", tree.blank_comments_and_strings("#include <regex>  // why\n"))
        self.assertIn('"json/a.h"', tree.blank_comments_and_strings('#include "json/a.h"\n'))


class Globs(unittest.TestCase):
    def test_two_stars_cross_folders_and_one_does_not(self):
        self.assertTrue(tree.matches("src/a/b/c.cc", ["src/**"]))
        self.assertTrue(tree.matches("src/a/c_test.cc", ["src/**/*_test.cc"]))
        self.assertTrue(tree.matches("src/c_test.cc", ["src/**/*_test.cc"]))
        self.assertFalse(tree.matches("src/a/b.cc", ["src/*"]))
        self.assertFalse(tree.matches("src/a.ccx", ["src/*.cc"]))


if __name__ == "__main__":
    unittest.main()
