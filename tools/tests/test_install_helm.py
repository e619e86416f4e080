import pathlib
import shutil
import subprocess
import tempfile
import unittest

TOOLS = pathlib.Path(__file__).resolve().parents[1]


class Toolchain(unittest.TestCase):
    def install(self, machine, go):
        """What the script says on such a machine, with a go command that only tells its version and what it is asked to fetch."""
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            shutil.copytree(TOOLS / "helm", root / "tools/helm")
            shutil.copy(TOOLS / "install_helm.sh", root / "tools")
            (root / "bin").mkdir()
            answers = f'case $1 in env) echo {go} ;; mod) echo "fetched $4" ;; build) echo built >&2; exit 1 ;; esac'
            for name, script in ("uname", f"echo {machine}"), ("go", answers):
                (root / "bin" / name).write_text(f"#!/bin/sh\n{script}\n")
                (root / "bin" / name).chmod(0o755)
            done = subprocess.run([root / "tools/install_helm.sh"], env={"PATH": f"{root}/bin:/usr/bin:/bin"}, capture_output=True, text=True, check=False)
            self.assertNotEqual(done.returncode, 0)
            return done.stderr

    def test_is_checked_by_its_sum(self):
        self.assertIn("golang.org/toolchain is not what it was: fetched golang.org/toolchain@v0.0.1-go1.24.9.linux-amd64", self.install("x86_64", "go1.19.8"))

    def test_is_not_fetched_where_no_sum_is_known(self):
        for machine in ("aarch64", "riscv64"):
            said = self.install(machine, "go1.19.8")
            self.assertIn(f"no sum of a newer one is known for {machine}", said)
            self.assertIn("install Go 1.24 or later", said)

    def test_is_not_needed_with_a_go_that_is_new_enough(self):
        self.assertEqual(self.install("aarch64", "go1.26.8"), "built\n")


if __name__ == "__main__":
    unittest.main()
