"""Releases in a real cluster: they come up, keep what they know, say what is wrong, and cut no stream on the way down."""

import json
import os
import unittest

import cluster

TEAM = {"name": "kept"}

# A provider whose streams last: a byte of it stands in nothing but a shell.
SLOW = """
cat >/tmp/answer <<'END'
#!/bin/sh
length=0
while read -r line; do
  line=$(printf %s "$line" | tr -d '\\r')
  case $line in [Cc]ontent-[Ll]ength:*) length=${line#*:} ;; '') break ;; esac
done
head -c $((length)) >/dev/null
printf 'HTTP/1.1 200 OK\\r\\ncontent-type: text/event-stream\\r\\nconnection: close\\r\\n\\r\\n'
at=0
while [ $at -lt 25 ]; do
  printf 'data: {"id":"a","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"w%s "},"finish_reason":null}]}\\n\\n' $at
  at=$((at + 1))
  sleep 1
done
printf 'data: {"id":"a","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\\n\\ndata: [DONE]\\n\\n'
END
chmod +x /tmp/answer
exec nc -ll -p 9000 -e /tmp/answer
"""
STREAMS = 20
# Callers beside the gateway, each with a stream of its own; a file each, and one that says that all have begun.
CALLERS = """
body='{"model":"slow/m","stream":true,"messages":[{"role":"user","content":"Hello"}]}'
for at in $(seq 1 %d); do
  wget -q -O /tmp/out-$at --header 'content-type: application/json' --post-data "$body" http://bifrost:8080/v1/chat/completions &
done
wait
touch /tmp/over
sleep 600
""" % STREAMS


def pod(name, script):
    context = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    container = {"name": "shell", "image": f"{cluster.IMAGE}:{cluster.TAG}", "command": ["sh", "-c", script], "securityContext": context}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": {"app": name}}, "spec": {"containers": [container], "terminationGracePeriodSeconds": 0}}


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

    def test_mistakes_are_told_before_anything_is_made(self):
        with self.assertRaisesRegex(cluster.Failure, "this cluster has no class nowhere"):
            self.space.install({"storage": {"checkClasses": True, "persistence": {"storageClass": "nowhere"}}})
        self.space.kubectl("create", "secret", "generic", "key", "--from-literal=key=a")
        with self.assertRaisesRegex(cluster.Failure, "the Secret key has no key encryption-key; it has: key"):
            self.space.install({"bifrost": {"encryptionKeySecret": {"name": "key"}}})
        with self.assertRaisesRegex(cluster.Failure, "3 replicas on SQLite"):
            self.space.install({"replicaCount": 3})
        self.assertEqual(self.space.kubectl("get", "statefulset,deployment", "--output", "name"), "")

    def test_streams_outlive_the_pods_that_serve_them(self):
        self.space.apply(pod("slow", SLOW))
        self.space.apply({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "slow"}, "spec": {"selector": {"app": "slow"}, "ports": [{"port": 9000}]}})
        self.space.kubectl("wait", "--for=condition=Ready", "pod/slow", f"--timeout={cluster.PATIENCE}")
        slow = {
            "network_config": {"base_url": "http://slow:9000", "allow_private_network": True},
            "custom_provider_config": {"base_provider_type": "openai", "is_key_less": True},
        }
        values = [cluster.OPEN, cluster.SMALL, cluster.EMBEDDED, {"replicaCount": 2, "drain": {"timeoutSeconds": 60}, "bifrost": {"providers": {"slow": slow}}}]
        self.space.install(*values)
        self.space.apply(pod("callers", CALLERS))
        self.space.kubectl("wait", "--for=condition=Ready", "pod/callers", f"--timeout={cluster.PATIENCE}")
        begun = f"until [ $(cat /tmp/out-* 2>/dev/null | grep -c w0) -eq {STREAMS} ]; do sleep 0.2; done"
        self.space.kubectl("exec", "callers", "--", "timeout", "60", "sh", "-c", begun)
        before = {found["metadata"]["uid"] for found in self.space.pods()}
        self.space.install(*values, {"podAnnotations": {"roll": "1"}})
        self.assertFalse(before & {found["metadata"]["uid"] for found in self.space.pods()})
        self.space.kubectl("exec", "callers", "--", "timeout", "120", "sh", "-c", "until [ -e /tmp/over ]; do sleep 0.2; done")
        done = self.space.kubectl("exec", "callers", "--", "sh", "-c", "cat /tmp/out-* | grep -c DONE; cat /tmp/out-* | sort | uniq -c | grep -c w24")
        self.assertEqual(done.split(), [str(STREAMS), "1"])


if __name__ == "__main__":
    unittest.main()
