"""A namespace of a real cluster, and releases of the chart in it."""

import base64
import datetime
import json
import os
import pathlib
import re
import subprocess
import tempfile
import time

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHART = ROOT / "deploy/helm/bifrost"
VERSION = re.search(r"project\(bifrost VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text())[1]
IMAGE, TAG = os.environ.get("BIFROST_IMAGE", f"localhost/bifrost:{VERSION}").rsplit(":", 1)
POSTGRES_IMAGE, POSTGRES_TAG = os.environ.get("BIFROST_POSTGRES_IMAGE", "postgres:16-alpine").rsplit(":", 1)
PATIENCE = "240s"
GATEWAYS = "app.kubernetes.io/name=bifrost,app.kubernetes.io/component=server"

# The demo provider answers without a key, and the management API to its administrator.
LOGIN = "admin:a password for tests"
ADMIN = {"isEnabled": True, "adminUsername": LOGIN.split(":")[0], "adminPassword": LOGIN.split(":")[1]}
OPEN = {"bifrost": {"client": {"enforceAuthOnInference": False}, "authConfig": ADMIN, "providers": {"demo": {}}}}
SMALL = {"resources": {"requests": {"cpu": "50m", "memory": "64Mi"}}, "storage": {"persistence": {"size": "100Mi"}}}
EMBEDDED = {
    "storage": {"mode": "postgres"},
    "postgresql": {
        "enabled": True,
        "image": {"repository": POSTGRES_IMAGE, "tag": POSTGRES_TAG},
        "primary": {"persistence": {"size": "200Mi"}, "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}}},
    },
}


class Failure(Exception):
    pass


def run(*command, text=None):
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failure(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


def until(what, check):
    """Asks until the check holds, or comes through at all, for as long as patience lasts; gives what it gave."""
    end = time.monotonic() + int(PATIENCE.rstrip("s"))
    while True:
        try:
            found, fault = check(), ""
        except Failure as failure:
            found, fault = None, failure
        if found:
            return found
        if time.monotonic() > end:
            raise Failure(f"still not so after {PATIENCE}: {what}; last: {fault or found}")
        time.sleep(0.5)


def told_to_end(pod):
    """When a pod was told to end, in seconds; what Kubernetes keeps is when its patience is over."""
    over = datetime.datetime.fromisoformat(pod["metadata"]["deletionTimestamp"].replace("Z", "+00:00"))
    return over.timestamp() - pod["metadata"]["deletionGracePeriodSeconds"]


class Namespace:
    def __init__(self, name):
        self.name = name
        self.kubectl("create", "namespace", name)

    def delete(self):
        self.kubectl("delete", "namespace", self.name, "--wait=true", f"--timeout={PATIENCE}")

    def kubectl(self, *arguments, text=None):
        return run("kubectl", "--namespace", self.name, *arguments, text=text)

    def get(self, kind, name):
        return json.loads(self.kubectl("get", kind, name, "--output", "json"))

    def watch(self, *arguments):
        """Begins to listen to what becomes of objects; gives a function that ends that and says it all."""
        heard = tempfile.TemporaryFile("w+")  # pylint: disable=consider-using-with
        process = subprocess.Popen(["kubectl", "--namespace", self.name, "get", *arguments, "--watch", "--output-watch-events", "--output", "json"], stdout=heard)

        def all_events():
            process.terminate()
            process.wait()
            heard.seek(0)
            text, decoder, events = heard.read().strip(), json.JSONDecoder(), []
            while text:
                event, end = decoder.raw_decode(text)
                events.append(event)
                text = text[end:].lstrip()
            heard.close()
            return events

        return all_events

    def apply(self, manifest):
        self.kubectl("apply", "--filename", "-", text=yaml.safe_dump(manifest))

    def helm(self, *arguments):
        return run("helm", "--namespace", self.name, *arguments)

    def install(self, *values, wait=True, sets=()):
        """Installs the release, or changes it, and waits until it is ready."""
        with tempfile.TemporaryDirectory() as folder:
            command = ["upgrade", "--install", "bifrost", str(CHART), *(["--wait", "--timeout", PATIENCE] if wait else []), "--set", f"image.repository={IMAGE}", "--set", f"image.tag={TAG}"]
            for at, one in enumerate(values):
                path = pathlib.Path(folder) / f"{at}.yaml"
                path.write_text(yaml.safe_dump(one))
                command += ["--values", str(path)]
            for one in sets:
                command += ["--set", one]
            return self.helm(*command)

    def uninstall(self):
        self.helm("uninstall", "bifrost", "--wait", "--timeout", PATIENCE)

    def pods(self):
        """The gateway's pods that are not on their way out."""
        found = json.loads(self.kubectl("get", "pods", "--selector", GATEWAYS, "--output", "json"))
        return [pod for pod in found["items"] if "deletionTimestamp" not in pod["metadata"]]

    def nodes(self):
        """Names of the nodes that take pods."""
        found = json.loads(self.kubectl("get", "nodes", "--output", "json"))["items"]
        return sorted(node["metadata"]["labels"]["kubernetes.io/hostname"] for node in found if not node["spec"].get("taints") and not node["spec"].get("unschedulable"))

    def ask(self, path, body=None, pod=None):
        """What a gateway's pod answers to the administrator, who asks from within it."""
        pod = pod or self.pods()[0]["metadata"]["name"]
        more = ["--header", "content-type: application/json", "--post-data", json.dumps(body)] if body is not None else []
        if path.startswith("/api/"):
            more += ["--header", "authorization: Basic " + base64.b64encode(LOGIN.encode()).decode()]
        return self.kubectl("exec", pod, "--container", "bifrost", "--", "wget", "-q", "-O", "-", *more, f"http://127.0.0.1:8080{path}")
