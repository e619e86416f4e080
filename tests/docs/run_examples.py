#!/usr/bin/env python3
"""Runs what the documentation shows: configurations and commands. See README.md.

usage: run_examples.py BIFROST
"""

import dataclasses
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = ["README.md", "docs/guide/*.md", "docs/operations/*.md"]
BLOCK = re.compile(r"^(?:<!-- run: (?P<wanted>.+?) -->\n)?```(?P<language>\w+)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
ADDRESS = re.compile(r"listening.* address=(127\.0\.0\.1:\d+)")
SHOWN_ADDRESS = "127.0.0.1:8080"
SECONDS_MAX = 300  # what takes longer hangs


@dataclasses.dataclass
class Block:
    place: str
    language: str
    text: str
    wanted: str | None  # what it must print, when it is run


def blocks():
    """Every block of code of the pages."""
    for pattern in PAGES:
        for page in sorted(ROOT.glob(pattern)):
            text = page.read_text()
            for match in BLOCK.finditer(text):
                line = text.count("\n", 0, match.start()) + 1
                yield Block(f"{page.relative_to(ROOT)}:{line}", match["language"], match["text"], match["wanted"])


def make_certificate(folder):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
        + ["-subj", "/CN=localhost", "-keyout", folder / "tls.key", "-out", folder / "tls.crt"],
        check=True,
        capture_output=True,
    )


def fault_of_config(bifrost, folder, text):
    """What is wrong with a configuration; empty when nothing is."""
    path = folder / "config.json"
    path.write_text(text.replace("/etc/bifrost", str(folder)))
    path.chmod(0o600)  # some hold secrets
    variables = {name: "stands-for-a-secret" for name in re.findall(r'"env\.(\w+)"', text)}
    done = subprocess.run(
        [bifrost, "validate", "--config", path],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
    )
    told = (done.stdout + done.stderr).strip()
    return told if done.returncode != 0 or "warning" in told else ""


def fault_of_command(address, block):
    """What is wrong with a command; empty when it prints what is wanted."""
    if SHOWN_ADDRESS not in block.text:
        return "a block that is run names the gateway's address"
    script = block.text.replace(SHOWN_ADDRESS, address)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
    )
    if done.returncode != 0:
        return f"ended with {done.returncode}: {done.stderr.strip()}"
    return "" if block.wanted in done.stdout else f"does not print {block.wanted}, but:\n{done.stdout}"


class Gateway:
    """The binary with the demo provider only."""

    def __init__(self, bifrost, folder):
        (folder / "demo.json").write_text('{"server": {"drain_delay_in_seconds": 0}, "providers": {"demo": {}}}')
        self._process = subprocess.Popen(
            [bifrost, "serve", "--port", "0", "--workers", "1", "--app-dir", folder, "--config", folder / "demo.json"],
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )

    def address(self):
        log = []
        for line in self._process.stderr:
            log.append(line)
            if match := ADDRESS.search(line):
                # Read on, so that the gateway never waits for room in the pipe.
                threading.Thread(target=self._process.stderr.read, daemon=True).start()
                return match[1]
        raise RuntimeError("the gateway did not start:\n" + "".join(log))

    def stop(self):
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(SECONDS_MAX)


def main():
    bifrost = pathlib.Path(sys.argv[1]).resolve()
    every = list(blocks())
    configs = [block for block in every if block.language == "json"]
    commands = [block for block in every if block.wanted is not None]
    faults = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        make_certificate(folder)
        for block in configs:
            if fault := fault_of_config(bifrost, folder, block.text):
                faults.append(f"{block.place}: {fault}")
        gateway = Gateway(bifrost, folder)
        try:
            address = gateway.address()
            for block in commands:
                if fault := fault_of_command(address, block):
                    faults.append(f"{block.place}: {fault}")
        finally:
            code = gateway.stop()
        if code != 0:
            faults.append(f"the gateway ended with {code}")
    if not configs or not commands:
        faults.append("no examples were found: has the form of the pages changed?")
    print("\n".join(faults) or f"{len(configs)} configurations and {len(commands)} commands hold")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
