"""Ready-made files: all of them render, and the gateway takes the config.json that comes of them; those of the original's chart too."""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import chart
import jsonschema
import yaml

EXAMPLES = sorted((chart.CHART / "values-examples").glob("*.yaml"))
OFFICIAL = sorted((pathlib.Path(__file__).parent / "official").glob("*.yaml"))
BIFROST = os.environ.get("BIFROST", str(chart.ROOT / "build/dev/bifrost"))
NAMES_OF_THE_ORIGINAL = {
    "external-postgres", "external-postgres-password-command", "mixed-backend", "postgres-only", "postgres-qdrant", "postgres-redis", "postgres-weaviate",
    "production-ha", "providers-and-virtual-keys", "secrets-from-k8s", "semantic-cache-secret-example", "separate-logs-postgres", "sqlite-only",
    "sqlite-qdrant", "sqlite-redis", "sqlite-weaviate",
}


def fault_of(release):
    """What the gateway has against the config.json of a release, with all that it refers to; empty when nothing."""
    text = release.config_object.get("stringData", release.config_object.get("data"))["config.json"]
    names = re.findall(r'"env\.(\w+)"', text)
    given = {name: "http://10.0.0.1" if name.endswith(("_URL", "_ENDPOINT")) else f"sk-bf-stands-for-a-secret-{name.lower()}" for name in names}
    given.setdefault("BIFROST_ENCRYPTION_KEY", "stands-for-a-key")
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "config.json"
        path.write_text(text)
        path.chmod(0o600)
        done = subprocess.run([BIFROST, "validate", "--config", str(path)], env={**os.environ, **given}, capture_output=True, text=True, check=False)
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("warning") or done.returncode]
    # An example without providers gets them by the API, and those that are left out are told by the chart.
    return "\n".join(line for line in lines if "there are none" not in line and "there is no provider" not in line)


class Examples(unittest.TestCase):
    def test_those_of_the_original_are_there_by_name(self):
        self.assertLessEqual(NAMES_OF_THE_ORIGINAL, {path.stem for path in EXAMPLES})

    def test_each_renders_and_the_gateway_takes_what_comes_of_it(self):
        for path in EXAMPLES:
            if path.stem == "semantic-cache-secret-example":
                self.assertEqual(yaml.safe_load(path.read_text())["kind"], "Secret")
                continue
            with self.subTest(path.stem):
                self.assertEqual(fault_of(chart.render(path)), "")

    def test_a_second_validator_takes_them_too(self):
        """Which keywords count differs between Helms; what every draft-7 validator takes is taken by all of them."""
        schema = jsonschema.Draft7Validator(json.loads((chart.CHART / "values.schema.json").read_text()))
        defaults = yaml.safe_load((chart.CHART / "values.yaml").read_text())
        for path in [*EXAMPLES, *OFFICIAL]:
            if path.stem != "semantic-cache-secret-example":
                with self.subTest(path.stem):
                    values = chart.merged(defaults, yaml.safe_load(path.read_text()))
                    self.assertEqual([error.message for error in schema.iter_errors(values)], [])
        self.assertTrue(list(schema.iter_errors({"replicaCounts": 1})))

    def test_what_they_leave_out_is_refused_without_the_switch(self):
        for path in EXAMPLES:
            if not re.search(r"^unsupported: warn", path.read_text(), re.MULTILINE):
                continue
            with self.subTest(path.stem):
                self.assertIn("not supported by this version", chart.refusal(path, {"unsupported": "fail"}))

    def test_secrets_that_they_name_are_told_how_to_make(self):
        for path in EXAMPLES:
            text = path.read_text()
            for name in re.findall(r"existingSecret: (\S+)", text):
                with self.subTest(f"{path.stem}: {name}"):
                    if path.stem not in ("mixed-backend", "separate-logs-postgres"):
                        self.assertIn(f"secret generic {name}", text)

    def test_the_one_for_production_has_no_warning(self):
        release = chart.render(chart.CHART / "values-examples/production.yaml")
        self.assertEqual(release.workload["kind"], "Deployment")


class Documentation(unittest.TestCase):
    def test_values_that_it_shows_can_be_installed(self):
        page = (chart.ROOT / "docs/operations/kubernetes.md").read_text()
        shown = re.findall(r"^```yaml\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
        self.assertTrue(shown)
        for values in shown:
            self.assertEqual(fault_of(chart.render(values)), "")


class Official(unittest.TestCase):
    """Every value that the original's chart has, as it has it by default."""

    IMAGE = {"image": {"repository": "registry.example.com/bifrost"}}

    def test_they_are_the_two_versions(self):
        self.assertEqual([path.name for path in OFFICIAL], ["2.0.14.yaml", "2.1.43.yaml"])

    def test_each_renders_but_for_the_image(self):
        for path in OFFICIAL:
            with self.subTest(path.name):
                self.assertIn("is the image of another program", chart.refusal(path))
                release = chart.render(path, self.IMAGE)
                self.assertEqual(fault_of(release), "")
                self.assertEqual(release.pod["spec"]["terminationGracePeriodSeconds"], 60)

    def test_on_postgresql_and_with_every_object(self):
        more = {"ingress": {"enabled": True}, "serviceMonitor": {"enabled": True}, "autoscaling": {"enabled": True, "minReplicas": 2}}
        for path in OFFICIAL:
            with self.subTest(path.name):
                release = chart.render(path, self.IMAGE, chart.POSTGRES, more, apis=[chart.MONITORING])
                self.assertEqual(fault_of(release), "")

    def test_an_upgrade_that_reuses_the_originals_values_alone(self):
        """--reuse-values: none of our own defaults are there."""
        for path in OFFICIAL:
            with self.subTest(path.name), tempfile.TemporaryDirectory() as folder:
                release = chart.render(path, self.IMAGE, chart=chart.without_defaults(folder))
                self.assertEqual(fault_of(release), "")

    def test_an_upgrade_from_a_chart_that_had_no_values_at_all(self):
        with tempfile.TemporaryDirectory() as folder:
            release = chart.render(self.IMAGE, chart=chart.without_defaults(folder))
            self.assertEqual(release.config, chart.render().config)


if __name__ == "__main__":
    unittest.main()
