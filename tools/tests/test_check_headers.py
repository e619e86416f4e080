import pathlib
import sys
import tempfile
import unittest
from unittest import mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import check_headers


class ProvenByTheBuild(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        (self.root / "src/net").mkdir(parents=True)
        patch = mock.patch.object(check_headers.tree, "ROOT", self.root)
        patch.start()
        self.addCleanup(patch.stop)

    def proven(self, source, command="clang++ -c address.cc"):
        path = self.root / "src/net/address.cc"
        path.write_text(source)
        return check_headers.is_proven_by_the_build("src/net/address.h", {str(path): command})

    def test_only_what_its_source_includes_first(self):
        self.assertTrue(self.proven('// Why.\n#include "net/address.h"\n\n#include <string>\n'))
        self.assertFalse(self.proven('#include <string>\n\n#include "net/address.h"\n'))
        self.assertFalse(self.proven('#include "net/other/address.h"\n'))
        self.assertFalse(self.proven("int x;\n"))

    def test_not_behind_a_precompiled_header(self):
        self.assertFalse(self.proven('#include "net/address.h"\n', "clang++ -Xclang -include -Xclang cmake_pch.hxx -c address.cc"))

    def test_not_what_no_target_compiles(self):
        self.assertFalse(check_headers.is_proven_by_the_build("src/net/address.h", {}))


if __name__ == "__main__":
    unittest.main()
