"""Mistakes in values, and what whoever makes them is told: by Helm before anything is made, else by the pods and by events."""

import os
import unittest

import cluster

POSTGRES = {"storage": {"mode": "postgres"}, "postgresql": {"external": {"enabled": True, "host": "nowhere", "existingSecret": "database"}}}


class Mistakes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.space = cluster.Namespace(f"bifrost-test-{os.getpid()}-mistakes")
        cls.addClassCleanup(cls.space.delete)

    def refused(self, message, *values, **options):
        """Helm says so, and nothing is made."""
        with self.assertRaisesRegex(cluster.Failure, message):
            self.space.install(*values, **options)
        self.assertEqual(self.space.kubectl("get", "statefulset,deployment,persistentvolumeclaim", "--output", "name"), "")

    def test_no_tag(self):
        self.refused("image.tag: required; this chart was made for", sets=["image.tag="])

    def test_replicas_on_sqlite(self):
        self.refused("replicaCount: 3 replicas on SQLite would be 3 gateways with a database each", {"replicaCount": 3})
        self.refused("autoscaling.maxReplicas: 4 replicas on SQLite", {"autoscaling": {"enabled": True, "maxReplicas": 4}})

    def test_a_key_that_a_secret_does_not_have(self):
        self.space.kubectl("create", "secret", "generic", "key", "--from-literal=key=a")
        self.refused("bifrost.encryptionKeySecret.key: the Secret key has no key encryption-key; it has: key", {"bifrost": {"encryptionKeySecret": {"name": "key"}}})
        self.space.kubectl("create", "secret", "generic", "database", "--from-literal=pass=a")
        self.refused("postgresql.external.passwordKey: the Secret database has no key password; it has: pass", POSTGRES)

    def test_secrets_that_production_wants_to_be_given(self):
        said = "bifrost.encryptionKeySecret.name: not given.*kubectl -n .* create secret generic NAME --from-literal=encryption-key="
        self.refused(said, cluster.EMBEDDED, {"production": True})

    def test_a_class_that_the_cluster_does_not_have(self):
        nowhere = {"persistence": {"storageClass": "nowhere"}}
        self.refused("storage.persistence.storageClass: this cluster has no class nowhere", {"storage": {"checkClasses": True, **nowhere}})

    def test_a_class_that_nobody_was_asked_about(self):
        """Without `checkClasses` it is the claim that says so. It cannot be changed, so that it and the StatefulSet go first."""
        self.space.install(cluster.OPEN, cluster.SMALL, {"storage": {"persistence": {"storageClass": "nowhere"}}}, wait=False)
        reason = ["get", "events", "--field-selector", "involvedObject.name=data-bifrost-0", "--output", "jsonpath={.items[*].message}"]
        cluster.until("the claim says what it waits for", lambda: 'storageclass.storage.k8s.io "nowhere" not found' in self.space.kubectl(*reason))
        for then in ([cluster.OPEN, cluster.SMALL], []):
            self.space.uninstall()
            self.space.kubectl("delete", "persistentvolumeclaim", "data-bifrost-0")
            if then:
                self.space.install(*then)


if __name__ == "__main__":
    unittest.main()
