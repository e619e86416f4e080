"""PostgreSQL that is not the chart's: over TLS with a server that demands it, and what a user reads where it cannot be used."""

import os
import pathlib
import subprocess
import tempfile
import unittest

import yaml

import cluster

PASSWORD = "a password for tests"
HBA = "local all all trust\nhostssl all all all scram-sha-256\n"
# The official image's start takes the key only from a file of its own user.
START = """
cp /given/* /var/lib/postgresql/ && cd /var/lib/postgresql && chown postgres server.key server.crt hba.conf && chmod 600 server.key
exec docker-entrypoint.sh postgres -c ssl=on -c ssl_cert_file=$PWD/server.crt -c ssl_key_file=$PWD/server.key -c hba_file=$PWD/hba.conf
"""


def certificates(*names):
    """An authority's certificate, and one of a server with these names and its key."""
    with tempfile.TemporaryDirectory() as folder:

        def openssl(*arguments):
            subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

        new = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        openssl(*new, "-x509", "-days", "2", "-subj", "/CN=authority", "-keyout", "ca.key", "-out", "ca.crt")
        openssl(*new, "-subj", f"/CN={names[0]}", "-keyout", "server.key", "-out", "server.csr")
        (pathlib.Path(folder) / "names").write_text("subjectAltName=" + ",".join(f"DNS:{name}" for name in names))
        openssl("x509", "-req", "-days", "2", "-in", "server.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "names", "-out", "server.crt")
        return tuple((pathlib.Path(folder) / name).read_text() for name in ("ca.crt", "server.crt", "server.key"))


def server():
    container = {
        "name": "postgresql",
        "image": f"{cluster.POSTGRES_IMAGE}:{cluster.POSTGRES_TAG}",
        "command": ["sh", "-ec", START],
        "env": [{"name": "POSTGRES_USER", "value": "bifrost"}, {"name": "POSTGRES_PASSWORD", "value": PASSWORD}],
        "volumeMounts": [{"name": "given", "mountPath": "/given"}],
        "readinessProbe": {"exec": {"command": ["pg_isready", "-h", "127.0.0.1"]}, "periodSeconds": 1},
    }
    volume = {"name": "given", "secret": {"secretName": "server"}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "database", "labels": {"app": "database"}}, "spec": {"containers": [container], "volumes": [volume]}}


def service(name):
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": {"selector": {"app": "database"}, "ports": [{"port": 5432}]}}


class Databases(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.space = cluster.Namespace(f"bifrost-test-{os.getpid()}-databases")
        cls.addClassCleanup(cls.space.delete)
        authority, certificate, key = certificates("database")
        for name, data in {
            "server": {"server.crt": certificate, "server.key": key, "hba.conf": HBA},
            "authority": {"ca.crt": authority},
            "stranger": {"ca.crt": certificates("stranger")[0]},
            "password": {"password": PASSWORD},
            "wrong": {"password": "another"},
        }.items():
            cls.space.apply({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": data})
        cls.space.apply(server())
        for name in ("database", "alias"):  # the certificate is for the first
            cls.space.apply(service(name))
        cls.space.kubectl("wait", "--for=condition=Ready", "pod/database", f"--timeout={cluster.PATIENCE}")
        for encoding in ("LATIN1", "SQL_ASCII"):
            cls.sql(f"CREATE DATABASE {encoding.lower()} ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")

    @classmethod
    def sql(cls, statement):
        return cls.space.kubectl("exec", "database", "--", "env", f"PGPASSWORD={PASSWORD}", "psql", "-h", "127.0.0.1", "-U", "bifrost", "-d", "bifrost", "-Atc", statement)

    def install(self, wait, **external):
        postgresql = {"external": {"enabled": True, "host": "database", "user": "bifrost", "database": "bifrost", "existingSecret": "password", **external}}
        self.space.install(cluster.OPEN, cluster.SMALL, {"storage": {"mode": "postgres"}, "postgresql": postgresql}, wait=wait)

    def test_a_server_that_is_checked_by_certificate_and_name(self):
        self.install(True, sslMode="verify-full", sslRootCertSecret={"name": "authority"})
        self.addCleanup(self.space.uninstall)
        self.space.ask("/api/governance/teams", {"name": "kept"})
        self.assertEqual(self.sql("SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'bifrost'").strip(), "t")

    def test_every_credential_from_a_secret(self):
        """values-examples/secrets-from-k8s.yaml as it stands, but for the host."""
        self.sql("CREATE DATABASE sealed ENCODING 'UTF8' TEMPLATE template0")
        for name, data in {
            "bifrost-postgres": {"password": PASSWORD},
            "bifrost-encryption-key": {"encryption-key": "a key for tests"},
            "bifrost-admin": {"username": cluster.ADMIN["adminUsername"], "password": cluster.ADMIN["adminPassword"]},
            "provider-keys": {"openai": "a key for openai", "anthropic": "a key for anthropic"},
        }.items():
            self.space.apply({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": data})
        example = yaml.safe_load((cluster.CHART / "values-examples/secrets-from-k8s.yaml").read_text())
        self.space.install(example, cluster.SMALL, {"postgresql": {"external": {"host": "database", "database": "sealed"}}})
        self.addCleanup(self.space.uninstall)
        self.assertIn("openai", self.space.ask("/api/providers"))
        shown = self.space.kubectl("get", "configmap,deployment", "--output", "yaml") + self.space.helm("get", "all", "bifrost")
        for secret in (PASSWORD, "a key for tests", "a key for openai", "a key for anthropic"):
            self.assertNotIn(secret, shown)

    def test_what_is_said_where_it_cannot_be_used(self):
        checked = {"sslMode": "verify-full", "sslRootCertSecret": {"name": "authority"}}
        for name, external, message in [
            ("it demands TLS", {"sslMode": "disable"}, "no encryption; where the server demands TLS, set ssl_mode to require or verify-full"),
            ("nobody says whom to trust", {"sslMode": "verify-full"}, 'root certificate file'),
            ("another signed it", {**checked, "sslRootCertSecret": {"name": "stranger"}}, "certificate verify failed"),
            ("it has another name", {**checked, "host": "alias"}, 'does not match host name "alias"'),
            ("the password is another", {**checked, "existingSecret": "wrong"}, "password authentication failed"),
            ("it has no such database", {**checked, "database": "nowhere"}, 'database "nowhere" does not exist'),
            ("its texts are LATIN1", {**checked, "database": "latin1"}, "has the encoding LATIN1"),
            ("its texts have no encoding", {**checked, "database": "sql_ascii"}, "has the encoding SQL_ASCII, and texts would be lost; make it anew with CREATE DATABASE"),
        ]:
            with self.subTest(name):
                self.install(False, **external)
                cluster.until(f"a gateway says: {message}", lambda message=message: message in self.space.kubectl("logs", "--selector", cluster.GATEWAYS, "--tail=-1"))
                self.assertFalse([pod for pod in self.space.pods() if pod["status"]["containerStatuses"][0]["ready"]])
                self.space.uninstall()


if __name__ == "__main__":
    unittest.main()
