#!/usr/bin/env python3
"""Writes what the Helm chart has from elsewhere. Never edit these files by hand.

usage: gen_chart.py [--check]

  files/settings.json   the shape of config.json: which settings are served, which are secrets, which need a restart;
                        and the folders of values.yaml, that templates may look into them whatever a user left out
  values.schema.json    deploy/helm/schema.yaml, with `bifrost` from the schema that the program prints
  README.md             the comments of values.yaml as tables

The program's schema is api/config.schema.json, which `./dev gen` writes before. --check writes nothing; it fails when a
committed file is another.
"""

import json
import pathlib
import re
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
CHART = ROOT / "deploy/helm/bifrost"
UNSERVED = "Not served yet"  # how the program's schema marks what has no effect

# Names that values have and config.json has not. Everything else is the same name in camelCase or snake_case.
SECTIONS = {
    "circuitBreakerConfig": "circuit_breaker_config",
    "cluster": "cluster_config",
    "guardrails": "guardrails_config",
    "loadBalancer": "load_balancer_config",
    "saml": "scim_config",
    "scim": "scim_config",
}
# Older names inside of sections, by the setting that they became.
OLDER = {
    "enforce_auth_on_inference": "enforceGovernanceHeader",
}
KEY_PROVIDERS = ("governance", "properties", "virtualKeys", "items", "properties", "provider_configs", "items")
# Keys of older charts, which templates translate, refuse or leave aside.
OLDER_KEYS = {
    ("client", "properties"): ["enableGovernance", "enableLitellmFallbacks", "enforceSCIMAuth", "mcpExternalBaseUrl"],
    ("governance", "properties", "virtualKeys", "items", "properties"): ["budget_id"],
    (*KEY_PROVIDERS, "properties"): ["budget_id", "keys"],
}
# Maps that templates write as they are, and that nobody may fill up.
AS_IT_IS = re.compile(r"Probe$|[sS]ecurityContext$|^(resources|behavior|lifecycle|affinity)$")
# What the chart writes by itself, from values elsewhere.
OWN = {"$schema", "config_store", "encryption_key", "logs_store", "vector_store", "plugins"}


def camel(name):
    """max_request_body_size_mb -> maxRequestBodySizeMb"""
    head, *rest = name.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in rest)


def is_unserved(node):
    return node.get("description", "").startswith(UNSERVED)


# ---- files/settings.json -------------------------------------------------------------------------------------------


def shape(node):
    """A setting as templates look at it; see templates/_settings.tpl."""
    if is_unserved(node):
        return "unserved"
    if "$ref" in node:
        return {"ref": node["$ref"].rsplit("/", 1)[1]}
    if node.get("writeOnly"):
        return "secret"
    if node.get("type") == "object":
        found = {}
        if node.get("properties"):
            found["properties"] = {name: shape(part) for name, part in node["properties"].items()}
        if isinstance(node.get("additionalProperties"), dict):
            values = shape(node["additionalProperties"])
            if values != "served":
                found["values"] = values
        return found or "served"
    if node.get("type") == "array" and isinstance(node.get("items"), dict):
        items = shape(node["items"])
        return "served" if items == "served" else {"items": items}
    return "served"


def restarts(node, path=()):
    """Paths of the settings that take effect with the next start."""
    if node.get("x-needs-restart") or (path and path[0] in ("config_store", "encryption_key")):
        yield ".".join(path)
        return
    for name, part in node.get("properties", {}).items():
        yield from restarts(part, (*path, name))


def folders(values):
    """The maps of values.yaml that templates look into, without what stands in them."""
    return {name: folders(part) for name, part in values.items() if isinstance(part, dict) and not AS_IT_IS.search(name)}


def settings(program, values):
    names = dict(SECTIONS)
    names.update({camel(name): name for name in program["properties"] if name not in OWN})
    return {
        "sections": names,
        "older": OLDER,
        "root": shape(program),
        "defs": {name: shape(part) for name, part in program["$defs"].items()},
        "restart": sorted(restarts(program)),
        "folders": folders(values),
    }


# ---- values.schema.json --------------------------------------------------------------------------------------------


def both_spellings(node):
    """A part of the program's schema with each setting in snake_case and in camelCase, and with older names."""
    if isinstance(node, list):
        return [both_spellings(part) for part in node]
    if not isinstance(node, dict):
        return node
    if is_unserved(node):
        return {"description": node["description"]}  # templates refuse what asks for something
    out = {}
    for key, part in node.items():
        if key == "properties":
            out[key] = {}
            for name, setting in part.items():
                spelled = both_spellings(setting)
                out[key][name] = spelled
                brief = {k: v for k, v in spelled.items() if k not in ("description", "default")}
                for other in (camel(name), OLDER.get(name)):
                    if other and other != name:
                        out[key].setdefault(other, brief)
        elif key in ("description", "default", "pattern", "enum", "const") or key.startswith("x-"):
            if not key.startswith("x-"):
                out[key] = part
        elif key == "required":
            continue  # see below
        else:
            out[key] = both_spellings(part)
    alone = [name for name in node.get("required", []) if camel(name) == name]
    spelled = [required_spellings(name) for name in node.get("required", []) if camel(name) != name]
    out.update({"required": alone} if alone else {})
    out.update({"allOf": spelled} if spelled else {})
    # A reference stands alone in the drafts that Helm knows.
    if "$ref" in out:
        out = {"$ref": out["$ref"]}
    if out.get("type") in ("object", "array", "string", "integer", "number", "boolean"):
        out["type"] = [out["type"], "null"]
    if "enum" in out:
        out["enum"] = [*out["enum"], None]
    return out


def required_spellings(name):
    return {"anyOf": [{"required": [spelling]} for spelling in (name, camel(name))]}


def values_schema(program):
    schema = yaml.safe_load((ROOT / "deploy/helm/schema.yaml").read_text())
    bifrost = schema["properties"]["bifrost"]["properties"]
    for value, name in settings(program, {})["sections"].items():
        if value not in bifrost:
            bifrost[value] = both_spellings(program["properties"][name])
    for path, keys in OLDER_KEYS.items():
        looked_up(bifrost, path).update({key: {"description": "Of older charts."} for key in keys})
    bifrost["governance"]["properties"]["authConfig"] = {"$ref": "#/definitions/authConfig"}
    schema["definitions"] = schema.get("definitions", {}) | both_spellings(program["$defs"])
    return json.loads(json.dumps(schema).replace("#/$defs/", "#/definitions/"))


# ---- README.md -----------------------------------------------------------------------------------------------------

KEY = re.compile(r"^(?P<indent> *)(?P<name>[\w$]+):(?: (?P<value>.*))?$")


def commented(text):
    """Yields (path, comment) for each key of values.yaml that has a comment."""
    path, comment = [], ""
    for line in text.split("\n"):
        if line.lstrip().startswith("# "):
            comment = (comment + " " + line.lstrip()[2:]).strip()
            continue
        key = KEY.match(line)
        if key:
            depth = len(key["indent"]) // 2
            path = [*path[:depth], key["name"]]
            if comment:
                yield tuple(path), comment
        comment = ""


def looked_up(values, path):
    for name in path:
        values = values[name]
    return values


def readme(text, values):
    page = (ROOT / "deploy/helm/README.md.in").read_text()
    rows = {}
    for path, comment in commented(text):
        default = json.dumps(looked_up(values, path), separators=(", ", ": "), ensure_ascii=False)
        default = default if len(default) <= 60 else "see values.yaml"
        rows.setdefault(path[0] if len(path) > 1 else "", []).append(f"| `{'.'.join(path)}` | `{default}` | {comment} |")
    parts = []
    for section, lines in sorted(rows.items()):
        parts += [f"### `{section}`" if section else "### The release and its pods", "", "| Value | Default | Meaning |", "| --- | --- | --- |"]
        parts += [*lines, ""]
    return page.replace("{{values}}\n", "\n".join(parts).rstrip("\n") + "\n")


# --------------------------------------------------------------------------------------------------------------------


def generated():
    program = json.loads((ROOT / "api/config.schema.json").read_text())
    text = (CHART / "values.yaml").read_text()
    values = yaml.safe_load(text)
    yield CHART / "files/settings.json", json.dumps(settings(program, values), indent=1, sort_keys=True) + "\n"
    yield CHART / "values.schema.json", json.dumps(values_schema(program), indent=1, sort_keys=True) + "\n"
    yield CHART / "README.md", readme(text, values)


def main():
    check = sys.argv[1:] == ["--check"]
    stale = []
    for path, text in generated():
        if path.exists() and path.read_text() == text:
            continue
        stale.append(path.relative_to(ROOT).as_posix())
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            print(f"wrote {stale[-1]}")
    if check and stale:
        sys.exit(f"gen_chart.py: {', '.join(stale)} not up to date; run ./dev gen")


if __name__ == "__main__":
    main()
