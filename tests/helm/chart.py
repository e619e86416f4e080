"""Renders the chart as `helm install` would, and says what came of it."""

import contextlib
import dataclasses
import functools
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHART = ROOT / "deploy/helm/bifrost"
HELM = os.environ.get("BIFROST_HELM", str(ROOT / "build/tools/helm"))
TAG = "0.1.0"
MONITORING = "monitoring.coreos.com/v1"
GATEWAYS = "gateway.networking.k8s.io/v1"


@dataclasses.dataclass
class Release:
    text: str

    @functools.cached_property
    def objects(self):
        return [found for found in yaml.safe_load_all(self.text) if found]

    def all(self, kind):
        return [found for found in self.objects if found["kind"] == kind]

    def one(self, kind, name=None):
        found = [o for o in self.all(kind) if name is None or o["metadata"]["name"] == name]
        assert len(found) == 1, f"{len(found)} of {kind} {name or ''}; there are {[(o['kind'], o['metadata']['name']) for o in self.objects]}"
        return found[0]

    @property
    def workload(self):
        found = [o for o in self.all("Deployment") + self.all("StatefulSet") if "postgresql" not in o["metadata"]["name"]]
        assert len(found) == 1
        return found[0]

    @property
    def pod(self):
        return self.workload["spec"]["template"]

    @property
    def container(self):
        return next(c for c in self.pod["spec"]["containers"] if c["name"] == "bifrost")

    @property
    def environment(self):
        return {entry["name"]: entry.get("value") or entry.get("valueFrom") for entry in self.container["env"]}

    @property
    def config_object(self):
        return next(o for o in self.objects if o["metadata"]["name"].endswith("-config"))

    @property
    def config(self):
        held = self.config_object
        return json.loads((held.get("data") or held["stringData"])["config.json"])


def values_file(folder, at, values):
    if isinstance(values, pathlib.Path):
        return values
    path = pathlib.Path(folder) / f"values-{at}.yaml"
    path.write_text(values if isinstance(values, str) else yaml.safe_dump(values))
    return path


def run(*values, sets=(), release="bifrost", kube="1.30", apis=(), show=None, chart=CHART, namespace="default", cluster=None):
    """`helm template`; files, texts and maps as values. With a cluster templates may look things up there."""
    with contextlib.ExitStack() as open_now:
        folder = open_now.enter_context(tempfile.TemporaryDirectory())
        command = [HELM, "template", release, str(chart), "--namespace", namespace, "--kube-version", kube]
        command += [f"--api-versions={api}" for api in apis]
        for at, one in enumerate(values):
            command += ["--values", str(values_file(folder, at, one))]
        for one in sets:
            command += ["--set", one]
        if show:
            command += ["--show-only", show]
        if cluster:
            command += ["--dry-run=server", "--kubeconfig", str(open_now.enter_context(cluster.kubeconfig()))]
        return subprocess.run(command, capture_output=True, text=True, check=False)


def render(*values, tag=TAG, sets=(), **options):
    """The release that comes of the values; fails with what Helm says."""
    done = run(*values, sets=[f"image.tag={tag}", *sets] if tag else sets, **options)
    assert done.returncode == 0, done.stderr
    return Release(done.stdout)


def refusal(*values, tag=TAG, sets=(), **options):
    """What the chart says to values that it refuses."""
    done = run(*values, sets=[f"image.tag={tag}", *sets] if tag else sets, **options)
    assert done.returncode != 0, "it was taken"
    return re.sub(r"\s*Use --debug flag.*", "", done.stderr)


def notes(*values, **options):
    """What a person reads after an install. `helm template` leaves that out, so a copy of the chart has it as an object."""
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / "bifrost"
        shutil.copytree(CHART, copy)
        text = (copy / "templates/NOTES.txt").rename(copy / "templates/_notes.tpl")
        text.write_text('{{- define "notes" -}}' + text.read_text() + "{{- end -}}")
        (copy / "templates/notes.yaml").write_text('kind: Notes\nmetadata: {name: notes}\ntext: {{ include "notes" . | quote }}\n')
        return render(*values, chart=copy, **options).one("Notes")["text"]


def without_defaults(folder):
    """A copy of the chart whose values.yaml has nothing in it."""
    copy = pathlib.Path(folder) / "bifrost"
    shutil.copytree(CHART, copy)
    (copy / "values.yaml").write_text("{}\n")
    return copy


POSTGRES = {"storage": {"mode": "postgres"}, "postgresql": {"external": {"enabled": True, "host": "db", "existingSecret": "db"}}}
EMBEDDED = {"storage": {"mode": "postgres"}, "postgresql": {"enabled": True}}


def merged(*maps):
    """Maps in one another, as Helm does it with several files."""
    out = {}
    for one in maps:
        for key, value in one.items():
            out[key] = merged(out[key], value) if isinstance(value, dict) and isinstance(out.get(key), dict) else value
    return out
