"""The compose file: what it says of itself holds, and the gateway takes its config.json."""

import json
import os
import pathlib
import re
import subprocess
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy/compose"
BIFROST = os.environ.get("BIFROST", str(ROOT / "build/dev/bifrost"))
COMPOSE = yaml.safe_load((FOLDER / "compose.yaml").read_text())
CONFIG = json.loads((FOLDER / "config/config.json").read_text())
PAGE = (ROOT / "docs/operations/compose.md").read_text()


def seconds(text):
    return sum(int(number) * {"m": 60, "s": 1}[unit] for number, unit in re.findall(r"(\d+)([ms])", text))


class Compose(unittest.TestCase):
    gateway = COMPOSE["services"]["gateway"]
    postgres = COMPOSE["services"]["postgres"]

    def test_the_gateway_takes_its_config(self):
        given = {name: f"sk-bf-stands-for-a-secret-{name.lower()}" for name in self.gateway["environment"]}
        done = subprocess.run([BIFROST, "validate", "--config", str(FOLDER / "config/config.json")], env={**os.environ, **given}, capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        self.assertNotIn("warning", done.stdout)

    def test_every_variable_of_the_config_is_handed_in(self):
        used = set(re.findall(r'"env\.(\w+)"', json.dumps(CONFIG)))
        self.assertLessEqual(used, self.gateway["environment"].keys())

    def test_secrets_have_no_default_and_the_page_makes_each(self):
        required = {name for name, value in self.gateway["environment"].items() if ":?" in value}
        self.assertEqual(len(required), 4)
        for name in required:
            self.assertRegex(PAGE, rf"(?m)^{name}=")

    def test_the_database_is_the_one_that_the_gateway_asks(self):
        store, own = CONFIG["config_store"]["config"], self.postgres["environment"]
        self.assertIn(store["host"], COMPOSE["services"])
        self.assertEqual((store["user"], store["db_name"]), (own["POSTGRES_USER"], own["POSTGRES_DB"]))
        self.assertEqual(own["POSTGRES_PASSWORD"], self.gateway["environment"]["BIFROST_POSTGRES_PASSWORD"])

    def test_health_is_asked_with_the_program_and_by_its_own_config(self):
        self.assertEqual(self.gateway["healthcheck"]["test"], ["CMD", "bifrost", "health", *self.gateway["command"][1:]])
        self.assertEqual(self.gateway["depends_on"], {"postgres": {"condition": "service_healthy"}})

    def test_containers_are_stopped_after_the_drain(self):
        server = CONFIG["server"]
        longest = server["drain_delay_in_seconds"] + server["drain_timeout_in_seconds"]
        self.assertGreater(seconds(self.gateway["stop_grace_period"]), longest)

    def test_nobody_writes_but_to_volumes_and_nobody_outside_reaches_it(self):
        for service in (self.gateway, self.postgres):
            self.assertIs(service["read_only"], True)
            self.assertEqual(service["security_opt"], ["no-new-privileges:true"])
        self.assertEqual(self.gateway["cap_drop"], ["ALL"])
        self.assertTrue(all(port.startswith("127.0.0.1:") for port in self.gateway["ports"]))
        self.assertNotIn("ports", self.postgres)

    def test_the_version_is_that_of_the_program(self):
        version = re.search(r"project\(bifrost VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text())[1]
        self.assertIn(f"localhost/bifrost:{version}", self.gateway["image"])


if __name__ == "__main__":
    unittest.main()
