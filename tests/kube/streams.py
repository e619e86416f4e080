"""Streams in a namespace: a provider of them, callers, and what each says of what came through the gateway between them."""

import contextlib
import dataclasses
import json
import os
import pathlib

import cluster

PROGRAMS = pathlib.Path(__file__).parent / "programs"
IMAGE = os.environ.get("BIFROST_PYTHON_IMAGE", "python:3-alpine")
PROVIDER = "provider"
# What makes the gateway ask it.
VALUES = {
    "bifrost": {
        "providers": {
            "slow": {
                "network_config": {"base_url": f"http://{PROVIDER}:9000", "allow_private_network": True},
                "custom_provider_config": {"base_provider_type": "openai", "is_key_less": True},
            }
        }
    }
}


def start(space, name, program, node=None, **environment):
    """A pod of one of the programs, once it runs."""
    space.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"program.py": (PROGRAMS / program).read_text()}})
    container = {
        "name": "program",
        "image": IMAGE,
        "imagePullPolicy": "IfNotPresent",
        "command": ["python3", "/program/program.py"],
        "env": [{"name": key, "value": value} for key, value in environment.items()],
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "runAsNonRoot": True, "runAsUser": 1000},
        "volumeMounts": [{"name": "program", "mountPath": "/program"}],
    }
    spec = {"containers": [container], "terminationGracePeriodSeconds": 0, "volumes": [{"name": "program", "configMap": {"name": name}}]}
    if node:
        spec["nodeSelector"] = {"kubernetes.io/hostname": node}
    space.apply({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": {"app": name}}, "spec": spec})
    space.kubectl("wait", "--for=condition=Ready", f"pod/{name}", f"--timeout={cluster.PATIENCE}")


class Provider:
    def __init__(self, space, node=None):
        self.space = space
        start(space, PROVIDER, "provider.py", node)
        space.apply({"apiVersion": "v1", "kind": "Service", "metadata": {"name": PROVIDER}, "spec": {"selector": {"app": PROVIDER}, "ports": [{"port": 9000}]}})

    def streams(self):
        return json.loads(self.space.kubectl("get", "--raw", f"/api/v1/namespaces/{self.space.name}/pods/http:{PROVIDER}:9000/proxy/"))

    def open_by_address(self):
        counts = {}
        for stream in self.streams():
            if stream["ended"] is None:
                counts[stream["peer"]] = counts.get(stream["peer"], 0) + 1
        return counts


class Callers:
    def __init__(self, space, name, groups, node=None):
        self.space, self.name = space, name
        start(space, name, "callers.py", node, WANTED=json.dumps(groups))

    def stop(self):
        self.space.kubectl("exec", self.name, "--", "touch", "/tmp/stop")

    def results(self):
        """What came of each stream, once all are over."""
        cluster.until(f"the streams of {self.name} are over", lambda: self.space.kubectl("exec", self.name, "--", "find", "/tmp/over", "-maxdepth", "0"))
        return [json.loads(line) for line in self.space.kubectl("exec", self.name, "--", "cat", "/tmp/results").splitlines()]


def broken(sent, received):
    """Those streams, by id, that did not come as they were sent, and what is wrong with each."""
    by_id = {stream["id"]: stream for stream in sent}
    out = {}
    for got in received:
        was = by_id.get(got["id"])
        if got["fault"]:
            out[got["id"]] = got["fault"]
        elif not was:
            out[got["id"]] = "the provider knows nothing of it"
        elif got["frames"] != was["frames"]:
            out[got["id"]] = f"{got['frames']} of {was['frames']} frames"
        elif got["digest"] != was["digest"]:
            out[got["id"]] = "other bytes"
    return out


@dataclasses.dataclass
class End:
    """How a pod went: when it was told to, and with which exit code."""

    pod: str
    address: str
    told: float
    code: int | None


class Watch:
    """What becomes of the gateway's pods in the meantime."""

    def __init__(self, space):
        self.events = space.watch("pods", "--selector", cluster.GATEWAYS)

    def ends(self):
        last, codes = {}, {}
        for event in self.events():
            pod = event["object"]
            name = pod["metadata"]["name"]
            if "deletionTimestamp" in pod["metadata"] and pod["status"].get("podIP"):
                last[name] = pod
            for status in pod["status"].get("containerStatuses", []):
                with contextlib.suppress(KeyError):
                    codes[name] = status["state"]["terminated"]["exitCode"]
        return [End(name, pod["status"]["podIP"], cluster.told_to_end(pod), codes.get(name)) for name, pod in last.items()]


def cut_by(grace, ends, sent):
    """Streams that pods would have cut that are killed so many seconds after they were told to end."""
    cut = set()
    for end in ends:
        for stream in sent:
            if stream["peer"] == end.address and stream["begun"] < end.told + grace < stream["ended"]:
                cut.add(stream["id"])
    return cut
