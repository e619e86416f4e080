"""Objects of the release and what they say, beyond what the articles ask for."""

import unittest

import chart


class Names(unittest.TestCase):
    def test_a_release_that_has_the_charts_name_in_its_own(self):
        for release, name in [("bifrost", "bifrost"), ("my-bifrost", "my-bifrost"), ("gw", "gw-bifrost")]:
            self.assertEqual(chart.render(release=release).workload["metadata"]["name"], name)
        self.assertEqual(chart.render({"fullnameOverride": "x"}).workload["metadata"]["name"], "x")

    def test_selectors_find_only_the_gateway(self):
        release = chart.render(chart.EMBEDDED)
        service = release.one("Service", "bifrost")["spec"]["selector"]
        self.assertLessEqual(service.items(), release.pod["metadata"]["labels"].items())
        database = release.one("StatefulSet", "bifrost-postgresql")["spec"]["template"]["metadata"]["labels"]
        by_name = {"app.kubernetes.io/name": "bifrost"}
        self.assertFalse(by_name.items() <= database.items())
        self.assertLessEqual(release.one("Service", "bifrost-postgresql")["spec"]["selector"].items(), database.items())

    def test_what_cannot_be_changed_later_has_no_version_in_it(self):
        release = chart.render()
        spec = release.workload["spec"]
        for labels in (spec["selector"]["matchLabels"], spec["volumeClaimTemplates"][0]["metadata"]["labels"]):
            self.assertFalse({key for key in labels if "version" in key or "chart" in key})


class Pods(unittest.TestCase):
    def test_they_are_what_restricted_namespaces_allow(self):
        for values in ({}, chart.POSTGRES):
            release = chart.render(values)
            for spec in (release.pod["spec"], release.one("Pod")["spec"]):
                self.assertIs(spec["securityContext"]["runAsNonRoot"], True)
                self.assertEqual(spec["securityContext"]["seccompProfile"], {"type": "RuntimeDefault"})
                self.assertFalse({"hostNetwork", "hostPID", "hostIPC"} & spec.keys())
                for container in spec["containers"]:
                    context = container["securityContext"]
                    self.assertIs(context["allowPrivilegeEscalation"], False)
                    self.assertEqual(context["capabilities"], {"drop": ["ALL"]})
                    self.assertIs(context["readOnlyRootFilesystem"], True)
                for volume in spec.get("volumes", []):
                    self.assertFalse({"hostPath"} & volume.keys())

    def test_identities_can_be_left_to_openshift(self):
        context = chart.render({"podSecurityContext": {"runAsUser": None, "fsGroup": None}}).pod["spec"]["securityContext"]
        self.assertFalse({"runAsUser", "fsGroup"} & context.keys())

    def test_every_folder_that_is_written_is_a_volume(self):
        for values in ({}, chart.POSTGRES, {"storage": {"persistence": {"enabled": False}}}):
            release = chart.render(values)
            mounts = {mount["mountPath"]: mount["name"] for mount in release.container["volumeMounts"]}
            self.assertEqual(mounts, {"/etc/bifrost": "config", "/app/data": "data", "/tmp": "tmp"})
            named = {volume["name"] for volume in release.pod["spec"]["volumes"]}
            named |= {claim["metadata"]["name"] for claim in release.workload["spec"].get("volumeClaimTemplates", [])}
            self.assertEqual(named, set(mounts.values()))

    def test_a_variable_that_is_given_twice_counts_once_and_last(self):
        values = {"env": [{"name": "LOG_LEVEL", "value": "warn"}, {"name": "A", "value": "1"}], "extraEnv": {"A": 2}}
        release = chart.render(values)
        names = [entry["name"] for entry in release.container["env"]]
        self.assertEqual(len(names), len(set(names)))
        self.assertEqual((release.environment["LOG_LEVEL"], release.environment["A"]), ("warn", "2"))
        self.assertIn("the variable A is given twice", chart.notes(values))

    def test_variables_are_in_an_order_that_does_not_change(self):
        secrets = {name: {"existingSecret": "s", "envVar": name.upper()} for name in ("zeta", "alpha", "mu", "omega", "beta", "pi")}
        values = {"bifrost": {"providerSecrets": secrets}}
        texts = {chart.render(values).text for _ in range(3)}
        self.assertEqual(len(texts), 1)

    def test_the_style_of_the_log_has_two_names(self):
        for style, name in [("json", "json"), ("text", "pretty"), ("pretty", "pretty")]:
            self.assertEqual(chart.render({"bifrost": {"logStyle": style}}).environment["LOG_STYLE"], name)

    def test_a_probe_can_be_switched_off(self):
        self.assertNotIn("livenessProbe", chart.render({"livenessProbe": False}).container)
        self.assertNotIn("livenessProbe", chart.render({"livenessProbe": None}).container)

    def test_probes_ask_by_https_where_the_gateway_serves_that(self):
        tls = {"bifrost": {"server": {"tls": {"certFile": "/tls/tls.crt", "keyFile": "/tls/tls.key"}}}}
        container = chart.render(tls).container
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            self.assertEqual(container[probe]["httpGet"]["scheme"], "HTTPS")
        release = chart.render(tls, {"serviceMonitor": {"enabled": True}}, apis=[chart.MONITORING])
        self.assertEqual(release.one("ServiceMonitor")["spec"]["endpoints"][0]["scheme"], "https")
        self.assertFalse(release.all("Pod"), "the test of the chart knows no HTTPS")

    def test_the_port_of_operators_is_asked_by_https_too(self):
        tls = {"bifrost": {"server": {"tls": {"certFile": "/tls/tls.crt", "keyFile": "/tls/tls.key"}, "adminPort": 9090}}}
        liveness = chart.render(tls).container["livenessProbe"]["httpGet"]
        self.assertEqual((liveness["port"], liveness["scheme"]), ("metrics", "HTTPS"))
        release = chart.render(tls, {"serviceMonitor": {"enabled": True}}, apis=[chart.MONITORING])
        self.assertEqual(release.one("ServiceMonitor")["spec"]["endpoints"][0]["scheme"], "https")

    def test_the_administrator_is_spelled_in_either_way(self):
        auth = {"admin_username": "env.A", "admin_password": "env.B", "is_enabled": True}
        camel = {"adminUsername": "env.A", "adminPassword": "env.B", "isEnabled": True}
        for given in ({"auth_config": auth}, {"authConfig": camel}):
            self.assertEqual(chart.render({"bifrost": {"governance": given}}).config["governance"]["auth_config"], auth)

    def test_every_sleep_before_the_end_counts(self):
        hook = {"preStop": {"exec": {"command": ["sh", "-c", "sleep 5; true; sleep 20"]}}}
        self.assertEqual(chart.render({"lifecycle": hook}).pod["spec"]["terminationGracePeriodSeconds"], 25 + 5 + 300 + 10)

    def test_pods_restart_for_what_the_gateway_does_not_take_up_by_itself(self):
        def checksum(*values):
            return chart.render(*values).pod["metadata"]["annotations"]["checksum/config"]

        before = checksum()
        self.assertEqual(before, checksum({"bifrost": {"client": {"maxRequestBodySizeMb": 7}}}))
        self.assertEqual(before, checksum({"bifrost": {"providers": {"demo": {}}}}))
        self.assertNotEqual(before, checksum({"bifrost": {"client": {"prometheusLabels": ["team"]}}}))
        self.assertNotEqual(before, checksum({"bifrost": {"ledger": {"journalSizeMb": 20}}}))
        self.assertNotEqual(checksum(chart.POSTGRES), checksum(chart.POSTGRES, {"postgresql": {"external": {"host": "other"}}}))

    def test_a_file_that_is_mounted_as_a_folder_is_kept_current(self):
        self.assertNotIn("subPath", str(chart.render().container["volumeMounts"]))


class Ports(unittest.TestCase):
    def test_the_operators_port_has_a_service_of_its_own(self):
        release = chart.render({"bifrost": {"server": {"adminPort": 9090}}, "serviceMonitor": {"enabled": True}}, apis=[chart.MONITORING])
        self.assertEqual({port["name"]: port["containerPort"] for port in release.container["ports"]}, {"http": 8080, "metrics": 9090})
        self.assertEqual(release.config["server"]["admin_host"], "0.0.0.0")
        self.assertEqual([port["name"] for port in release.one("Service", "bifrost")["spec"]["ports"]], ["http"])
        self.assertEqual(release.one("Service", "bifrost-metrics")["spec"]["ports"][0]["port"], 9090)
        monitor = release.one("ServiceMonitor")["spec"]
        self.assertEqual(monitor["endpoints"][0]["port"], "metrics")
        self.assertLessEqual(monitor["selector"]["matchLabels"].items(), release.one("Service", "bifrost-metrics")["metadata"]["labels"].items())

    def probed(self, release):
        return {name: release.container[f"{name}Probe"]["httpGet"]["port"] for name in ("startup", "liveness", "readiness")}

    def test_probes_come_where_callers_cannot_take_all_connections(self):
        for server, port in ({}, 8081), ({"adminPort": 9090}, 9090), ({"admin_port": 9090}, 9090):
            release = chart.render({"bifrost": {"server": server}})
            self.assertEqual(set(self.probed(release).values()), {"metrics"})
            self.assertEqual({p["name"]: p["containerPort"] for p in release.container["ports"]}["metrics"], port)
            self.assertEqual((release.config["server"]["admin_port"], release.config["server"]["admin_host"]), (port, "0.0.0.0"))
        self.assertEqual(chart.render({"bifrost": {"host": "::"}}).config["server"]["admin_host"], "::")
        self.assertEqual(chart.render({"bifrost": {"port": 8081}}).config["server"]["admin_port"], 8082)

    def test_the_port_of_probes_is_not_for_others(self):
        release = chart.render({"networkPolicy": {"enabled": True}})
        self.assertEqual({port["port"] for service in release.all("Service") for port in service["spec"]["ports"]}, {8080})
        self.assertEqual([rule["ports"][0]["port"] for rule in release.one("NetworkPolicy")["spec"]["ingress"]], ["http"])

    def test_without_the_port_of_operators_probes_come_with_the_callers(self):
        release = chart.render({"bifrost": {"server": {"adminPort": 0}}})
        self.assertEqual(set(self.probed(release).values()), {"http"})
        self.assertEqual([port["name"] for port in release.container["ports"]], ["http"])
        brought = chart.render({"config": {"existingSecret": "mine"}})
        self.assertEqual(set(self.probed(brought).values()), {"http"}, "what a file of one's own has is not known")

    def test_probes_of_ones_own_stay(self):
        own = {"livenessProbe": {"httpGet": {"path": "/livez", "port": 8080}}, "readinessProbe": {"httpGet": {"path": "/mine", "port": "http"}}}
        release = chart.render(own)
        self.assertEqual((self.probed(release)["liveness"], self.probed(release)["readiness"]), (8080, "http"))

    def test_a_port_of_operators_that_nobody_reaches_is_refused(self):
        for host in ("127.0.0.1", "127.1.2.3", "::1"):
            said = chart.refusal({"bifrost": {"server": {"adminPort": 9090, "adminHost": host}}})
            self.assertIn(f"bifrost.server.adminHost: {host} is the pod alone", said)
        self.assertEqual(chart.render({"bifrost": {"host": "127.0.0.1"}}).config["server"]["admin_host"], "0.0.0.0")
        self.assertIn("bifrost.server.adminPort: 8080 is bifrost.port too", chart.refusal({"bifrost": {"server": {"adminPort": 8080}}}))

    def test_fields_of_the_service(self):
        spec = chart.render({"service": {"type": "LoadBalancer", "spec": {"externalTrafficPolicy": "Local"}}}).one("Service", "bifrost")["spec"]
        self.assertEqual((spec["type"], spec["externalTrafficPolicy"]), ("LoadBalancer", "Local"))


class Routes(unittest.TestCase):
    HOSTS = [{"host": "a.example.com", "paths": [{"path": "/", "pathType": "Prefix"}]}]

    def test_one_ingress(self):
        values = {"ingress": {"enabled": True, "className": "nginx", "hosts": self.HOSTS, "tls": [{"secretName": "t", "hosts": ["a.example.com"]}]}}
        ingress = chart.render(values).one("Ingress")
        self.assertEqual(ingress["metadata"]["name"], "bifrost")
        self.assertEqual(ingress["spec"]["rules"][0]["host"], "a.example.com")
        self.assertEqual(ingress["spec"]["tls"][0]["secretName"], "t")

    def test_several_by_name(self):
        named = {"public": {"enabled": True, "hosts": self.HOSTS}, "internal": {"enabled": True, "className": "inside", "hosts": self.HOSTS}, "off": {"enabled": False}}
        ingresses = chart.render({"ingress": named}).all("Ingress")
        self.assertEqual([i["metadata"]["name"] for i in ingresses], ["bifrost-internal", "bifrost-public"])

    def test_a_route_of_the_gateway_api_lets_streams_last(self):
        self.assertIn("httproute.parentRefs: required", chart.refusal({"httproute": {"enabled": True}}))
        values = {"httproute": {"enabled": True, "parentRefs": [{"name": "gw"}], "hostnames": ["a.example.com"]}}
        route = chart.render(values, apis=[chart.GATEWAYS]).one("HTTPRoute")["spec"]
        self.assertEqual(route["rules"][0]["timeouts"], {"request": "0s"})
        self.assertEqual(route["rules"][0]["backendRefs"], [{"name": "bifrost", "port": 8080}])

    def test_a_route_of_an_api_that_is_not_there_is_refused_or_left_out(self):
        values = {"httproute": {"enabled": True, "parentRefs": [{"name": "gw"}]}}
        said = chart.refusal(values)
        self.assertIn("httproute.enabled: this cluster does not know gateway.networking.k8s.io/v1; install the Gateway API first", said)
        self.assertFalse(chart.render(values, {"httproute": {"requireCRD": False}}).all("HTTPRoute"))
        older = {"httproute": {"apiVersion": "gateway.networking.k8s.io/v1beta1"}}
        self.assertIn("does not know gateway.networking.k8s.io/v1beta1", chart.refusal(values, older, apis=[chart.GATEWAYS]))


class Policies(unittest.TestCase):
    def test_the_network_lets_through_what_is_needed(self):
        values = {"networkPolicy": {"enabled": True}, "bifrost": {"server": {"adminPort": 9090}}}
        policy = chart.render(chart.EMBEDDED, values).one("NetworkPolicy", "bifrost")["spec"]
        self.assertEqual([rule["ports"][0]["port"] for rule in policy["ingress"]], ["http", "metrics"])
        self.assertEqual(sorted({port["port"] for rule in policy["egress"] for port in rule["ports"]}), [53, 443, 5432])

    def test_an_older_cluster_gets_no_field_that_it_does_not_know(self):
        values = chart.merged(chart.POSTGRES, {"replicaCount": 3, "podDisruptionBudget": {"unhealthyPodEvictionPolicy": "AlwaysAllow"}})
        self.assertIn("unhealthyPodEvictionPolicy", chart.render(values, kube="1.27").one("PodDisruptionBudget")["spec"])
        self.assertNotIn("unhealthyPodEvictionPolicy", chart.render(values, kube="1.25").one("PodDisruptionBudget")["spec"])


class Database(unittest.TestCase):
    def test_its_secret_is_what_both_pods_read(self):
        release = chart.render(chart.EMBEDDED, {"postgresql": {"auth": {"existingSecret": "pg", "secretKeys": {"adminPasswordKey": "pw"}}}})
        gateway = release.environment["BIFROST_POSTGRES_PASSWORD"]["secretKeyRef"]
        database = {e["name"]: e for e in release.one("StatefulSet")["spec"]["template"]["spec"]["containers"][0]["env"]}
        self.assertEqual(gateway, {"name": "pg", "key": "pw"})
        self.assertEqual(database["POSTGRES_PASSWORD"]["valueFrom"]["secretKeyRef"], gateway)

    def test_its_password_may_be_given(self):
        release = chart.render(chart.EMBEDDED, {"postgresql": {"auth": {"password": "given"}}})
        self.assertEqual(release.one("Secret", "bifrost-postgresql")["data"], {"password": "Z2l2ZW4="})
        self.assertNotIn("given", str(release.config))

    def test_it_is_utf8(self):
        env = chart.render(chart.EMBEDDED).one("StatefulSet")["spec"]["template"]["spec"]["containers"][0]["env"]
        self.assertIn({"name": "POSTGRES_INITDB_ARGS", "value": "--encoding=UTF8"}, env)

    def test_storage_classes(self):
        def claim(name):
            spec = chart.render({"storage": {"persistence": {"storageClass": name}}}).workload["spec"]
            return spec["volumeClaimTemplates"][0]["spec"]

        self.assertNotIn("storageClassName", claim(""))
        self.assertEqual(claim("fast")["storageClassName"], "fast")
        self.assertEqual(claim("-")["storageClassName"], "")


class Extras(unittest.TestCase):
    def test_objects_of_ones_own_as_maps_and_as_texts(self):
        own = [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "{{ .Release.Name }}-a"}}, "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-b\n"]
        release = chart.render({"extraObjects": own})
        self.assertLessEqual({"bifrost-a", "bifrost-b"}, {o["metadata"]["name"] for o in release.all("ConfigMap")})

    def test_containers_volumes_and_places(self):
        values = {
            "initContainers": [{"name": "i", "image": "i"}], "extraContainers": [{"name": "e", "image": "e"}],
            "volumes": [{"name": "v", "emptyDir": {}}], "volumeMounts": [{"name": "v", "mountPath": "/v"}],
            "priorityClassName": "high", "runtimeClassName": "gvisor", "nodeSelector": {"a": "b"}, "tolerations": [{"operator": "Exists"}],
            "topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway"}],
            "hostAliases": [{"ip": "1.2.3.4", "hostnames": ["a"]}], "dnsConfig": {"options": [{"name": "ndots", "value": "1"}]},
            "podLabels": {"l": "p"}, "podAnnotations": {"a": "p"}, "deploymentLabels": {"l": "d"}, "deploymentAnnotations": {"a": "d"}, "commonLabels": {"c": "all"},
            "command": ["/x"], "args": ["run"], "minReadySeconds": 3, "revisionHistoryLimit": 4,
        }
        release = chart.render(values)
        pod = release.pod["spec"]
        self.assertEqual([c["name"] for c in pod["containers"]], ["bifrost", "e"])
        for name in ("initContainers", "priorityClassName", "runtimeClassName", "nodeSelector", "tolerations", "topologySpreadConstraints", "hostAliases", "dnsConfig"):
            self.assertEqual(pod[name], values[name])
        self.assertIn(values["volumes"][0], pod["volumes"])
        self.assertIn(values["volumeMounts"][0], release.container["volumeMounts"])
        self.assertEqual((release.container["command"], release.container["args"]), (["/x"], ["run"]))
        self.assertEqual((release.pod["metadata"]["labels"]["l"], release.pod["metadata"]["annotations"]["a"]), ("p", "p"))
        self.assertEqual((release.workload["metadata"]["labels"]["l"], release.workload["metadata"]["annotations"]["a"]), ("d", "d"))
        self.assertEqual((release.workload["spec"]["minReadySeconds"], release.workload["spec"]["revisionHistoryLimit"]), (3, 4))
        self.assertTrue(all(o["metadata"]["labels"]["c"] == "all" for o in release.objects if o["kind"] != "Pod"))


if __name__ == "__main__":
    unittest.main()
