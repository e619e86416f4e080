"""What Kubernetes has against the releases of the goldens, by its own schemas, in several versions; and what Helm has."""

import pathlib
import re
import subprocess
import tempfile
import unittest

import chart
import kubernetes_validate
from test_goldens import RELEASES

VERSIONS = ["1.23", "1.27", "1.31"]
NOT_KUBERNETES = {"HTTPRoute", "ServiceMonitor"}  # kinds of others, whose schemas are not at hand


def fault_of(manifest, version):
    """What Kubernetes has against an object; empty when nothing."""
    try:
        kubernetes_validate.validate(manifest, version, strict=True)
    except kubernetes_validate.ValidationError as error:
        return f"{list(error.absolute_path)}: {error.message[:200]}"
    return ""


class Kubernetes(unittest.TestCase):
    def test_takes_every_object(self):
        for name, values in RELEASES.items():
            for version in VERSIONS:
                release = chart.render(*values, kube=version, apis=[chart.MONITORING, chart.GATEWAYS])
                for manifest in release.objects:
                    if manifest["kind"] in NOT_KUBERNETES:
                        continue
                    with self.subTest(f"{name}, {version}: {manifest['kind']} {manifest['metadata']['name']}"):
                        self.assertEqual(fault_of(manifest, version), "")

    def test_refuses_what_is_none(self):
        """The check above can fail."""
        manifest = chart.render().workload
        manifest["spec"]["template"]["spec"]["containers"][0]["nonsense"] = 1
        self.assertIn("nonsense", fault_of(manifest, "1.31"))

    def test_names_are_not_too_long(self):
        release = chart.render(chart.EMBEDDED, {"bifrost": {"server": {"adminPort": 9090}}}, release="a" * 40)
        for manifest in release.all("Service"):
            self.assertLessEqual(len(manifest["metadata"]["name"]), 63)


class Helm(unittest.TestCase):
    def lint(self, *arguments):
        done = subprocess.run([chart.HELM, "lint", "--strict", str(chart.CHART), "--set", f"image.tag={chart.TAG}", *arguments], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def test_has_nothing_against_the_chart(self):
        self.assertEqual(self.lint()[0], 0, self.lint()[1])

    def test_renders_the_packaged_chart_as_the_folder(self):
        """What is packed is not always what lies there: an ignore file once took templates away from the original's."""
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([chart.HELM, "package", str(chart.CHART), "--destination", folder], check=True, capture_output=True)
            archive = next(pathlib.Path(folder).glob("*.tgz"))
            self.assertEqual(chart.render(chart=archive).text, chart.render().text)
            self.assertLess(archive.stat().st_size, 200_000, "a release is kept in a Secret, which has a megabyte")

    def test_functions_of_templates_are_those_of_old_helms(self):
        """Helm 3.2 has Sprig 2.22 and 3.1; what came later is not there."""
        later = r"\b(mustToDuration|mustToRawJson|toRawJson|duration|osBase|bcrypt|chunk|mulf|divf|addf|subf|fromJsonArray|fromYamlArray|toYamlPretty|mustRegex\w+|mustDateModify|randInt|get\s+\$?\.\w+\s+\S+\s+\S+)\b"
        for path in (chart.CHART / "templates").rglob("*.*"):
            self.assertIsNone(re.search(later, path.read_text()), path.name)

    def test_the_version_is_that_of_the_program(self):
        program = re.search(r"project\(bifrost VERSION (\S+)", (chart.ROOT / "CMakeLists.txt").read_text())[1]
        self.assertIn(f'appVersion: "{program}"', (chart.CHART / "Chart.yaml").read_text())
        self.assertEqual(chart.TAG, program)


if __name__ == "__main__":
    unittest.main()
