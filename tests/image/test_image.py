"""The image that `./dev image` has built. Needs root: it becomes other users in a root file system of their own."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tarfile
import tempfile
import unittest
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
IMAGE = ROOT / os.environ.get("IMAGE_FOLDER", "build/image")
ARCHITECTURE = os.environ.get("IMAGE_ARCHITECTURE", "amd64")
SIZE_MAX = 20 << 20

# Runs a command in the root file system as a user, which nobody may write but for what are volumes in Kubernetes.
INSIDE = """
set -e
mount --bind "$1" "$1"
for folder in tmp app/data; do mount -t tmpfs -o "mode=$(stat -c %a "$1/$folder"),uid=$(stat -c %u "$1/$folder"),gid=0" tmpfs "$1/$folder"; done
mount -t proc proc "$1/proc"
mount -o remount,ro,bind "$1"
user=$2
shift 2
exec chroot --userspec="$user" "$ROOT_FOLDER" "$@"
"""


def end(process):
    """Ends a command and what it has started, also as another user."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


class Image(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp()
        cls.root = pathlib.Path(cls.folder) / "root"
        cls.root.mkdir()
        subprocess.run(["tar", "--extract", "--same-owner", "--same-permissions", "--file", str(IMAGE / "root.tar"), "--directory", str(cls.root)], check=True)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def inside(self, *command, user="1000:0"):
        return ["unshare", "--mount", "--pid", "--fork", "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", f"ROOT_FOLDER={self.root}", "sh", "-c", INSIDE, "sh", str(self.root), user, *command]

    def run_inside(self, *command, user="1000:0"):
        return subprocess.run(self.inside(*command, user=user), capture_output=True, text=True, check=False)

    def test_it_is_small(self):
        layers = json.loads(self.blob(self.index()["manifests"][0]["digest"]))["layers"]
        self.assertLess(sum(layer["size"] for layer in layers), SIZE_MAX)

    def index(self):
        return json.loads((IMAGE / "oci/index.json").read_text())

    def blob(self, digest):
        return (IMAGE / "oci/blobs" / digest.replace(":", "/")).read_bytes()

    def test_it_names_its_user_by_number_its_version_and_what_to_run(self):
        manifest = json.loads(self.blob(self.index()["manifests"][0]["digest"]))
        config = json.loads(self.blob(manifest["config"]["digest"]))["config"]
        self.assertEqual(config["User"], "1000:0")
        self.assertEqual(config["Entrypoint"], ["/usr/bin/bifrost"])
        version = re.search(r"project\(bifrost VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text())[1]
        self.assertEqual(config["Labels"]["org.opencontainers.image.version"], version)
        self.assertEqual(self.run_inside("bifrost", "version").stdout.split()[-1], version)

    def test_it_says_for_which_machines_it_is(self):
        manifest = json.loads(self.blob(self.index()["manifests"][0]["digest"]))
        config = json.loads(self.blob(manifest["config"]["digest"]))
        self.assertEqual((config["os"], config["architecture"]), ("linux", ARCHITECTURE))

    def test_a_configuration_is_judged(self):
        for text, code in (('{"providers": {"demo": {}}}', 0), ('{"providerz": {}}', 1)):
            done = self.run_inside("sh", "-c", f"echo '{text}' >/tmp/config.json; bifrost validate --config /tmp/config.json")
            self.assertEqual(done.returncode, code, done.stderr)

    def test_nothing_in_it_gives_root_or_may_be_written_by_everybody(self):
        with tarfile.open(IMAGE / "root.tar") as archive:
            for member in archive:
                with self.subTest(member.name):
                    self.assertFalse(member.mode & 0o4000, "setuid")
                    if not member.issym() and member.name != "tmp":
                        self.assertFalse(member.mode & 0o002, "writable for everybody")

    def test_it_has_no_package_manager_and_no_other_shell(self):
        for name in ("apt", "dpkg", "bash", "perl", "python3"):
            self.assertFalse((self.root / "usr/bin" / name).exists())

    def test_hooks_find_a_shell_and_a_sleep(self):
        self.assertEqual(self.run_inside("sh", "-c", "sleep 0").returncode, 0)

    def test_it_has_the_certificates_and_the_time_zones(self):
        self.assertIn("BEGIN CERTIFICATE", (self.root / "etc/ssl/certs/ca-certificates.crt").read_text())
        self.assertTrue((self.root / "usr/share/zoneinfo/Europe/Berlin").exists())
        said = self.run_inside("sh", "-c", "head -1 /usr/lib/ssl/cert.pem; TZ=Asia/Tokyo date +%Z").stdout
        self.assertEqual(said.splitlines()[1:], ["JST"])

    def test_the_gateway_serves_as_its_user_and_as_any_other_of_group_0(self):
        for user in ("1000:0", "1234567:0"):
            with self.subTest(user):
                command = self.inside("bifrost", "serve", "--host", "127.0.0.1", "--port", "0", "--app-dir", "/app/data", user=user)
                with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True) as gateway:
                    seen = []
                    for line in gateway.stderr:
                        seen.append(line)
                        address = re.search(r"listening.* address=(127\.0\.0\.1:\d+)", line)
                        if address:
                            break
                    else:
                        self.fail("".join(seen))  # it has ended
                    try:
                        with urllib.request.urlopen(f"http://{address[1]}/livez") as answer:
                            self.assertEqual(answer.read(), b'{"status":"ok"}')
                        with urllib.request.urlopen(f"http://{address[1]}/health") as answer:
                            self.assertEqual(json.load(answer)["status"], "ok")
                        chat = {"model": "demo/chat", "messages": [{"role": "user", "content": "Hello"}]}
                        request = urllib.request.Request(f"http://{address[1]}/v1/chat/completions", json.dumps(chat).encode(), {"content-type": "application/json"})
                        with urllib.request.urlopen(request) as answer:
                            self.assertTrue(json.load(answer)["choices"][0]["message"]["content"])
                    finally:
                        end(gateway)

    def test_the_bill_of_materials_names_every_library(self):
        bill = json.loads((IMAGE / "bifrost.spdx.json").read_text())
        self.assertEqual(bill["spdxVersion"], "SPDX-2.3")
        names = {package["name"] for package in bill["packages"]}
        self.assertLessEqual({"bifrost", "libc6", "libssl3", "libpq5", "ca-certificates", "tzdata"}, names)
        for name in names - {"bifrost"}:
            self.assertTrue((self.root / f"usr/share/doc/{name}/copyright").exists(), name)


if __name__ == "__main__":
    unittest.main()
