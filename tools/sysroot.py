#!/usr/bin/env python3
"""Unpacks Debian's packages of another architecture into a folder: what a cross compiler and the image of that architecture need.

usage: sysroot.py ARCHITECTURE OUT_FOLDER PACKAGE...

Asks the same package sources as this machine, by an apt with a state of its own, so that neither root nor a foreign architecture of the
machine is needed. Nothing of the packages is run. OUT_FOLDER/packages.json says which package has which version and which files. Does
nothing while the folder is what the same call has made and its packages are the newest.
"""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

# Folders of a merged /usr, into which packages that do not know of it are unpacked.
MERGED = ("bin", "sbin", "lib", "lib64")


class Apt:
    """apt-get of another architecture that knows of no installed package."""

    def __init__(self, architecture, state):
        for folder in ("lists/partial", "archives/partial"):
            (state / folder).mkdir(parents=True, exist_ok=True)
        (state / "status").touch()
        self.archives = state / "archives"
        settings = {
            "APT::Architecture": architecture,
            "APT::Architectures::": architecture,
            "APT::Install-Recommends": "false",
            "Dir::State": state,
            "Dir::State::Lists": state / "lists",
            "Dir::State::status": state / "status",
            "Dir::Cache": state,
            "Dir::Cache::archives": self.archives,
            "Debug::NoLocking": "true",
        }
        self.command = ["apt-get", "--quiet", "--yes"] + [part for name, value in settings.items() for part in ("-o", f"{name}={value}")]

    def run(self, *arguments):
        return subprocess.run([*self.command, *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout

    def wanted(self, packages):
        """The files of the packages and of all that they need, by name."""
        lines = self.run("install", "--print-uris", *packages).splitlines()
        return sorted(line.split()[1] for line in lines if line.startswith("'"))


def field(archive, name):
    return subprocess.run(["dpkg-deb", "--field", str(archive), name], check=True, capture_output=True, text=True).stdout.strip()


def unpack(archive, out):
    """Returns the paths of its files."""
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(archive)], stdout=subprocess.PIPE) as data:
        extract = ["tar", "--extract", "--verbose", "--no-same-owner", "--keep-directory-symlink", "--directory", str(out)]
        listed = subprocess.run(extract, stdin=data.stdout, check=True, capture_output=True, text=True).stdout
    if data.returncode != 0:
        raise SystemExit(f"sysroot.py: {archive} cannot be read")
    paths = [line.removeprefix(".") for line in listed.splitlines() if not line.endswith("/")]
    return [f"/usr{path}" if path.split("/")[1] in MERGED else path for path in paths]


def make_links_relative(out):
    """What points to / would point to this machine."""
    for path in out.rglob("*"):
        if path.is_symlink() and path.readlink().is_absolute():
            target = out / path.readlink().relative_to("/")
            path.unlink()
            path.symlink_to(pathlib.Path(*[".."] * (len(path.relative_to(out).parts) - 1)) / target.relative_to(out))


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("architecture")
    arguments.add_argument("out", type=pathlib.Path)
    arguments.add_argument("packages", nargs="+")
    options = arguments.parse_args()
    out, bill = options.out.resolve(), options.out / "packages.json"

    state = out.with_name(f"{out.name}.apt")
    apt = Apt(options.architecture, state)
    apt.run("update")
    apt.run("clean")  # what is there already has no address
    wanted = apt.wanted(options.packages)
    if bill.exists() and json.loads(bill.read_text())["archives"] == wanted:
        return
    print(f"sysroot.py: {len(wanted)} packages for {options.architecture}", file=sys.stderr)
    apt.run("install", "--download-only", *options.packages)

    with tempfile.TemporaryDirectory(dir=out.parent) as folder:
        made = pathlib.Path(folder) / "root"
        for name in MERGED:
            (made / "usr" / name).mkdir(parents=True)
            (made / name).symlink_to(f"usr/{name}")
        packages = {}
        for name in wanted:
            archive = apt.archives / name
            packages[field(archive, "Package")] = {"version": field(archive, "Version"), "files": unpack(archive, made)}
        make_links_relative(made)
        (made / "packages.json").write_text(json.dumps({"archives": wanted, "packages": packages}, indent=1) + "\n")
        if out.exists():
            shutil.rmtree(out)
        made.rename(out)
    apt.run("clean")


if __name__ == "__main__":
    main()
