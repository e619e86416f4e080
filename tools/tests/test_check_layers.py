import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import check_layers

DEPS = {"base": [], "json": ["base"], "net": ["base"], "app": ["base", "json"]}


class Deps(unittest.TestCase):
    def test_of_a_call(self):
        text = "# DEPS nothing\nbifrost_module(NAME app\n  MAIN main.cc\n  DEPS base json  # and\n       net\n  LIBS fmt::fmt)\n"
        self.assertEqual(check_layers.module_deps(text), ["base", "json", "net"])
        self.assertEqual(check_layers.module_deps("bifrost_module(NAME base LIBS fmt::fmt)"), [])

    def test_order(self):
        text = "foreach(folder IN ITEMS\n  base\n  json net)\n  if(x)\n add_subdirectory(\"src/${folder}\")\nendif()\nendforeach()\n"
        self.assertEqual(check_layers.layer_order(text), ["base", "json", "net"])

    def test_only_downwards(self):
        self.assertEqual(list(check_layers.broken_order(["base", "json", "net", "app"], DEPS)), [])
        self.assertEqual(len(list(check_layers.broken_order(["json", "base", "net", "app"], DEPS))), 1)
        self.assertEqual(len(list(check_layers.broken_order(["base", "json", "app"], DEPS))), 1)


    def test_unused(self):
        included = {"json": {"json", "base"}, "net": {"base"}, "app": {"json"}}
        messages = list(check_layers.unused_deps(DEPS, included))
        self.assertEqual(messages, ["src/app/CMakeLists.txt:1: DEPS names base, which nothing in app includes"])


ROWS = """
| layer | folder | one line | may include |
| --- | --- | --- | --- |
| 0 | `base/` | strings, limits | std |
| 1 | `json/` | **text** | base |
| 1 | `net/` | waits | base |
| 8 | `app/` | all | base, json |
"""


class Table(unittest.TestCase):
    def broken(self, text, deps=DEPS):
        return list(check_layers.broken_table(text, ["base", "json", "net", "app"], deps))

    def test_is_read(self):
        self.assertEqual(check_layers.table_deps(ROWS), {"base": set(), "json": {"base"}, "net": {"base"}, "app": {"base", "json"}})

    def test_says_what_cmake_says(self):
        self.assertEqual(self.broken(ROWS), [])

    def test_leaves_nothing_out_and_adds_nothing(self):
        self.assertIn("the row of json leaves out base", self.broken(ROWS.replace("| base |", "| std |"))[0])
        self.assertIn("the row of app names net", self.broken(ROWS.replace("base, json", "base, json, net"))[0])

    def test_has_the_same_rows_in_the_same_order(self):
        self.assertEqual(len(self.broken(ROWS.replace("`net/`", "`network/`"))), 1)
        self.assertEqual(len(self.broken(ROWS.replace("`json/`", "`x/`").replace("`net/`", "`json/`").replace("`x/`", "`net/`"))), 1)


class Includes(unittest.TestCase):
    def broken(self, name, text, exists=True):
        return list(check_layers.broken_includes(name, text, DEPS, lambda path: exists))

    def test_own_folder_and_deps(self):
        self.assertEqual(self.broken("src/json/a.cc", '#include "json/a.h"\n#include "base/x.h"\n#include <net/if.h>\n'), [])

    def test_others(self):
        messages = self.broken("src/json/sub/a.cc", '\n#include "net/a.h"\n')
        self.assertEqual(len(messages), 1)
        self.assertTrue(messages[0].startswith("src/json/sub/a.cc:2: json may not include net"))

    def test_relative_path_and_missing_file(self):
        self.assertEqual(len(self.broken("src/json/a.cc", '#include "a.h"\n')), 1)
        self.assertEqual(len(self.broken("src/json/a.cc", '#include "json/gone.h"\n', exists=False)), 1)


if __name__ == "__main__":
    unittest.main()
