import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import sysroot

CONTROL = "Package: libfoo\nVersion: 1.2-3\nArchitecture: arm64\nMaintainer: nobody\nDescription: a library\n"


class Unpacked(unittest.TestCase):
    """A package that does not know of a merged /usr, and links from the root."""

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        package = self.folder / "package"
        for name in ("DEBIAN", "lib/a", "usr/lib/a"):
            (package / name).mkdir(parents=True)
        (package / "DEBIAN/control").write_text(CONTROL)
        (package / "lib/a/libfoo.so.1").write_text("foo")
        (package / "usr/lib/a/libfoo.so").symlink_to("/lib/a/libfoo.so.1")
        self.archive = self.folder / "libfoo.deb"
        subprocess.run(["dpkg-deb", "--root-owner-group", "--build", str(package), str(self.archive)], check=True, stdout=subprocess.DEVNULL)
        self.root = self.folder / "root"
        (self.root / "usr/lib").mkdir(parents=True)
        (self.root / "lib").symlink_to("usr/lib")

    def test_files_are_where_they_are_said_to_be(self):
        self.assertEqual(sorted(sysroot.unpack(self.archive, self.root)), ["/usr/lib/a/libfoo.so", "/usr/lib/a/libfoo.so.1"])
        self.assertTrue((self.root / "lib").is_symlink())
        self.assertEqual((self.root / "usr/lib/a/libfoo.so.1").read_text(), "foo")

    def test_links_stay_within(self):
        sysroot.unpack(self.archive, self.root)
        sysroot.make_links_relative(self.root)
        self.assertEqual((self.root / "usr/lib/a/libfoo.so").read_text(), "foo")
        self.assertTrue((self.root / "usr/lib/a/libfoo.so").resolve().is_relative_to(self.root.resolve()))

    def test_name_and_version_are_those_of_the_package(self):
        self.assertEqual((sysroot.field(self.archive, "Package"), sysroot.field(self.archive, "Version")), ("libfoo", "1.2-3"))

    def test_what_is_no_package_is_refused(self):
        self.archive.write_text("nothing")
        with self.assertRaises((SystemExit, subprocess.CalledProcessError)):
            sysroot.unpack(self.archive, self.root)


if __name__ == "__main__":
    unittest.main()
