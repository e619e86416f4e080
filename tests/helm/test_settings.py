"""Values and config.json in lockstep: what is given below `bifrost` arrives in config.json, or is refused by name."""

import copy
import json
import unittest

import chart

PROGRAM = json.loads((chart.ROOT / "api/config.schema.json").read_text())
SHAPES = json.loads((chart.CHART / "files/settings.json").read_text())
FULL = json.loads((chart.ROOT / "examples/full.json").read_text())
ELSEWHERE = {"$schema", "auth_config", "config_store", "encryption_key"}  # other values say it


def camel(name):
    head, *rest = name.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in rest)


def in_camel_case(value, node):
    """A part of config.json as values with camelCase keys; keys of maps stay."""
    if isinstance(node, dict) and "ref" in node:
        node = SHAPES["defs"][node["ref"]]
    if isinstance(value, dict) and isinstance(node, dict):
        properties = node.get("properties", {})
        return {
            camel(key) if key in properties and "values" not in node else key: in_camel_case(part, properties.get(key, node.get("values", "served")))
            for key, part in value.items()
        }
    if isinstance(value, list) and isinstance(node, dict) and "items" in node:
        return [in_camel_case(part, node["items"]) for part in value]
    return value


def leaves(value, path=()):
    if isinstance(value, dict) and value:
        for key, part in value.items():
            yield from leaves(part, (*path, key))
    else:
        yield path, value


def at(value, path):
    for key in path:
        value = value[key]
    return value


def unserved(node, path=()):
    """Paths of the settings that the program does not serve, as values spell them."""
    if "$ref" in node:
        node = PROGRAM["$defs"][node["$ref"].rsplit("/", 1)[1]]
    if node.get("description", "").startswith("Not served yet"):
        yield path
        return
    for key, part in node.get("properties", {}).items():
        yield from unserved(part, (*path, key))
    if isinstance(node.get("items"), dict):
        yield from unserved(node["items"], (*path, 0))


def values_with(path, value):
    """A map in which the path leads to the value; 0 stands for a list of one."""
    for key in reversed(path):
        value = [value] if key == 0 else {key: value}
    return value


class Served(unittest.TestCase):
    def given(self):
        return {key: copy.deepcopy(part) for key, part in FULL.items() if key not in ELSEWHERE}

    def expect_all(self, config):
        for path, value in leaves(self.given()):
            with self.subTest(".".join(map(str, path))):
                self.assertEqual(at(config, path), value)

    def test_every_setting_arrives_as_config_json_spells_it(self):
        self.expect_all(chart.render({"bifrost": self.in_values(lambda value, node: value)}).config)

    def test_every_setting_arrives_in_camel_case(self):
        self.expect_all(chart.render({"bifrost": self.in_values(in_camel_case)}).config)

    def in_values(self, spelled):
        given = self.given()
        auth = given["governance"].pop("auth_config")
        values = {camel(key): spelled(part, SHAPES["root"]["properties"][key]) for key, part in given.items()}
        values["governance"]["authConfig"] = {camel(name): part for name, part in auth.items()}
        return values

    def test_every_setting_that_the_program_serves_is_in_the_example(self):
        """Otherwise the two tests above prove nothing of it."""
        missing = [key for key, part in PROGRAM["properties"].items() if not part.get("description", "").startswith("Not served yet") and key not in FULL]
        self.assertEqual(missing, ["$schema"] if "$schema" not in FULL else [])

    def test_a_setting_in_two_spellings_is_refused(self):
        said = chart.refusal({"bifrost": {"client": {"allowed_origins": ["*"], "allowedOrigins": ["https://a.example"]}}})
        self.assertIn("allowed_origins is given in two spellings", said)

    def test_a_setting_that_does_not_exist_is_refused(self):
        said = chart.refusal({"bifrost": {"client": {"maxRequestBodySizeMB": 1, "nonsense": 1}}})
        self.assertIn("nonsense", said)

    def test_an_empty_text_asks_for_nothing(self):
        config = chart.render({"bifrost": {"framework": {"pricing": {"pricingUrl": ""}}}}).config
        self.assertNotIn("framework", config)

    def test_large_numbers_stay_whole(self):
        text = chart.render({"bifrost": {"server": {"overload": {"max_waiting_requests": 10000000}}}}).text
        self.assertIn('max_waiting_requests\\":10000000', text)

    def test_two_renders_are_the_same_bytes(self):
        values = {"bifrost": self.in_values(in_camel_case)}
        self.assertEqual(chart.render(values).text, chart.render(values).text)


class Unserved(unittest.TestCase):
    def accepted(self):
        import yaml

        return yaml.safe_load((chart.CHART / "files/accepted.yaml").read_text())

    def paths(self):
        skipped = {"auth_config", "logs_store", "vector_store", "plugins"}  # values elsewhere
        for path in unserved(PROGRAM):
            if path[0] == "config_store" or path[0] in skipped or "auth_config" in path:
                continue
            if path[0] == "providers" and len(path) > 2 and path[1] != "openai":
                continue  # all have the same settings
            yield path

    def test_each_is_refused_by_its_name_or_accepted_with_a_reason(self):
        accepted, values, expected = self.accepted(), self.with_what_is_required(), []
        section_of = {name: value for value, name in SHAPES["sections"].items() if value not in ("saml",)}
        for path in self.paths():
            spelled = (section_of[path[0]], *path[1:])
            setting = ".".join(key for key in path if key != 0)
            if setting not in accepted or "only" in accepted[setting]:
                expected.append("bifrost." + ".".join(str(key) for key in spelled).replace(".0", "[0]"))
            values = merge_lists(values, values_with(spelled, self.asking(path)))
        said = chart.refusal({"bifrost": values})
        self.assertGreater(len(expected), 50)
        for name in expected:
            with self.subTest(name):
                self.assertIn(f"  - {name}: not supported by this version", said)
        for setting in accepted:
            self.assertNotIn(f"bifrost.{setting}:", said.replace("sourceOfTruth", ""))

    def with_what_is_required(self):
        """The first of each list of the example, since entries need names and the like."""
        lists = {key: [part[0]] for key, part in FULL["governance"].items() if isinstance(part, list)}
        return {"governance": lists, "providers": {"openai": {"keys": [{"name": "a", "value": "env.A"}]}}}

    def asking(self, path):
        return {"source_of_truth": "config.json", "feature_flags": {"a": {"enabled": True}}}.get(path[0], "asked")

    def test_each_accepted_one_is_one_that_the_program_does_not_serve(self):
        """A line of accepted.yaml must go when the program serves the setting."""
        known = {".".join(key for key in path if key != 0) for path in unserved(PROGRAM)}
        for setting in self.accepted():
            self.assertTrue(setting in known or setting.rsplit(".", 1)[0] in known, f"{setting} is served, or is none")

    def test_a_section_that_is_off_asks_for_nothing(self):
        off = {"cluster": {"enabled": False, "gossip": {"port": 7946}}, "mcp": {"enabled": False, "toolGroups": [{"name": "a"}]}, "guardrails": {"rules": [], "providers": []}}
        self.assertEqual(chart.render({"bifrost": off}).config, chart.render().config)

    def test_a_warning_in_place_of_a_failure_leaves_it_out(self):
        values = {"unsupported": "warn", "bifrost": {"cluster": {"enabled": True}}}
        self.assertNotIn("cluster_config", chart.render(values).config)
        self.assertIn("WARNING: not supported by this version, and left out: bifrost.cluster", chart.notes(values))

    def test_plugins_and_stores_that_are_not_there_are_refused(self):
        for values, name in [
            ({"bifrost": {"plugins": {"semanticCache": {"enabled": True}}}}, "bifrost.plugins.semanticCache"),
            ({"bifrost": {"plugins": {"otel": {"enabled": True}}}}, "bifrost.plugins.otel"),
            ({"bifrost": {"plugins": {"custom": [{"name": "a", "enabled": True, "path": "/a.so"}]}}}, "bifrost.plugins.custom[0]"),
            ({"bifrost": {"plugins": {"telemetry": {"enabled": True, "config": {"push_gateway": {"enabled": True}}}}}}, "bifrost.plugins.telemetry.config.push_gateway"),
            ({"vectorStore": {"enabled": True, "type": "redis"}}, "vectorStore"),
            ({"storage": {"logsStore": {"type": "clickhouse"}}}, "storage.logsStore.type"),
            ({"storage": {"logsStore": {"objectStorage": {"enabled": True}}}}, "storage.logsStore.objectStorage"),
            ({"storage": {"configStore": {"vaultStore": {"enabled": True}}}}, "storage.configStore.vaultStore"),
        ]:
            with self.subTest(name):
                self.assertIn(f"{name}: not supported by this version", chart.refusal(values))


def merge_lists(a, b):
    """Both in one; lists of one are merged as well."""
    if isinstance(a, dict) and isinstance(b, dict):
        return {key: merge_lists(a[key], b[key]) if key in a and key in b else a.get(key, b.get(key)) for key in [*a, *(k for k in b if k not in a)]}
    if isinstance(a, list) and isinstance(b, list):
        return [merge_lists(a[0], b[0])]
    return b


class OlderNames(unittest.TestCase):
    def test_the_former_name_of_enforced_credentials(self):
        values = {"bifrost": {"client": {"enforceAuthOnInference": None, "enforceGovernanceHeader": True}}}
        self.assertTrue(chart.render(values).config["client"]["enforce_auth_on_inference"])

    def test_mandatory_virtual_keys_of_the_governance_plugin(self):
        values = {"bifrost": {"client": {"enforceAuthOnInference": False}, "plugins": {"governance": {"enabled": True, "config": {"is_vk_mandatory": True, "required_headers": ["x-a"]}}}}}
        client = chart.render(values).config["client"]
        self.assertEqual(client, {"enforce_auth_on_inference": True, "required_headers": ["x-a"]})

    def test_backoffs_with_their_unit(self):
        network = {"retry_backoff_initial_ms": 500, "retry_backoff_max_ms": 5000}
        config = chart.render({"bifrost": {"providers": {"demo": {"network_config": network}}}}).config
        self.assertEqual(config["providers"]["demo"]["network_config"], network)  # names that the gateway takes itself

    def governance(self, **more):
        key = {"id": "a", "name": "A", "value": "env.A", **more}
        return {"bifrost": {"governance": {"budgets": [{"id": "b", "max_limit": 5, "reset_duration": "1M"}], "virtualKeys": [key]}}}

    def test_the_budget_of_a_virtual_key(self):
        governance = chart.render(self.governance(budget_id="b")).config["governance"]
        self.assertEqual(governance["virtual_keys"][0]["budgets"], [{"id": "b", "max_limit": 5, "reset_duration": "1M"}])
        self.assertEqual(governance["budgets"], [])

    def test_a_budget_of_two_virtual_keys_is_refused(self):
        values = self.governance(budget_id="b")
        values["bifrost"]["governance"]["virtualKeys"].append({"id": "c", "name": "C", "value": "env.C", "budget_id": "b"})
        self.assertIn("budget_id: b belongs to another already", chart.refusal(values))

    def test_keys_of_a_provider_config_by_name(self):
        values = self.governance(provider_configs=[{"provider": "openai", "keys": [{"name": "one"}]}])
        governance = chart.render(values).config["governance"]
        self.assertEqual(governance["virtual_keys"][0]["provider_configs"], [{"provider": "openai", "key_ids": ["one"]}])

    def test_a_virtual_key_without_a_value_is_refused(self):
        values = self.governance()
        del values["bifrost"]["governance"]["virtualKeys"][0]["value"]
        self.assertIn("virtualKeys (a).value: required", chart.refusal(values))


class Secrets(unittest.TestCase):
    KEY = {"bifrost": {"providers": {"openai": {"keys": [{"name": "a", "value": "sk-literal"}]}}}}

    def test_a_literal_makes_a_secret_of_it(self):
        for values in [
            self.KEY,
            {"bifrost": {"encryptionKey": "literal"}},
            {"bifrost": {"authConfig": {"adminUsername": "a", "adminPassword": "literal"}}},
            {"bifrost": {"providers": {"openai": {"keys": [{"name": "a", "value": {"value": "sk-literal", "type": "plain_text"}}]}}}},
            chart.merged(chart.POSTGRES, {"postgresql": {"external": {"existingSecret": "", "password": "literal"}}}),
        ]:
            with self.subTest(str(values)):
                release = chart.render(values)
                self.assertEqual(release.config_object["kind"], "Secret")
                for found in release.all("ConfigMap"):
                    self.assertNotIn("literal", str(found))

    def test_references_leave_it_a_configmap(self):
        for value in ("env.A", {"ref": "env.A", "type": "env"}, {"value": "env.A"}):
            values = {"bifrost": {"providers": {"openai": {"keys": [{"name": "a", "value": value}]}}}}
            self.assertEqual(chart.render(values).config_object["kind"], "ConfigMap", value)

    def test_a_configmap_is_refused_where_there_is_a_literal(self):
        self.assertIn("config.kind: ConfigMap", chart.refusal(self.KEY, {"config": {"kind": "ConfigMap"}}))

    def test_the_file_of_a_secret_is_not_for_everybody(self):
        volumes = {volume["name"]: volume for volume in chart.render(self.KEY).pod["spec"]["volumes"]}
        self.assertEqual(volumes["config"]["secret"]["defaultMode"], 0o440)

    def test_a_config_of_ones_own(self):
        release = chart.render({"config": {"existingSecret": "mine", "existingSecretKey": "my.json"}})
        volumes = {volume["name"]: volume for volume in release.pod["spec"]["volumes"]}
        self.assertEqual(volumes["config"]["secret"]["secretName"], "mine")
        self.assertEqual(volumes["config"]["secret"]["items"], [{"key": "my.json", "path": "config.json"}])
        self.assertFalse([o for o in release.objects if o["metadata"]["name"].endswith("-config")])


if __name__ == "__main__":
    unittest.main()
