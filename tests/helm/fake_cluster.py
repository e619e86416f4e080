"""An API server of a few objects, for what templates look up; and rights that end at the namespace, as many who install have them."""

import contextlib
import http.server
import json
import pathlib
import tempfile
import threading

RESOURCES = {
    "/api/v1": [("Namespace", "namespaces", False), ("Secret", "secrets", True)],
    "/apis/storage.k8s.io/v1": [("StorageClass", "storageclasses", False)],
}


class Cluster:
    def __init__(self, secrets=None, storage_classes=(), whole=False):
        """`whole`: whoever asks may read what belongs to no namespace."""
        self.objects = {f"/api/v1/namespaces/default/secrets/{name}": ("v1", "Secret", {"data": data}) for name, data in (secrets or {}).items()}
        self.objects |= {f"/apis/storage.k8s.io/v1/storageclasses/{name}": ("storage.k8s.io/v1", "StorageClass", {}) for name in storage_classes}
        self.whole = whole
        self.refused = []

    def answer(self, path):
        """The status and the object that stand at a path."""
        if path in RESOURCES:
            version = path.split("/", 2)[2]
            found = [{"name": name, "singularName": "", "kind": kind, "namespaced": inside, "verbs": ["get", "list"]} for kind, name, inside in RESOURCES[path]]
            return 200, {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version, "resources": found}
        if not self.whole and not path.startswith("/api/v1/namespaces/default/"):
            self.refused.append(path)
            return 403, self.status(403, "Forbidden", f"{path} is forbidden")
        if path in self.objects:
            return 200, self.shown(path)
        below = [self.shown(one) for one in self.objects if one.rsplit("/", 1)[0] == path]
        if path.rsplit("/", 1)[-1] in ("secrets", "storageclasses"):
            return 200, {"kind": "List", "apiVersion": "v1", "metadata": {}, "items": below}
        return 404, self.status(404, "NotFound", f"{path} not found")

    def shown(self, path):
        version, kind, fields = self.objects[path]
        return {"apiVersion": version, "kind": kind, "metadata": {"name": path.rsplit("/", 1)[1]}, **fields}

    def status(self, code, reason, message):
        return {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "message": message, "code": code}

    @contextlib.contextmanager
    def kubeconfig(self):
        """The file with which Helm finds it, while it answers."""
        cluster = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                code, found = cluster.answer(self.path.split("?")[0])
                body = json.dumps(found).encode()
                self.send_response(code)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *ignored):
                pass

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server, tempfile.TemporaryDirectory() as folder:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            where = {"name": "fake", "cluster": {"server": f"http://127.0.0.1:{server.server_port}"}}
            context = {"name": "fake", "context": {"cluster": "fake", "user": "fake"}}
            path = pathlib.Path(folder) / "kubeconfig"
            path.write_text(json.dumps({"apiVersion": "v1", "kind": "Config", "clusters": [where], "contexts": [context], "users": [{"name": "fake", "user": {}}], "current-context": "fake"}))
            path.chmod(0o600)
            try:
                yield path
            finally:
                server.shutdown()
                thread.join()
