"""What would fail late, in the cluster, fails here, with the sentence that helps. What is odd and may be meant is a warning."""

import pathlib
import unittest

import chart
from fake_cluster import Cluster

SLEEP = {"lifecycle": {"preStop": {"exec": {"command": ["sh", "-c", "sleep 20"]}}}}


class Drains(unittest.TestCase):
    def drain(self, *values):
        release = chart.render(*values)
        server = release.config["server"]
        return release.pod["spec"]["terminationGracePeriodSeconds"], server["drain_delay_in_seconds"], server["drain_timeout_in_seconds"]

    def test_the_grace_period_follows_from_what_is_asked_for(self):
        self.assertEqual(self.drain(), (5 + 300 + 10, 5, 300))
        self.assertEqual(self.drain({"drain": {"timeoutSeconds": 600}}), (5 + 600 + 10, 5, 600))
        self.assertEqual(self.drain({"drain": {"delaySeconds": 0}}, SLEEP), (20 + 0 + 300 + 10, 0, 300))

    def test_the_drain_timeout_follows_from_the_grace_period(self):
        self.assertEqual(self.drain({"terminationGracePeriodSeconds": 120}), (120, 5, 105))
        self.assertEqual(self.drain({"terminationGracePeriodSeconds": 120}, SLEEP), (120, 5, 85))

    def test_a_sum_that_just_fits_and_one_that_does_not(self):
        both = {"drain": {"delaySeconds": 5, "timeoutSeconds": 60}, "terminationGracePeriodSeconds": 95}
        self.assertEqual(self.drain(both, SLEEP), (95, 5, 60))
        said = chart.refusal({**both, "terminationGracePeriodSeconds": 94}, SLEEP)
        self.assertIn("terminationGracePeriodSeconds: 94 is too short: preStop takes 20 s, drain.delaySeconds is 5, drain.timeoutSeconds is 60", said)
        self.assertIn("Give at least 95", said)

    def test_a_grace_period_that_the_hook_alone_takes_is_refused(self):
        for grace in (0, 20, 35):
            self.assertIn(f"terminationGracePeriodSeconds: {grace} is too short", chart.refusal({"terminationGracePeriodSeconds": grace}, SLEEP))
        self.assertEqual(self.drain({"terminationGracePeriodSeconds": 36}, SLEEP), (36, 5, 1))

    def test_hooks_that_the_chart_can_read_and_one_that_it_is_told(self):
        fixed = {"drain": {"timeoutSeconds": 100}}
        for hook, seconds in [
            ({"exec": {"command": ["sleep", "7"]}}, 7),
            ({"exec": {"command": ["sh", "-c", "touch /tmp/a; sleep 3; sleep 9"]}}, 12),
            ({"sleep": {"seconds": 4}}, 4),
            ({"httpGet": {"path": "/", "port": 80}}, 15),
        ]:
            with self.subTest(str(hook)):
                self.assertEqual(self.drain(fixed, {"lifecycle": {"preStop": hook}})[0], seconds + 5 + 100 + 10)
        told = {"drain": {"timeoutSeconds": 100, "preStopSeconds": 2}, "lifecycle": {"preStop": {"httpGet": {"path": "/", "port": 80}}}}
        self.assertEqual(self.drain(told)[0], 2 + 5 + 100 + 10)

    def test_settings_of_the_server_enter_the_sum(self):
        for server in (
            {"drainDelayInSeconds": 20, "drainTimeoutInSeconds": 900},
            {"drain_delay_in_seconds": 20, "drain_timeout_in_seconds": 900},
        ):
            self.assertEqual(self.drain({"bifrost": {"server": server}}, SLEEP), (20 + 20 + 900 + 10, 20, 900))
        texts = {"bifrost": {"server": {"drainDelayInSeconds": "2500ms", "drainTimeoutInSeconds": "1.5h"}}}
        self.assertEqual(self.drain(texts), (3 + 5400 + 10, "2500ms", "1.5h"))
        self.assertEqual(self.drain({"bifrost": {"server": {"drainTimeoutInSeconds": "1h0m30s"}}})[0], 5 + 3630 + 10)
        self.assertEqual(self.drain({"bifrost": {"server": {"drainDelayInSeconds": 0}}})[0], 0 + 300 + 10)
        self.assertEqual(self.drain({"terminationGracePeriodSeconds": 60, "bifrost": {"server": {"drainDelayInSeconds": 10}}}), (60, 10, 40))

    def test_settings_of_the_server_that_the_grace_period_cuts_are_refused(self):
        values = {"terminationGracePeriodSeconds": 60, "bifrost": {"server": {"drainTimeoutInSeconds": 90, "drainDelayInSeconds": 6}}}
        said = chart.refusal(values)
        self.assertIn("bifrost.server.drainDelayInSeconds is 6, bifrost.server.drainTimeoutInSeconds is 90", said)
        self.assertIn("Give at least 106", said)

    def test_a_drain_that_is_given_twice_is_refused(self):
        said = chart.refusal({"drain": {"timeoutSeconds": 60}, "bifrost": {"server": {"drainTimeoutInSeconds": 90}}})
        self.assertIn("drain.timeoutSeconds: bifrost.server.drainTimeoutInSeconds is given too; keep one", said)

    def test_a_config_of_ones_own_is_told_what_its_drain_may_take(self):
        """The chart cannot read it, and the program's own defaults are longer than the grace period."""
        said = chart.notes({"config": {"existingSecret": "mine"}})
        self.assertIn("config.existingSecret: Kubernetes kills a pod after 315 s", said)
        self.assertNotIn("A pod that goes down accepts", said)

    def test_a_hook_of_the_users_stands_alone(self):
        """The original's default stays beside it, and two handlers are refused by the API server."""
        self.assertEqual(chart.render({"lifecycle": {"preStop": {"sleep": {"seconds": 5}}}}).container["lifecycle"], {"preStop": {"sleep": {"seconds": 5}}})


class Stores(unittest.TestCase):
    def test_postgresql_without_a_database(self):
        self.assertIn("storage.mode: postgres needs a database", chart.refusal({"storage": {"mode": "postgres"}}))

    def test_an_external_database_lacks_what_it_needs(self):
        for name in ("host", "user", "database", "sslMode"):
            self.assertIn(f"postgresql.external.{name}: required", chart.refusal(chart.POSTGRES, {"postgresql": {"external": {name: ""}}}))
        none = chart.merged(chart.POSTGRES, {"postgresql": {"external": {"existingSecret": ""}}})
        self.assertIn("postgresql.external: no password", chart.refusal(none))
        self.assertNotIn("password", chart.render(none, {"postgresql": {"external": {"trust": True}}}).config["config_store"]["config"])

    def test_whom_a_database_is_checked_against(self):
        def on(mode, **more):
            return chart.merged(chart.POSTGRES, {"postgresql": {"external": {"sslMode": mode, **more}}})

        for mode in ("verify-ca", "verify-full"):
            self.assertIn(f"postgresql.external.sslMode: {mode} needs the certificate", chart.notes(on(mode)))
            self.assertNotIn("needs the certificate", chart.notes(on(mode), {"extraEnv": {"PGSSLROOTCERT": "/mine.crt"}}))
            self.assertNotIn("needs the certificate", chart.notes(on(mode, sslRootCertSecret={"name": "ca"})))
        self.assertNotIn("needs the certificate", chart.notes(on("require")))
        self.assertIn("sslRootCertSecret: the server is not checked with sslMode disable", chart.notes(on("disable", sslRootCertSecret={"name": "ca"})))
        release = chart.render(on("verify-full", sslRootCertSecret={"name": "ca", "key": "root.pem"}))
        path = pathlib.PurePath(release.environment["PGSSLROOTCERT"])
        mount = next(m for m in release.container["volumeMounts"] if m["mountPath"] == str(path.parent))
        volume = next(v for v in release.pod["spec"]["volumes"] if v["name"] == mount["name"])
        self.assertEqual(volume["secret"]["secretName"], "ca")
        self.assertEqual(volume["secret"]["items"], [{"key": "root.pem", "path": path.name}])
        self.assertNotIn("PGSSLROOTCERT", chart.render(on("verify-full")).environment)

    def test_a_certificate_that_its_secret_does_not_have(self):
        cluster = Cluster(secrets={"ca": {"tls.crt": "b2xk"}})
        said = chart.refusal(chart.POSTGRES, {"postgresql": {"external": {"sslMode": "verify-full", "sslRootCertSecret": {"name": "ca"}}}}, cluster=cluster)
        self.assertIn("postgresql.external.sslRootCertSecret.key: the Secret ca has no key ca.crt; it has: tls.crt", said)

    def test_a_password_that_its_secret_does_not_have(self):
        cluster = Cluster(secrets={"db": {"pass": "b2xk"}})
        said = chart.refusal(chart.POSTGRES, cluster=cluster)
        self.assertIn("postgresql.external.passwordKey: the Secret db has no key password; it has: pass", said)
        embedded = {"postgresql": {"auth": {"existingSecret": "db"}}}
        self.assertIn("postgresql.auth.passwordKey: the Secret db has no key password; it has: pass", chart.refusal(chart.EMBEDDED, embedded, cluster=cluster))
        said = chart.refusal({"bifrost": {"providerSecrets": {"a": {"existingSecret": "db", "envVar": "A"}}}}, cluster=cluster)
        self.assertIn("bifrost.providerSecrets.a.key: the Secret db has no key api-key; it has: pass", said)
        said = chart.refusal({"bifrost": {"authConfig": {"isEnabled": True, "existingSecret": "db"}}}, cluster=cluster)
        self.assertIn("bifrost.authConfig.usernameKey: the Secret db has no key username; it has: pass", said)
        self.assertIn("bifrost.authConfig.passwordKey: the Secret db has no key password; it has: pass", said)

    def test_a_password_that_a_command_prints(self):
        command = {"command": "aws", "args": ["rds"], "timeout": "5s", "cacheTtl": "1m"}
        to = chart.render(chart.POSTGRES, {"postgresql": {"external": {"passwordCommand": command}}}).config["config_store"]["config"]
        self.assertEqual(to["password_command"], {"command": "aws", "args": ["rds"], "timeout": "5s", "cache_ttl": "1m"})
        self.assertNotIn("password", to)
        wrong = {"postgresql": {"external": {"passwordCommand": {"shell": "aws"}}}}
        self.assertIn("postgresql.external.passwordCommand.shell: there is no such setting", chart.refusal(chart.POSTGRES, wrong))

    def test_two_databases_and_one_that_nobody_uses(self):
        self.assertIn("the external database is used", chart.notes(chart.POSTGRES, {"postgresql": {"enabled": True}}))
        self.assertEqual(len(chart.render(chart.POSTGRES, {"postgresql": {"enabled": True}}).all("StatefulSet")), 0)
        self.assertIn("postgresql.enabled: nothing uses it", chart.notes({"postgresql": {"enabled": True}}))

    def test_a_password_that_everybody_knows(self):
        values = {"postgresql": {"auth": {"password": "bifrost_password"}}}
        self.assertIn("everybody knows this one", chart.notes(chart.EMBEDDED, values))
        self.assertIn("everybody knows this one", chart.refusal(chart.EMBEDDED, values, {"production": True}))

    def test_data_that_goes_with_the_pod(self):
        self.assertIn("without a volume everything is lost", chart.notes({"storage": {"persistence": {"enabled": False}}}))

    def test_what_the_chart_makes_is_another_each_time_where_no_cluster_is_asked(self):
        production = {"production": True, "bifrost": {"client": {}}}
        for values, name in [
            (chart.POSTGRES, "bifrost.encryptionKeySecret.name"),
            (chart.EMBEDDED, "bifrost.encryptionKeySecret.name"),
            (chart.EMBEDDED, "postgresql.auth.existingSecret"),
        ]:
            with self.subTest(name):
                self.assertIn(f"WARNING: {name}: not given", chart.notes(values))
                self.assertIn(f"{name}: not given", chart.refusal(values, production))
        said = chart.refusal(chart.EMBEDDED, production)
        for key in ("encryption-key", "password"):
            self.assertIn(f'kubectl -n default create secret generic NAME --from-literal={key}="$(openssl rand -base64 32)"', said)
        given = {"bifrost": {"encryptionKeySecret": {"name": "a"}}, "postgresql": {"auth": {"existingSecret": "b"}}}
        self.assertNotIn("not given", chart.notes(chart.EMBEDDED, given))
        chart.render(chart.EMBEDDED, production, given)

    def test_what_the_chart_made_before_is_found_again(self):
        made = Cluster(secrets={"bifrost-encryption": {"encryption-key": "b2xk"}, "bifrost-postgresql": {"password": "b2xk"}})
        release = chart.render(chart.EMBEDDED, {"production": True}, cluster=made)
        self.assertEqual(release.one("Secret", "bifrost-encryption")["data"], {"encryption-key": "b2xk"})
        self.assertEqual(release.one("Secret", "bifrost-postgresql")["data"], {"password": "b2xk"})

    def test_a_key_that_its_secret_does_not_have(self):
        cluster = Cluster(secrets={"key": {"other": "b2xk"}})
        said = chart.refusal({"bifrost": {"encryptionKeySecret": {"name": "key"}}}, cluster=cluster)
        self.assertIn("the Secret key has no key encryption-key; it has: other", said)

    def test_whoever_has_rights_in_one_namespace_can_install(self):
        fast = {"persistence": {"storageClass": "fast"}}
        for values in ({"storage": fast}, chart.POSTGRES, chart.merged(chart.EMBEDDED, {"postgresql": {"primary": fast}})):
            cluster = Cluster()
            chart.render(values, cluster=cluster)
            self.assertEqual(cluster.refused, [])

    def test_a_class_that_the_cluster_does_not_have(self):
        cluster = Cluster(storage_classes=["standard", "fast"], whole=True)
        wanted = {"storage": {"checkClasses": True, "persistence": {"storageClass": "nowhere"}}}
        said = chart.refusal(wanted, cluster=cluster)
        self.assertIn("storage.persistence.storageClass: this cluster has no class nowhere; it has: fast, standard", said)
        database = chart.merged(chart.EMBEDDED, {"storage": {"checkClasses": True}, "postgresql": {"primary": {"persistence": {"storageClass": "nowhere"}}}})
        self.assertIn("postgresql.primary.persistence.storageClass: this cluster has no class nowhere", chart.refusal(database, cluster=cluster))
        for there in ("fast", "-", ""):
            chart.render(chart.merged(wanted, {"storage": {"persistence": {"storageClass": there}}}), cluster=cluster)
        chart.render({"storage": {"persistence": {"storageClass": "nowhere"}}}, cluster=cluster)
        chart.render(wanted)  # nobody is asked

    def test_sessions_of_several_pods_that_share_nothing(self):
        none = {"replicaCount": 2, "storage": {"configStore": {"enabled": False}}}
        admin = {"bifrost": {"authConfig": {"isEnabled": True, "existingSecret": "a"}}}
        token = {"bifrost": {"providerSecrets": {"setup": {"existingSecret": "a", "envVar": "BIFROST_SETUP_TOKEN"}}}}
        for who in (admin, token):
            self.assertIn("storage.configStore.enabled: off, and sessions", chart.notes(none, who))
            self.assertNotIn("and sessions", chart.notes({**none, "replicaCount": 1}, who))
            self.assertNotIn("and sessions", chart.notes(chart.POSTGRES, {"replicaCount": 2}, who))
        self.assertNotIn("and sessions", chart.notes(none))

    def test_several_replicas_count_for_themselves(self):
        self.assertIn("each replica counts budgets and limits by itself", chart.notes(chart.POSTGRES, {"replicaCount": 2}))


class Scaling(unittest.TestCase):
    def scaler(self, **values):
        return {"autoscaling": {"enabled": True, **values}}

    def test_bounds_and_metrics_of_the_autoscaler(self):
        said = chart.refusal(chart.POSTGRES, self.scaler(minReplicas=5, maxReplicas=3))
        self.assertIn("autoscaling.minReplicas: 5 is more than maxReplicas, 3", said)
        said = chart.refusal(chart.POSTGRES, self.scaler(targetCPUUtilizationPercentage=None, targetMemoryUtilizationPercentage=None))
        self.assertIn("nothing to scale by", said)

    def test_a_disruption_budget_that_blocks_drains_for_ever(self):
        budget = {"podDisruptionBudget": {"enabled": True, "minAvailable": 2}}
        self.assertIn("lets no node be drained", chart.refusal(chart.POSTGRES, {"replicaCount": 2}, budget))
        chart.render(chart.POSTGRES, {"replicaCount": 3}, budget)
        self.assertIn("lets no node be drained", chart.refusal(chart.POSTGRES, self.scaler(minReplicas=2), budget))
        for never in ({"maxUnavailable": 0}, {"maxUnavailable": "0%"}, {"minAvailable": "100%"}):
            with self.subTest(never):
                said = chart.refusal(chart.POSTGRES, {"replicaCount": 3, "podDisruptionBudget": {"enabled": True} | never})
                self.assertIn("lets no node be drained", said)
        both = {"podDisruptionBudget": {"enabled": True, "minAvailable": 1, "maxUnavailable": 1}}
        self.assertIn("not both", chart.refusal(chart.POSTGRES, {"replicaCount": 3}, both))


class SecretsAndAccess(unittest.TestCase):
    def test_two_administrators(self):
        values = {"bifrost": {"authConfig": {"existingSecret": "a"}, "governance": {"authConfig": {"existingSecret": "b"}}}}
        self.assertIn("keep one", chart.refusal(values))

    def test_a_reference_to_nothing(self):
        values = {"bifrost": {"providers": {"openai": {"keys": [{"name": "a", "value": "env.NOWHERE"}]}}}}
        self.assertIn("env.NOWHERE is used, and nothing sets it", chart.notes(values))
        for given in ({"env": [{"name": "NOWHERE", "value": "x"}]}, {"extraEnv": {"NOWHERE": "x"}}, {"envFrom": [{"secretRef": {"name": "x"}}]}):
            self.assertNotIn("env.NOWHERE", chart.notes(values, given))

    def test_a_provider_secret_without_its_parts(self):
        self.assertIn("bifrost.providerSecrets.a: needs existingSecret and envVar", chart.refusal({"bifrost": {"providerSecrets": {"a": {"key": "b"}}}}))

    def test_open_to_everybody(self):
        values = {"bifrost": {"client": {"enforceAuthOnInference": False}}}
        self.assertNotIn("whoever finds it", chart.notes(values))
        route = {"enabled": True, "parentRefs": [{"name": "gw"}]}
        for way, name in [
            ({"ingress": {"enabled": True}}, "ingress"),
            ({"ingress": {"public": {"enabled": True}, "off": {"enabled": False}}}, "ingress.public"),
            ({"httproute": route}, "httproute"),
            ({"service": {"type": "LoadBalancer"}}, "service.type"),
        ]:
            with self.subTest(name):
                said = chart.notes(values, way, apis=[chart.GATEWAYS])
                self.assertIn(f"can be reached from outside ({name}): whoever finds it", said)
        self.assertNotIn("whoever finds it", chart.notes(values, {"ingress": {"off": {"enabled": False}}}))

    def test_variables_that_the_gateway_reads_by_itself(self):
        secrets = {name: {"existingSecret": "a", "envVar": name} for name in ("BIFROST_ENCRYPTION_KEY", "BIFROST_SETUP_TOKEN")}
        self.assertNotIn("nothing refers to it", chart.notes({"bifrost": {"providerSecrets": secrets}}))

    def test_the_key_that_the_chart_makes_for_postgresql(self):
        release = chart.render(chart.POSTGRES)
        self.assertEqual(release.environment["BIFROST_ENCRYPTION_KEY"]["secretKeyRef"], {"name": "bifrost-encryption", "key": "encryption-key"})
        self.assertEqual(len(release.all("Secret")), 1)
        for own in ({"bifrost": {"encryptionKeySecret": {"name": "mine"}}}, {"extraEnv": {"BIFROST_ENCRYPTION_KEY": "x"}}):
            self.assertFalse(chart.render(chart.POSTGRES, own).all("Secret"))
        self.assertFalse(chart.render().all("Secret"), "SQLite has its key beside it")

    def test_a_key_in_values_yields_to_one_in_a_secret(self):
        release = chart.render({"bifrost": {"encryptionKey": "literal", "encryptionKeySecret": {"name": "mine"}}})
        self.assertNotIn("literal", release.text)


class Schema(unittest.TestCase):
    def test_misspelt_values_are_refused_by_name(self):
        for values, name in [
            ({"replicaCounts": 3}, "replicaCounts"),
            ({"autoscaling": {"minReplica": 3}}, "minReplica"),
            ({"bifrost": {"clients": {}}}, "clients"),
            ({"bifrost": {"client": {"alowedOrigins": []}}}, "alowedOrigins"),
            ({"storage": {"persistence": {"sise": "1Gi"}}}, "sise"),
            ({"postgresql": {"external": {"hots": "a"}}}, "hots"),
        ]:
            with self.subTest(name):
                self.assertIn(f"Additional property {name} is not allowed", chart.refusal(values))

    def test_values_out_of_range_are_refused_by_name(self):
        for values, name in [
            ({"replicaCount": 0}, "replicaCount"),
            ({"bifrost": {"port": 70000}}, "bifrost.port"),
            ({"bifrost": {"logLevel": "loud"}}, "bifrost.logLevel"),
            ({"bifrost": {"client": {"maxRequestBodySizeMb": 0}}}, "bifrost.client.maxRequestBodySizeMb"),
            ({"storage": {"mode": "mysql"}}, "storage.mode"),
            ({"ingress": {"Public_": {"enabled": True}}}, "Public_"),
        ]:
            with self.subTest(name):
                self.assertIn(name, chart.refusal(values))

    def test_values_of_ones_own_have_a_place(self):
        chart.render({"x-mine": {"a": 1}, "global": {"somebody": "else"}})

    def test_every_mistake_is_told_at_once(self):
        said = chart.refusal({"replicaCount": 2, "podDisruptionBudget": {"enabled": True, "minAvailable": 2}, "serviceMonitor": {"enabled": True}}, tag=None)
        for name in ("image.tag", "replicaCount", "podDisruptionBudget", "serviceMonitor"):
            self.assertIn(f"  - {name}", said)

    def test_a_single_template_is_checked_as_well(self):
        self.assertIn("image.tag: required", chart.refusal(tag=None, show="templates/service.yaml"))


if __name__ == "__main__":
    unittest.main()
