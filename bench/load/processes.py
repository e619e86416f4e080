"""Starts and stops what a load bench needs: the fake provider, nginx, the gateway. Ends only what it started itself."""

import ctypes
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLS = ROOT / "build/release/bin"
PR_SET_PDEATHSIG = 1
DESCRIPTORS = 200_000  # enough for 20,000 streams on both sides of a gateway, and then some


class BenchError(Exception):
    """Something is missing or did not start; the message is for people."""


def raise_descriptor_limit():
    """For us and for what we start. Only root may have more than the system's limit."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    for limit in (max(hard, DESCRIPTORS), hard):
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
            return
        except (OSError, ValueError):
            continue


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def resident_bytes(pid):
    """Of a process with its children."""
    total = int(re.search(r"^Rss:\s+(\d+)", pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M).group(1)) * 1024
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return total + sum(resident_bytes(int(child)) for child in children)


def listening_pid(port):
    """The process that listens on a local port, as far as this user may see; nothing otherwise."""
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in pathlib.Path(table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and int(fields[1].rsplit(":", 1)[1], 16) == port:
                inodes.add(f"socket:[{fields[9]}]")
    pids = sorted(int(entry.name) for entry in pathlib.Path("/proc").iterdir() if entry.name.isdigit())
    for pid in pids:  # of a master and its workers, which share the socket, the master came first
        try:
            if any(os.readlink(fd) in inodes for fd in pathlib.Path(f"/proc/{pid}/fd").iterdir()):
                return pid
        except OSError:
            continue
    return None


class Process:
    """A child that dies with us. `cpus` are those that it may run on."""

    def __init__(self, name, command, folder, cpus=None):
        self.name, self.log = name, pathlib.Path(folder) / f"{name}.log"
        libc = ctypes.CDLL(None)

        def prepare():
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if cpus:
                os.sched_setaffinity(0, cpus)

        with self.log.open("wb") as log:
            self.child = subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder, preexec_fn=prepare
            )

    @property
    def pid(self):
        return self.child.pid

    def wait_for_port(self, port, seconds=30):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.child.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise BenchError(f"{self.name} does not listen:\n{self.log.read_text(errors='replace')[-2000:]}")

    def stop(self):
        if self.child.poll() is None:
            self.child.terminate()
            try:
                self.child.wait(10)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()


NGINX = """
{user}
daemon off;
worker_processes {workers};
worker_rlimit_nofile {files};
pid {folder}/nginx.pid;
error_log {folder}/nginx-errors.log crit;
events {{ worker_connections {connections}; }}
http {{
  access_log off;
  client_max_body_size 0;
  client_body_buffer_size 1m;
  keepalive_timeout 600s;
  keepalive_requests 1000000000;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  upstream provider {{
    server 127.0.0.1:{upstream};
    keepalive 1024;
    keepalive_requests 1000000000;
    keepalive_timeout 600s;
  }}
  proxy_http_version 1.1;
  proxy_set_header Connection "";
  server {{
    listen 127.0.0.1:{whole} backlog=4096;
    location / {{ proxy_pass http://provider; }}
  }}
  server {{
    listen 127.0.0.1:{streams} backlog=4096;
    location / {{ proxy_pass http://provider; proxy_buffering off; }}
  }}
}}
"""


def provider_settings(upstream_port):
    return {
        "keys": [{"name": "bench", "value": "sk-bench", "models": ["*"], "weight": 1}],
        "network_config": {"base_url": f"http://127.0.0.1:{upstream_port}", "max_conns_per_host": 10000},
        "concurrency_and_buffer_size": {"concurrency": 100000, "buffer_size": 100000},
    }


def gateway_config(upstream_port):
    settings = provider_settings(upstream_port)
    return {
        "version": 2,
        "server": {"max_connections": 100000},
        "providers": {"openai": settings, "anthropic": settings, "gemini": settings},
    }


VIRTUAL_KEY = "sk-bf-bench-0123456789abcdef"


def limits():
    """One of each kind, far away: what is measured is their keeping, not their refusals."""
    return {
        "budgets": [{"max_limit": 1_000_000, "reset_duration": "1M"}],
        "rate_limit": {
            "token_max_limit": 10**15, "token_reset_duration": "1d", "request_max_limit": 10**12, "request_reset_duration": "1d",
        },
    }  # fmt: skip


def all_on_config(upstream_port):
    """A request with VIRTUAL_KEY falls under limits of three levels, is priced, and is written to the ledger."""
    governance = {"rate_limits": []}
    owners = {
        "customers": {"id": "bench-customer", "name": "bench customer"},
        "teams": {"id": "bench-team", "name": "bench team", "customer_id": "bench-customer"},
        "virtual_keys": {
            "id": "bench-key", "name": "bench key", "value": VIRTUAL_KEY, "team_id": "bench-team", "allow_all_providers": True,
        },
    }  # fmt: skip
    for kind, owner in owners.items():
        own = limits()
        governance["rate_limits"].append({"id": f"{owner['id']}-rates", **own.pop("rate_limit")})
        governance[kind] = [{**owner, **own, "rate_limit_id": f"{owner['id']}-rates"}]
    governance["pricing_overrides"] = [
        {
            "id": "bench", "name": "bench", "scope_kind": "global", "match_type": "wildcard", "pattern": "bench*",
            "request_types": ["chat_completion"],
            "pricing_patch": json.dumps({"input_cost_per_token": 1e-06, "output_cost_per_token": 4e-06}),
        }
    ]  # fmt: skip
    return {**gateway_config(upstream_port), "client": {"enforce_auth_on_inference": True}, "governance": governance}


class Rig:
    """The processes of a run. `pinned`: what is measured has the first core to itself, the tools have the others."""

    def __init__(self, gateway, *, pinned, workers, upstream_port=0, nginx=True, config=gateway_config):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bifrost-bench-"))
        self.running = []
        raise_descriptor_limit()
        cores = sorted(os.sched_getaffinity(0))
        self.server_cpus, self.tool_cpus = ({cores[0]}, set(cores[1:])) if pinned and len(cores) > 1 else (None, None)
        try:
            self.upstream_port = upstream_port or free_port()
            self.upstream = self._start("upstream", [TOOLS / "load_upstream", "--port", self.upstream_port], self.tool_cpus)
            self.upstream.wait_for_port(self.upstream_port)
            self.command, self.workers = gateway, workers
            (self.folder / "config.json").write_text(json.dumps(config(self.upstream_port)))
            self.start_gateway()
            self.nginx = None
            if nginx:
                self._start_nginx()
        except BaseException:
            self.stop()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def _start(self, name, command, cpus):
        process = Process(name, command, self.folder, cpus)
        self.running.append(process)
        return process

    def start_gateway(self, seconds=60):
        """With the folder's config.json, and the databases that are there."""
        self.gateway_port = free_port()
        arguments = ["serve", "--config", self.folder / "config.json", "--app-dir", self.folder, "--host", "127.0.0.1"]
        arguments += ["--port", self.gateway_port, "--workers", self.workers, "--log-level", "warn"]
        self.gateway = self._start("gateway", [*self.command, *arguments], self.server_cpus)
        self.gateway.wait_for_port(self.gateway_port, seconds)

    def _start_nginx(self):
        binary = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
        if not binary:
            raise BenchError("nginx is missing: ./dev setup bench")
        files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        self.nginx_port, self.nginx_stream_port = free_port(), free_port()
        config = self.folder / "nginx.conf"
        config.write_text(
            NGINX.format(
                user="user root;" if os.geteuid() == 0 else "",
                workers=1,
                files=files,
                connections=max(1024, files - 100),
                folder=self.folder,
                upstream=self.upstream_port,
                whole=self.nginx_port,
                streams=self.nginx_stream_port,
            )
        )
        command = [binary, "-p", self.folder, "-c", config, "-e", self.folder / "nginx-errors.log"]
        self.nginx = self._start("nginx", command, self.server_cpus)
        self.nginx.wait_for_port(self.nginx_port)

    def upstream_stats(self):
        """What the fake provider did since it was asked last."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.upstream_port}/stats", timeout=10) as answer:
            return json.load(answer)

    def stop(self):
        for process in reversed(self.running):
            process.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
