"""Files of the chart's values-examples as they stand, but for hosts and sizes: they run, and keep what they know over a restart."""

import os
import unittest

import yaml

import cluster

SMALL_DATABASE = {"postgresql": cluster.EMBEDDED["postgresql"]}


def example(name):
    return yaml.safe_load((cluster.CHART / f"values-examples/{name}.yaml").read_text())


class Examples(unittest.TestCase):
    def setUp(self):
        self.space = cluster.Namespace(f"bifrost-test-{os.getpid()}-{self._testMethodName.split('_')[1]}")
        self.addCleanup(self.space.delete)

    def secret(self, name, **data):
        self.space.apply({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": data})

    def keeps(self, *values):
        self.space.install(*values)
        self.space.helm("test", "bifrost")
        first = {pod["metadata"]["uid"] for pod in self.space.pods()}
        self.space.ask("/api/governance/teams", {"name": "kept"})
        self.space.install(*values, {"podAnnotations": {"again": "1"}})
        self.assertFalse(first & {pod["metadata"]["uid"] for pod in self.space.pods()})
        self.assertIn('"kept"', self.space.ask("/api/governance/teams"))

    def test_mixed_with_sqlite_for_what_is_changed(self):
        self.secret("bifrost-postgres", password="a password for tests")
        self.keeps(example("mixed-backend"), cluster.OPEN, cluster.SMALL)
        self.assertEqual(self.space.get("statefulset", "bifrost")["status"]["readyReplicas"], 1)

    def test_otherwise_mixed_with_postgresql_for_what_is_changed(self):
        stores = {"storage": {"mode": "sqlite", "configStore": {"type": "postgres"}}}
        self.keeps(stores, SMALL_DATABASE, cluster.OPEN, cluster.SMALL, {"replicaCount": 2})
        self.assertEqual(self.space.get("deployment", "bifrost")["status"]["readyReplicas"], 2)

    def test_production_with_an_autoscaler_and_an_ingress(self):
        self.secret("bifrost-encryption", key="a key for tests")
        self.secret("bifrost-semantic-cache", **{"openai-key": "no key of anybody"})
        self.keeps(example("production-ha"), SMALL_DATABASE, cluster.SMALL, {"bifrost": {"authConfig": cluster.ADMIN}})
        self.assertEqual(self.space.get("deployment", "bifrost")["status"]["readyReplicas"], 3)
        self.assertEqual(self.space.get("poddisruptionbudget", "bifrost")["status"]["disruptionsAllowed"], 1)
        self.assertEqual(self.space.get("ingress", "bifrost")["spec"]["rules"][0]["host"], "bifrost.example.com")


if __name__ == "__main__":
    unittest.main()
