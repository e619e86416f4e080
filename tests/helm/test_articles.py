"""What the two articles on the original's chart say, claim by claim; the ids are those of the project's table of claims."""

import pathlib
import unittest

import chart

ARTICLES = pathlib.Path(__file__).parent / "articles"
ON_POSTGRES = chart.POSTGRES


def article(name):
    return ARTICLES / f"{name}.yaml"


class Playbook(unittest.TestCase):
    """The first article: S0."""

    def test_s0_01_one_command_with_a_tag(self):
        release = chart.render()
        self.assertEqual(release.workload["kind"], "StatefulSet")
        self.assertEqual(release.one("Service", "bifrost")["spec"]["ports"][0]["port"], 8080)

    def test_s0_06_the_kinds_and_their_names(self):
        release = chart.render(ON_POSTGRES, article("autoscaling"), {"ingress": {"enabled": True}})
        for kind in ("Deployment", "Service", "Ingress", "HorizontalPodAutoscaler", "ServiceAccount"):
            with self.subTest(kind):
                self.assertTrue(any(o["metadata"]["name"] == "bifrost" for o in release.all(kind)))

    def test_s0_07_older_clusters_than_1_23_are_told(self):
        self.assertIn(">=1.23.0-0", chart.refusal(kube="1.22"))

    def test_s0_14_a_blank_tag_is_refused_with_the_one_to_take(self):
        self.assertIn("image.tag: required; this chart was made for 0.1.0", chart.refusal(tag=None))

    def test_s0_14_latest_is_a_warning_and_in_production_a_failure(self):
        self.assertIn("WARNING: image.tag: latest", chart.notes(tag="latest"))
        self.assertIn("image.tag: latest", chart.refusal({"production": True}, tag="latest"))

    def test_s0_14_a_digest_in_place_of_a_tag(self):
        digest = "sha256:" + "a" * 64
        release = chart.render({"image": {"digest": digest}}, tag=None)
        self.assertEqual(release.container["image"], f"bifrost@{digest}")

    def test_s0_15_the_tags_of_the_originals_image_get_an_answer(self):
        said = chart.refusal(tag="v1.4.11")
        self.assertIn("v1.4.11 is a tag of another program's image", said)
        self.assertIn("has 0.1.0", said)
        said = chart.refusal({"image": {"repository": "docker.io/maximhq/bifrost"}})
        self.assertIn("image.repository: docker.io/maximhq/bifrost is the image of another program", said)

    def test_s0_18_secrets_become_environment(self):
        release = chart.render(article("secrets"))
        key = release.environment["BIFROST_ENCRYPTION_KEY"]["secretKeyRef"]
        self.assertEqual(key, {"name": "bifrost-encryption-key", "key": "encryption-key"})
        provider = release.environment["OPENAI_API_KEY"]["secretKeyRef"]
        self.assertEqual(provider, {"name": "provider-keys", "key": "openai-api-key"})

    def test_s0_18_a_secret_that_nothing_refers_to_is_told(self):
        self.assertIn("bifrost.providerSecrets.openai: nothing refers to it", chart.notes(article("secrets")))
        provider = {"bifrost": {"providers": {"openai": {"keys": [{"name": "a", "value": "env.OPENAI_API_KEY"}]}}}}
        self.assertNotIn("nothing refers to it", chart.notes(article("secrets"), provider))

    def test_s0_19_36_several_replicas_on_sqlite_are_refused_with_both_remedies(self):
        claim = {"storage": {"persistence": {"existingClaim": "mine"}}}
        memory = {"storage": {"persistence": {"enabled": False}}}
        for values in ({}, claim, memory):
            with self.subTest(str(values)):
                said = chart.refusal({"replicaCount": 3}, values)
                self.assertIn("replicaCount: 3 replicas on SQLite", said)
                self.assertIn("Set storage.mode to postgres, or replicaCount to 1", said)
        self.assertIn("autoscaling.maxReplicas: 10 replicas on SQLite", chart.refusal({"autoscaling": {"enabled": True}}))

    def test_s0_19_without_a_store_any_number_may_read_one_file(self):
        release = chart.render({"replicaCount": 3, "storage": {"configStore": {"enabled": False}, "logsStore": {"enabled": False}}})
        self.assertEqual(release.workload["kind"], "Deployment")
        self.assertEqual(release.config["config_store"], {"enabled": False})

    def test_s0_20_embedded_managed_and_operators_databases(self):
        self.assertEqual(chart.render(chart.EMBEDDED).config["config_store"]["config"]["host"], "bifrost-postgresql")
        operator = {"postgresql": {"external": {"host": "pg-rw", "existingSecret": "pg-app", "passwordKey": "password"}}}
        release = chart.render(ON_POSTGRES, operator)
        self.assertEqual(release.config["config_store"]["config"]["host"], "pg-rw")
        self.assertEqual(release.environment["BIFROST_POSTGRES_PASSWORD"]["secretKeyRef"], {"name": "pg-app", "key": "password"})

    def test_s0_21_mixed_both_ways(self):
        config_in_sqlite = {"storage": {"configStore": {"type": "sqlite"}, "logsStore": {"type": "postgres"}}}
        release = chart.render(ON_POSTGRES, config_in_sqlite)
        self.assertEqual(release.workload["kind"], "StatefulSet")
        config_in_postgres = {"storage": {"mode": "sqlite", "configStore": {"type": "postgres"}}}
        release = chart.render(chart.merged(ON_POSTGRES, config_in_postgres))
        self.assertEqual(release.config["config_store"]["type"], "postgres")
        release = chart.render(chart.merged(chart.EMBEDDED, config_in_postgres))
        self.assertEqual(len(release.all("StatefulSet")), 1, "the database is installed for whichever store needs it")

    def test_s0_22_23_24_the_snippet_of_autoscaling(self):
        release = chart.render(ON_POSTGRES, article("autoscaling"))
        scaler = release.one("HorizontalPodAutoscaler")["spec"]
        self.assertEqual((scaler["minReplicas"], scaler["maxReplicas"]), (3, 10))
        self.assertEqual(scaler["behavior"]["scaleDown"]["stabilizationWindowSeconds"], 300)
        pod = release.pod["spec"]
        self.assertEqual(pod["terminationGracePeriodSeconds"], 60)
        self.assertEqual(release.container["lifecycle"]["preStop"]["exec"]["command"], ["sh", "-c", "sleep 15"])
        self.assertNotIn("replicas", release.workload["spec"])
        server = release.config["server"]
        self.assertEqual((server["drain_delay_in_seconds"], server["drain_timeout_in_seconds"]), (5, 60 - 15 - 5 - 10))

    def test_s0_23_the_snippet_on_sqlite_is_refused(self):
        self.assertIn("10 replicas on SQLite", chart.refusal(article("autoscaling")))

    def test_s0_25_anti_affinity_leaves_room_to_roll_and_spares_the_database(self):
        release = chart.render(chart.EMBEDDED, {"replicaCount": 3}, article("affinity"))
        self.assertEqual(release.workload["spec"]["strategy"]["rollingUpdate"], {"maxSurge": 0, "maxUnavailable": 1})
        database = release.one("StatefulSet", "bifrost-postgresql")["spec"]["template"]
        self.assertEqual(database["metadata"]["labels"]["app.kubernetes.io/name"], "bifrost-postgresql")
        own = chart.render(ON_POSTGRES, {"replicaCount": 3, "strategy": {"type": "Recreate"}}, article("affinity"))
        self.assertEqual(own.workload["spec"]["strategy"], {"type": "Recreate"})

    def test_s0_26_28_the_snippet_of_plugins(self):
        self.assertEqual(chart.render(article("plugins")).config, chart.render().config, "they are always on")
        self.assertIn("bifrost.plugins.datadog: not supported", chart.refusal({"bifrost": {"plugins": {"datadog": {"enabled": True}}}}))

    def test_s0_31_a_service_monitor(self):
        release = chart.render(article("servicemonitor"), apis=[chart.MONITORING])
        monitor = release.one("ServiceMonitor")["spec"]
        self.assertEqual(monitor["endpoints"], [{"port": "http", "path": "/metrics", "interval": "30s", "scrapeTimeout": "10s"}])
        service = release.one("Service", "bifrost")["metadata"]["labels"]
        self.assertLessEqual(monitor["selector"]["matchLabels"].items(), service.items())
        headless = release.one("Service", "bifrost-headless")["metadata"]["labels"]
        self.assertFalse(monitor["selector"]["matchLabels"].items() <= headless.items(), "it would be read twice")

    def test_s0_31_without_the_operator_it_is_refused_or_left_out(self):
        self.assertIn("does not know monitoring.coreos.com/v1", chart.refusal(article("servicemonitor")))
        self.assertFalse(chart.render(article("servicemonitor"), {"serviceMonitor": {"requireCRD": False}}).all("ServiceMonitor"))

    def test_s0_31_a_reading_must_not_last_longer_than_the_interval(self):
        values = {"serviceMonitor": {"enabled": True, "interval": "1m", "scrapeTimeout": "1m30s"}}
        self.assertIn("scrapeTimeout: 1m30s is longer than the interval, 1m", chart.refusal(values, apis=[chart.MONITORING]))

    def test_s0_34_pull_secrets_and_a_registry_for_every_pod(self):
        values = {"global": {"imageRegistry": "registry.example.com", "imagePullSecrets": ["a"]}, "imagePullSecrets": [{"name": "b"}]}
        release = chart.render(chart.EMBEDDED, values)
        pods = [release.pod["spec"], release.one("StatefulSet")["spec"]["template"]["spec"], release.one("Pod")["spec"]]
        for pod in pods:
            self.assertEqual(pod["imagePullSecrets"], [{"name": "a"}, {"name": "b"}])
            self.assertTrue(pod["containers"][0]["image"].startswith("registry.example.com/"))
        self.assertEqual(release.one("ServiceAccount")["imagePullSecrets"], [{"name": "a"}, {"name": "b"}])

    def test_s0_39_a_clear_connection_to_a_managed_database_is_told(self):
        far = {"postgresql": {"external": {"host": "db.abc.eu-west-1.rds.amazonaws.com", "sslMode": "disable"}}}
        self.assertIn("WARNING: postgresql.external.sslMode: disable", chart.notes(ON_POSTGRES, far))
        self.assertNotIn("sslMode", chart.notes(ON_POSTGRES))

    def test_s0_40_the_key_of_the_encryption_secret_has_a_default(self):
        release = chart.render({"bifrost": {"encryptionKeySecret": {"name": "mine", "key": None}}})
        self.assertEqual(release.environment["BIFROST_ENCRYPTION_KEY"]["secretKeyRef"]["key"], "encryption-key")

    def test_s0_41_the_window_has_a_bound(self):
        values = {"autoscaling": {"enabled": True, "behavior": {"scaleDown": {"stabilizationWindowSeconds": 4000}}}}
        self.assertIn("at most 3600", chart.refusal(ON_POSTGRES, values))

    def test_s0_42_what_holds_data_outlives_the_release(self):
        release = chart.render(chart.EMBEDDED)
        self.assertFalse(release.all("PersistentVolumeClaim"), "claims of a release go with it; those of a StatefulSet stay")
        for secret in release.all("Secret"):
            self.assertEqual(secret["metadata"]["annotations"], {"helm.sh/resource-policy": "keep"})

    def test_s0_43_a_claim_that_is_there(self):
        release = chart.render({"storage": {"persistence": {"existingClaim": "data-bifrost-0"}}})
        self.assertEqual(release.workload["kind"], "Deployment")
        self.assertEqual(release.workload["spec"]["strategy"], {"type": "Recreate"})
        volumes = {volume["name"]: volume for volume in release.pod["spec"]["volumes"]}
        self.assertEqual(volumes["data"]["persistentVolumeClaim"]["claimName"], "data-bifrost-0")

    def test_s0_47_replicas_are_left_to_the_autoscaler(self):
        self.assertEqual(chart.render(ON_POSTGRES, {"replicaCount": 2}).workload["spec"]["replicas"], 2)
        self.assertNotIn("replicas", chart.render(ON_POSTGRES, {"replicaCount": 2, "autoscaling": {"enabled": True}}).workload["spec"])

    def test_s0_48_the_notes_have_the_commands_of_this_release(self):
        said = chart.notes(release="gw", namespace="ai")
        self.assertIn("kubectl -n ai port-forward svc/gw-bifrost 8080:8080", said)
        self.assertIn("rollout status statefulset/gw-bifrost", said)
        self.assertIn("rollout status deployment/gw-bifrost", chart.notes(ON_POSTGRES, release="gw"))

    def test_s0_49_53_cluster_mode_is_refused_by_name(self):
        self.assertIn("bifrost.cluster: not supported by this version", chart.refusal(article("cluster")))


class HighPerformance(unittest.TestCase):
    """The second article: S1."""

    def test_s1_01_cpu_memory_and_metrics_of_ones_own(self):
        streams = {"type": "Pods", "pods": {"metric": {"name": "bifrost_streams_open"}, "target": {"type": "AverageValue", "averageValue": "200"}}}
        values = {"autoscaling": {"enabled": True, "targetMemoryUtilizationPercentage": 75, "metrics": [streams]}}
        metrics = chart.render(ON_POSTGRES, values).one("HorizontalPodAutoscaler")["spec"]["metrics"]
        self.assertEqual([m["type"] for m in metrics], ["Resource", "Resource", "Pods"])
        self.assertEqual(metrics[2], streams)

    def test_s1_03_a_disruption_budget_where_there_are_several(self):
        self.assertFalse(chart.render().all("PodDisruptionBudget"))
        budget = chart.render(ON_POSTGRES, {"replicaCount": 3}).one("PodDisruptionBudget")["spec"]
        self.assertEqual(budget["maxUnavailable"], 1)
        self.assertFalse(chart.render(ON_POSTGRES, {"replicaCount": 3, "podDisruptionBudget": {"enabled": False}}).all("PodDisruptionBudget"))

    def test_s1_13_the_install_with_a_secret(self):
        sets = ["bifrost.encryptionKeySecret.name=bifrost-encryption-key", "bifrost.encryptionKeySecret.key=encryption-key"]
        self.assertIn("BIFROST_ENCRYPTION_KEY", chart.render(sets=sets).environment)

    def test_s1_15_16_17_the_snippet_of_the_client(self):
        client = chart.render(article("client")).config["client"]
        self.assertEqual(client, {"initial_pool_size": 1000, "drop_excess_requests": True, "enforce_auth_on_inference": True})

    def test_s1_19_20_24_the_snippet_of_the_cluster_is_refused_by_name(self):
        self.assertIn("bifrost.cluster: not supported by this version", chart.refusal(ON_POSTGRES, article("cluster")))

    def test_s1_21_no_token_where_none_is_needed(self):
        release = chart.render()
        self.assertIs(release.pod["spec"]["automountServiceAccountToken"], False)
        self.assertFalse(release.all("Role") + release.all("RoleBinding"))

    def test_s1_25_26_the_snippet_of_scaling(self):
        release = chart.render(ON_POSTGRES, article("scaling"))
        scaler = release.one("HorizontalPodAutoscaler")["spec"]
        self.assertEqual((scaler["minReplicas"], scaler["maxReplicas"]), (3, 15))
        self.assertEqual(scaler["behavior"]["scaleDown"]["policies"], [{"type": "Pods", "value": 1, "periodSeconds": 120}])
        self.assertEqual(release.config["server"]["drain_timeout_in_seconds"], 90 - 20 - 5 - 10)
        self.assertEqual(release.workload["spec"]["strategy"]["rollingUpdate"]["maxSurge"], 0)
        self.assertIn("15 nodes at the most", chart.notes(ON_POSTGRES, article("scaling")))

    def test_s1_29_mandatory_virtual_keys(self):
        values = {"bifrost": {"client": {"enforceAuthOnInference": False}, "plugins": {"governance": {"enabled": True, "config": {"is_vk_mandatory": True}}}}}
        self.assertTrue(chart.render(values).config["client"]["enforce_auth_on_inference"])

    def test_s1_33_liveness_does_not_look_at_what_others_do(self):
        container = chart.render().container
        self.assertEqual(container["livenessProbe"]["httpGet"]["path"], "/livez")
        self.assertEqual(container["readinessProbe"]["httpGet"]["path"], "/health")
        self.assertEqual(container["startupProbe"]["periodSeconds"] * container["startupProbe"]["failureThreshold"], 120)

    def test_s1_35_36_sections_that_are_not_served_are_refused_by_name(self):
        for section, values in [
            ("guardrails", {"rules": [{"id": 1, "name": "a"}]}),
            ("skillsRegistry", {"enabled": True}),
            ("scim", {"enabled": True, "provider": "okta"}),
            ("loadBalancer", {"enabled": True}),
        ]:
            with self.subTest(section):
                self.assertIn(f"bifrost.{section}: not supported by this version", chart.refusal({"bifrost": {section: values}}))

    def test_s1_37_nothing_is_fetched_unless_it_is_asked_for(self):
        self.assertNotIn("framework", chart.render().config)
        self.assertNotIn("http", chart.render().config_object["data"]["config.json"].replace("http_", ""))


if __name__ == "__main__":
    unittest.main()
