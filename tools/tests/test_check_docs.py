import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import check_docs
import check_text


class Documents(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = pathlib.Path(self.folder.name)
        (self.root / "src/json").mkdir(parents=True)
        (self.root / "docs").mkdir()
        (self.root / "src/json/writer.h").write_text("")
        (self.root / "docs/guide.md").write_text("# The first request\n\n## The first request\n\n```\n# not one\n```\n")

    def links(self, text, name="README.md"):
        return [line for line, _ in check_docs.broken_links(self.root, name, text)]

    def paths(self, text):
        return [line for line, _ in check_docs.broken_paths(self.root, "ARCHITECTURE.md", text)]

    def test_tests(self):
        (self.root / "src/json/writer_test.cc").write_text("TEST(Writer, WritesNumbers) {}\nTEST_F(Long,\n    Name) {}\n")
        known = check_docs.known_tests(self.root)
        row = "| `json/writer.h` holds | `{}` |"
        for name in ("Writer.WritesNumbers", "Long.Name", "Writer"):
            self.assertEqual(list(check_docs.unknown_tests(known, row.format(name))), [])
        for name in ("Writer.Gone", "Reader"):
            self.assertEqual([line for line, _ in check_docs.unknown_tests(known, "x\n" + row.format(name))], [2])

    def test_links(self):
        self.assertEqual(self.links("[a](docs/guide.md) [b](https://example.org/x) [c](src/json/)"), [])
        self.assertEqual(self.links("x\n[a](docs/gone.md)"), [2])
        self.assertEqual(self.links("[a](guide.md) [b](../src/json/writer.h)", "docs/other.md"), [])
        self.assertEqual(self.links("```\n[a](gone.md)\n```\n`[a](gone.md)`"), [])

    def test_anchors(self):
        self.assertEqual(self.links("[a](docs/guide.md#the-first-request) [b](docs/guide.md#the-first-request-1)"), [])
        self.assertEqual(self.links("[a](docs/guide.md#not-one)"), [1])

    def test_paths_in_code(self):
        self.assertEqual(self.paths("`src/json/writer.h` `json/writer.h` `json/` `writer.h` `docs/`"), [])
        self.assertEqual(self.paths("`src/json/gone.h`\n`gone/`\n`json/{writer,gone}.h` `gone.h`"), [1, 2, 3, 3])
        self.assertEqual(self.paths("`src/<name>/a.h` `/v1/models/` `json/*.h` `x.json`"), [])


class Text(unittest.TestCase):
    def test_rules(self):
        self.assertEqual(list(check_text.broken_text("a.cc", b"x\n")), [])
        self.assertEqual(len(list(check_text.broken_text("a.cc", b"x"))), 1)
        self.assertEqual(len(list(check_text.broken_text("a.cc", b"x \ny\n\n"))), 2)
        self.assertEqual(list(check_text.broken_text("fuzz/corpus/h1/a", b"x \r\n\r\n")), [])
        self.assertEqual(len(list(check_text.broken_text("a.bin", b"\0" * 500_001))), 1)


if __name__ == "__main__":
    unittest.main()
