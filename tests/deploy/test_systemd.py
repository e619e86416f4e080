"""The unit: systemd takes it, it shuts the program in, and gives it the time that it asks for."""

import json
import pathlib
import re
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
UNIT = ROOT / "deploy/systemd/bifrost.service"
EXPOSURE_MAX = 15  # of 100, as `systemd-analyze security` counts; 20 and more it calls "medium"


def settings():
    found = {}
    for name, value in re.findall(r"^(\w+)=(.*)$", UNIT.read_text(), re.MULTILINE):
        found.setdefault(name, []).append(value)
    return found


def analyze(*arguments):
    done = subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


class Unit(unittest.TestCase):
    def verify(self, text):
        """What systemd has against a unit whose program is there."""
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "bifrost.service"
            path.write_text(text.replace("/usr/local/bin/bifrost", "/bin/true"))
            return analyze("verify", str(path))

    def test_systemd_has_nothing_against_it(self):
        self.assertEqual(self.verify(UNIT.read_text()), (0, ""))
        self.assertIn("Nonsense", self.verify(UNIT.read_text().replace("Restart=", "Nonsense="))[1], "the check can fail")

    def test_it_shuts_the_program_in(self):
        code, said = analyze("security", "--offline=yes", f"--threshold={EXPOSURE_MAX}", str(UNIT))
        self.assertEqual(code, 0, said)

    def test_it_gives_the_program_the_time_that_drains_take(self):
        server = json.loads((ROOT / "api/config.schema.json").read_text())["properties"]["server"]["properties"]
        longest = sum(self.seconds(server[f"drain_{part}_in_seconds"]["default"]) for part in ("delay", "timeout"))
        self.assertGreater(int(settings()["TimeoutStopSec"][0]), longest)

    def seconds(self, value):
        if isinstance(value, int):
            return value
        return sum(int(number) * {"h": 3600, "m": 60, "s": 1}[unit] for number, unit in re.findall(r"(\d+)([hms])", value))

    def test_options_that_it_gives_are_those_of_the_program(self):
        known = (ROOT / "docs/reference/cli.md").read_text()
        program, command, *options = settings()["ExecStart"][0].split()
        self.assertEqual((program, command), ("/usr/local/bin/bifrost", "serve"))
        for option in options[::2]:
            self.assertIn(f"    {option} ", known)

    def test_the_folder_that_it_makes_is_the_one_that_the_program_gets(self):
        self.assertIn("--app-dir /var/lib/" + settings()["StateDirectory"][0], settings()["ExecStart"][0])


if __name__ == "__main__":
    unittest.main()
