"""No value of values.yaml is without effect: changed, it changes the release, or is refused by its name."""

import concurrent.futures
import os
import re
import unittest

import chart
import yaml
from test_goldens import EVERY_OBJECT, fixed

# What has no effect in this version, and why.
WITHOUT_EFFECT = {
    "rbac.podDiscovery.enabled": "only with cluster mode, which is refused",
    "storage.logsStore.enabled": "requests are not kept",
}
ELSEWHERE = {
    "postgresql.auth.password": "what is made anew each time is masked here; test_objects.py",
    "serviceMonitor.requireCRD": "the kind is known here; test_articles.py",
    "httproute.requireCRD": "the kind is known here; test_objects.py",
    "storage.checkClasses": "no cluster is asked here; test_refusals.py",
}
CONTEXTS = [
    {**EVERY_OBJECT, "autoscaling": {}, "replicaCount": 1, "serviceMonitor": {"enabled": True, "requireCRD": False}},
    chart.merged(chart.EMBEDDED, EVERY_OBJECT, {"podDisruptionBudget": {"enabled": True}, "lifecycle": {"preStop": {"exec": {"command": ["sleep", "5"]}}}}),
    chart.merged(chart.POSTGRES, {"postgresql": {"external": {"existingSecret": "", "password": "a", "sslMode": "verify-full", "sslRootCertSecret": {"name": "a"}}}}),
    chart.merged(chart.POSTGRES, {"bifrost": {"encryptionKeySecret": {"name": "a"}, "authConfig": {"existingSecret": "a"}}}),
    {"config": {"existingSecret": "a"}, "bifrost": {"authConfig": {"isEnabled": True}, "providers": {"openai": {"keys": [{"name": "a", "value": "env.A"}]}}}},
    chart.merged(chart.EMBEDDED, {"postgresql": {"auth": {"existingSecret": "a"}}}),
    chart.merged(chart.POSTGRES, {"postgresql": {"external": {"existingSecret": "", "trust": True}}}),
]
# Where a value is of one kind only.
CHANGED = {
    "autoscaling.minReplicas": 3,
    "bifrost.appDir": "/data",
    "bifrost.client": {"dropExcessRequests": True},
    "bifrost.framework.pricing": {"pricingSyncInterval": "2h"},
    "bifrost.governance": {"teams": [{"id": "a", "name": "a"}]},
    "bifrost.ledger": {"journalSizeMb": 20},
    "bifrost.logLevel": "warn",
    "bifrost.logStyle": "pretty",
    "bifrost.plugins": {"otel": {"enabled": True}},
    "bifrost.providerSecrets": {"a": {"existingSecret": "a", "envVar": "A"}},
    "bifrost.providers": {"demo": {}},
    "bifrost.server": {"maxConnections": 77},
    "config.kind": "Secret",
    "drain.timeoutSeconds": 77,
    "env": [{"name": "A", "value": "b"}],
    "extraContainers": [{"name": "a", "image": "a"}],
    "extraObjects": [{"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "a"}}],
    "image.digest": "sha256:" + "a" * 64,
    "image.pullPolicy": "Always",
    "ingress.hosts": [{"host": "a", "paths": [{"path": "/"}]}],
    "podDisruptionBudget.enabled": False,
    "podDisruptionBudget.unhealthyPodEvictionPolicy": "AlwaysAllow",
    "postgresql.enabled": False,
    "postgresql.external.sslMode": "require",
    "postgresql.external.trust": False,
    "postgresql.image.pullPolicy": "Always",
    "service.spec": {"ipFamilyPolicy": "PreferDualStack"},
    "service.type": "LoadBalancer",
    "serviceMonitor.scheme": "https",
    "storage.configStore.type": "postgres",
    "storage.mode": "postgres",
    "storage.persistence.accessMode": "ReadWriteOncePod",
    "terminationGracePeriodSeconds": 7,
    "vectorStore.enabled": True,
}


def leaves(values, path=()):
    for key, value in values.items():
        if isinstance(value, dict) and value:
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key), value


def another(path, value):
    name = ".".join(path)
    if name in CHANGED:
        return CHANGED[name]
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if value is None:
        return 3
    if isinstance(value, list):
        return [{"name": "changed"}]
    if isinstance(value, dict):
        return {"changed": "value"}
    if re.fullmatch(r"\d+s", value):
        return "7s"
    return "changed"


def nested(path, value):
    for key in reversed(path):
        value = {key: value}
    return value


class Values(unittest.TestCase):
    def effect(self, path, value):
        """Whether the value does something in one of the contexts."""
        for context, before in zip(CONTEXTS, self.before):
            values = chart.merged(context, nested(path, another(path, value)))
            done = chart.run(values, sets=[f"image.tag={chart.TAG}"] if path != ("image", "tag") else (), apis=[chart.MONITORING, chart.GATEWAYS])
            if done.returncode != 0 and (path[-1] in done.stderr or ".".join(path[:2]) in done.stderr or path[0] in done.stderr):
                return True
            if done.returncode == 0 and fixed(done.stdout) != before:
                return True
        return False

    def test_each_does_something(self):
        self.before = [fixed(chart.render(context, apis=[chart.MONITORING, chart.GATEWAYS]).text) for context in CONTEXTS]
        values = list(leaves(yaml.safe_load((chart.CHART / "values.yaml").read_text())))
        self.assertGreater(len(values), 150)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            effects = pool.map(lambda leaf: self.effect(*leaf), values)
            idle = {".".join(path) for (path, _), effect in zip(values, effects) if not effect}
        self.assertEqual(idle, set(WITHOUT_EFFECT) | set(ELSEWHERE))


if __name__ == "__main__":
    unittest.main()
