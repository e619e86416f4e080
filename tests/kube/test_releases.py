"""Releases in a real cluster: they come up, and keep what they know over upgrades, a rollback, and an uninstall."""

import json
import os
import unittest

import cluster

TEAM = {"name": "kept"}


class Releases(unittest.TestCase):
    def setUp(self):
        self.space = cluster.Namespace(f"bifrost-test-{os.getpid()}-{self._testMethodName.split('_')[1]}")
        self.addCleanup(self.space.delete)

    def test_sqlite_keeps_what_it_knows(self):
        self.space.install(cluster.OPEN, cluster.SMALL)
        self.space.helm("test", "bifrost")
        answer = json.loads(self.space.ask("/v1/chat/completions", {"model": "demo/chat", "messages": [{"role": "user", "content": "Hello"}]}))
        self.assertEqual(answer["choices"][0]["finish_reason"], "stop")
        self.space.ask("/api/governance/teams", TEAM)
        first = self.space.pods()[0]["metadata"]["uid"]

        # A setting that running gateways take up restarts nobody.
        self.space.install(cluster.OPEN, cluster.SMALL, {"bifrost": {"client": {"maxRequestBodySizeMb": 7}}})
        self.assertEqual(self.space.pods()[0]["metadata"]["uid"], first)

        # One that needs a restart does, and nothing is lost.
        self.space.install(cluster.OPEN, cluster.SMALL, {"bifrost": {"client": {"prometheusLabels": ["team"]}}})
        self.assertNotEqual(self.space.pods()[0]["metadata"]["uid"], first)
        self.assertIn('"kept"', self.space.ask("/api/governance/teams"))

        self.space.helm("rollback", "bifrost", "1", "--wait", "--timeout", cluster.PATIENCE)
        self.assertIn('"kept"', self.space.ask("/api/governance/teams"))

        self.space.uninstall()
        self.space.install(cluster.OPEN, cluster.SMALL)
        self.assertIn('"kept"', self.space.ask("/api/governance/teams"))

    def test_postgresql_keeps_its_passwords_and_its_data(self):
        values = [cluster.OPEN, cluster.SMALL, cluster.EMBEDDED, {"replicaCount": 2}]
        self.space.install(*values)
        self.assertEqual(len(self.space.pods()), 2)
        secrets = [self.space.get("secret", name)["data"] for name in ("bifrost-postgresql", "bifrost-encryption")]
        self.space.ask("/api/governance/teams", TEAM)
        self.space.install(*values, {"podAnnotations": {"again": "1"}})
        self.assertEqual([self.space.get("secret", name)["data"] for name in ("bifrost-postgresql", "bifrost-encryption")], secrets)
        for found in self.space.pods():
            self.assertIn('"kept"', self.space.ask("/api/governance/teams", pod=found["metadata"]["name"]))
        self.space.uninstall()
        self.space.install(*values)
        self.assertIn('"kept"', self.space.ask("/api/governance/teams"))


if __name__ == "__main__":
    unittest.main()
