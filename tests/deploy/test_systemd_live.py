"""The page about systemd as it is written, command by command, under a systemd that is the first process of a container of its own: its root is an
overlay over this machine's, which is gone afterwards, and its network has only a loopback. Needs root; elsewhere it is skipped."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIFROST = os.environ.get("BIFROST", str(ROOT / "build/dev/bifrost"))
PAGE = (ROOT / "docs/operations/systemd.md").read_text()
PATIENCE = 600  # seconds; only ends what hangs

# What comes of the page's commands is asked here, in the container; each `+ NAME` begins an answer.
INSIDE = """
exec >/mnt/out/said 2>&1
cd {root}
trap 'systemctl poweroff --force' EXIT
mkdir -p build/release && cp {bifrost} build/release/bifrost
echo '{{"providers": {{"demo": {{}}}}, "server": {{"drain_delay_in_seconds": 0}}}}' >config.json
echo OPENAI_API_KEY=sk-stands-for-a-secret >keys.env
sudo() {{ "$@"; }}
until_well() {{ until bifrost health; do sleep 0.1; done; }}
pid() {{ systemctl show --property MainPID --value bifrost; }}
set -e
until_well & waits=$!
{commands}
echo '+ health'; wait $waits; bifrost health
echo '+ chat'; curl -s http://127.0.0.1:8080/v1/chat/completions -d '{{"model": "demo/chat", "messages": [{{"role": "user", "content": "Hello"}}]}}'
echo; echo '+ user'; stat --format %U "/proc/$(pid)"
echo '+ status'; grep -E '^(CapBnd|NoNewPrivs|Seccomp):' "/proc/$(pid)/status"
echo '+ environment'; tr '\\0' '\\n' <"/proc/$(pid)/environ" | grep OPENAI
echo '+ folder'; readlink /var/lib/bifrost; ls /var/lib/private/bifrost
echo '+ reload'; systemctl reload bifrost
until journalctl --unit bifrost --output cat | grep reloaded; do sleep 0.1; done
echo '+ restart'; kill -KILL "$(pid)"
until systemctl show --property NRestarts bifrost | grep '=1$'; do sleep 0.1; done
until_well
echo '+ port'; mkdir -p /etc/systemd/system/bifrost.service.d; cp /mnt/in/override.conf /etc/systemd/system/bifrost.service.d
systemctl daemon-reload; systemctl restart bifrost
until curl -sf http://127.0.0.1:443/health; do sleep 0.1; done
echo; echo '+ stop'; systemctl stop bifrost; systemctl show --property ExecMainStatus bifrost
journalctl --unit bifrost --output cat | tail -n 4
"""


def block(language):
    return re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)[1]


def commands():
    """Those of the page, but for the build, and for the question that needs an answer to be waited for."""
    lines = block("text").splitlines()
    return "\n".join(line for line in lines if line != "./dev build" and not line.startswith("bifrost health"))


@unittest.skipUnless(os.geteuid() == 0 and shutil.which("systemd-nspawn"), "needs root and systemd-nspawn")
class Live(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        for name in ("in", "out", "upper", "root"):
            (cls.folder / name).mkdir()
        (cls.folder / "in/try.sh").write_text(INSIDE.format(root=ROOT, bifrost=BIFROST, commands=commands()))
        (cls.folder / "in/override.conf").write_text(block("ini"))
        unit = "[Unit]\nRequires=basic.target dbus.service\nAfter=basic.target dbus.service\n[Service]\nType=oneshot\nExecStart=/bin/bash /mnt/in/try.sh\n"
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(cls.folder / "upper")], check=True)
        for name in ("files", "work", "files/etc", "files/etc/systemd", "files/etc/systemd/system"):
            (cls.folder / "upper" / name).mkdir()
        (cls.folder / "upper/files/etc/systemd/system/try.service").write_text(unit)
        overlay = f"lowerdir=/,upperdir={cls.folder}/upper/files,workdir={cls.folder}/upper/work"
        mounted = subprocess.run(["mount", "-t", "overlay", "overlay", "-o", overlay, str(cls.folder / "root")], capture_output=True, text=True, check=False)
        if mounted.returncode != 0:
            cls.clear()
            raise unittest.SkipTest(f"no overlay can be made here: {mounted.stderr}")
        container = ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--private-network", f"--directory={cls.folder}/root"]
        container += [f"--bind-ro={cls.folder}/in:/mnt/in", f"--bind={cls.folder}/out:/mnt/out", "--boot", "--", "--unit=try.service"]
        boot = subprocess.run(container, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=PATIENCE, check=False)
        said = cls.folder / "out/said"
        cls.text = said.read_text() if said.exists() else boot.stdout + boot.stderr
        cls.answers = {part.partition("\n")[0]: part.partition("\n")[2] for part in re.split(r"^\+ ", cls.text, flags=re.MULTILINE)}
        cls.clear()

    @classmethod
    def clear(cls):
        for name in ("root", "upper"):
            subprocess.run(["umount", str(cls.folder / name)], capture_output=True, check=False)
        shutil.rmtree(cls.folder)

    def expect(self, name, *texts):
        self.assertIn(name, self.answers, self.text)
        for text in texts:
            self.assertIn(text, self.answers[name])

    def test_it_starts_and_serves(self):
        self.expect("health", "http://127.0.0.1:8080/health: ok")
        self.expect("chat", "demo model")

    def test_it_is_shut_in_and_gets_its_secrets(self):
        self.expect("user", "bifrost")
        self.expect("status", "CapBnd:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2")
        self.expect("environment", "OPENAI_API_KEY=sk-stands-for-a-secret")
        self.expect("folder", "private/bifrost", "config.db", "journal")

    def test_it_reads_its_configuration_again_and_comes_back_after_an_end(self):
        self.expect("reload", '"message":"reloaded"')
        self.expect("restart", "NRestarts=1")

    def test_another_port_by_a_drop_in(self):
        self.expect("port", '"status":"ok"')

    def test_it_is_stopped_in_peace(self):
        self.expect("stop", "ExecMainStatus=0", '"message":"stopped"')


if __name__ == "__main__":
    unittest.main()
