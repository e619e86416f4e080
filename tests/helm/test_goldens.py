"""Whole releases, as they were when somebody last looked at them. BIFROST_UPDATE_GOLDENS=1 writes them anew: look at the difference."""

import difflib
import os
import pathlib
import re
import unittest

import chart

GOLDEN = pathlib.Path(__file__).parent / "golden"
EXAMPLES = chart.CHART / "values-examples"
EVERY_OBJECT = {
    "ingress": {"enabled": True},
    "httproute": {"enabled": True, "parentRefs": [{"name": "gateway"}]},
    "autoscaling": {"enabled": True, "minReplicas": 2},
    "networkPolicy": {"enabled": True},
    "serviceMonitor": {"enabled": True},
    "bifrost": {"server": {"adminPort": 9090}},
}
RELEASES = {
    "sqlite": [{}],
    "sqlite-with-literal-key": [{"bifrost": {"providers": {"openai": {"keys": [{"name": "a", "value": "sk-literal"}]}}}}],
    "sqlite-without-volume": [{"storage": {"persistence": {"enabled": False}}}],
    "sqlite-on-a-claim": [{"storage": {"persistence": {"existingClaim": "mine"}}}],
    "no-store": [{"replicaCount": 3, "storage": {"configStore": {"enabled": False}}}],
    "postgres-embedded": [EXAMPLES / "postgres-only.yaml"],
    "postgres-external": [EXAMPLES / "external-postgres.yaml"],
    "production": [EXAMPLES / "production.yaml"],
    "production-ha": [EXAMPLES / "production-ha.yaml"],
    "every-object": [chart.EMBEDDED, EVERY_OBJECT],
}


def fixed(text):
    """The release without what is made anew each time."""
    return re.sub(r'^(  (?:password|encryption-key)): ".*"$', r"\1: (made)", text, flags=re.MULTILINE)


class Goldens(unittest.TestCase):
    maxDiff = None

    def test_releases_are_what_they_were(self):
        for name, values in RELEASES.items():
            with self.subTest(name):
                path = GOLDEN / f"{name}.yaml"
                text = fixed(chart.render(*values, apis=[chart.MONITORING, chart.GATEWAYS]).text)
                if os.environ.get("BIFROST_UPDATE_GOLDENS"):
                    path.write_text(text)
                if path.read_text() != text:
                    lines = difflib.unified_diff(path.read_text().splitlines(), text.splitlines(), "golden", "now", lineterm="")
                    self.fail("\n".join(lines))

    def test_there_is_no_golden_of_nothing(self):
        self.assertEqual({path.stem for path in GOLDEN.glob("*.yaml")}, set(RELEASES))


if __name__ == "__main__":
    unittest.main()
