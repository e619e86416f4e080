#!/usr/bin/env python3
"""Packs the root file system of the image: the program, the libraries that it asks for, and what else of Debian it needs.

usage: root.py BIFROST OUT_FOLDER --version VERSION [--sysroot FOLDER] [--epoch SECONDS]

Writes OUT_FOLDER/root.tar and OUT_FOLDER/bifrost.spdx.json, which says what is in it. Files come from the packages that are installed
here, or for another architecture from those that tools/sysroot.py has unpacked; certificates are those of this machine. Nothing is run of
what is packed. The same packages and the same program make the same bytes.
"""

import argparse
import hashlib
import io
import json
import os
import pathlib
import re
import subprocess
import tarfile

PACKAGES = ["busybox-static", "ca-certificates", "tzdata"]  # beside those of libraries
# What preStop hooks, tests of the chart and a person in a pod need. There is no package manager.
COMMANDS = """[ awk base64 cat cp cut date df dirname du echo env false find grep head hostname id kill ln ls mkdir mv nc nslookup printf ps pwd
    readlink rm sed seq sh sleep sort stat tail tee test timeout touch tr true uname uniq vi wc wget xargs""".split()
TEXTS = {
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\nbifrost:x:1000:0:bifrost:/app/data:/bin/sh\n",
    "etc/group": "root:x:0:\nbifrost:x:1000:\n",
    "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
}
# name, mode, user, group
FOLDERS = [("app", 0o755, 0, 0), ("app/data", 0o2775, 1000, 0), ("tmp", 0o1777, 0, 0), ("dev", 0o755, 0, 0), ("proc", 0o555, 0, 0), ("sys", 0o555, 0, 0)]
LINKS = {"bin": "usr/bin", "lib": "usr/lib", "lib64": "usr/lib64", "usr/lib/ssl/cert.pem": "/etc/ssl/certs/ca-certificates.crt", "etc/localtime": "/usr/share/zoneinfo/Etc/UTC"}


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def libraries(program, system):
    """Paths of the loader and of all libraries that the program needs, in Debian's folder of its architecture."""
    interpreter = re.search(r"Requesting program interpreter: (\S+)\]", output("llvm-readelf-19", "--program-headers", program))
    if not interpreter:
        raise SystemExit(f"root.py: {program} names no loader")
    machine = re.search(r"Machine:\s+(.*)", output("llvm-readelf-19", "--file-header", program))[1]
    folder = "/usr/lib/" + {"Advanced Micro Devices X86-64": "x86_64-linux-gnu", "AArch64": "aarch64-linux-gnu"}[machine]
    found, left = {interpreter[1]}, [program]
    while left:
        needed = re.findall(r"\(NEEDED\)\s+Shared library: \[(.+)\]", output("llvm-readelf-19", "--dynamic-table", left.pop()))
        for path in {f"{folder}/{name}" for name in needed if name != os.path.basename(interpreter[1])} - found:
            found.add(path)
            left.append(str(system.file(path)))
    return sorted(found)


def usr_path(path):
    """/lib is a link to /usr/lib in Debian and in the image."""
    path = re.sub(r"^/(lib|lib64|bin)/", r"/usr/\1/", path)
    return path.lstrip("/")


class Installed:
    """The packages of this machine."""

    def file(self, path):
        return pathlib.Path(path)

    def package_of(self, path):
        real = os.path.realpath(path)
        for name in (path, real, re.sub(r"^/usr/(lib|bin)", r"/\1", real)):
            found = subprocess.run(["dpkg-query", "--search", name], capture_output=True, text=True, check=False).stdout
            if found:
                return found.split(":")[0]
        raise SystemExit(f"root.py: {path} belongs to no package")

    def version_of(self, package):
        return output("dpkg-query", "--show", "--showformat=${Version}", package)


class Unpacked:
    """Those that tools/sysroot.py has unpacked."""

    def __init__(self, folder):
        self.folder = folder
        self.packages = json.loads((folder / "packages.json").read_text())["packages"]
        self.owners = {path: name for name, package in self.packages.items() for path in package["files"]}

    def file(self, path):
        return self.folder / path.lstrip("/")

    def package_of(self, path):
        for name in (path, os.path.join(os.path.dirname(path), os.path.basename(self.file(path).resolve())), f"/{usr_path(path)}"):
            if name in self.owners:
                return self.owners[name]
        raise SystemExit(f"root.py: {path} belongs to no package of {self.folder}")

    def version_of(self, package):
        return self.packages[package]["version"]


class Root:
    """The files of the image by path; every parent folder comes of itself."""

    def __init__(self, epoch):
        self.epoch = epoch
        self.entries = {}

    def add(self, path, *, data=None, link=None, mode=0o644, user=0, group=0, hard=None):
        parent = os.path.dirname(path)
        if parent and parent not in self.entries:
            self.add(parent, mode=0o755)
        info = tarfile.TarInfo(path)
        info.mode, info.uid, info.gid, info.mtime = mode, user, group, self.epoch
        if link is not None:
            info.type, info.linkname, info.mode = tarfile.SYMTYPE, link, 0o777
        elif hard is not None:
            info.type, info.linkname = tarfile.LNKTYPE, hard
        elif data is None:
            info.type = tarfile.DIRTYPE
        else:
            info.size = len(data)
        self.entries[path] = (info, data)

    def add_file(self, path, source, mode=0o644):
        self.add(path, data=pathlib.Path(source).read_bytes(), mode=mode)

    def write(self, out):
        with tarfile.open(out, "w", format=tarfile.USTAR_FORMAT) as archive:
            for path in sorted(self.entries, key=lambda p: p.split("/")):
                info, data = self.entries[path]
                archive.addfile(info, io.BytesIO(data) if info.isreg() else None)


def add_zones(root, system):
    """Time zones; those that are the same file stand once."""
    base, seen = system.file("/usr/share/zoneinfo"), {}
    for path in sorted(base.rglob("*")):
        name = path.relative_to(base).as_posix()
        if name.startswith(("posix/", "right/")) or path.is_dir() or not path.exists():
            continue
        data = path.read_bytes()
        target = f"usr/share/zoneinfo/{name}"
        if data in seen:
            root.add(target, hard=seen[data])
        else:
            root.add(target, data=data)
            seen[data] = target


def sbom(packages, system, program, version, epoch):
    """SPDX 2.3 of the program and the packages that files were taken from."""
    created = output("date", "-u", "-d", f"@{epoch}", "+%Y-%m-%dT%H:%M:%SZ").strip()
    digest = hashlib.sha256(program).hexdigest()
    entries = [{"name": "bifrost", "SPDXID": "SPDXRef-bifrost", "versionInfo": version, "licenseConcluded": "Apache-2.0", "checksums": [{"algorithm": "SHA256", "checksumValue": digest}]}]
    for name in packages:
        release = system.version_of(name)
        reference = {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": f"pkg:deb/debian/{name}@{release}"}
        entries.append({"name": name, "SPDXID": f"SPDXRef-{re.sub('[^A-Za-z0-9.-]', '-', name)}", "versionInfo": release, "licenseConcluded": "NOASSERTION", "externalRefs": [reference]})
    for entry in entries:
        entry |= {"downloadLocation": "NOASSERTION", "filesAnalyzed": False, "copyrightText": "NOASSERTION", "licenseDeclared": entry["licenseConcluded"]}
    relations = [{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-bifrost"}]
    relations += [{"spdxElementId": "SPDXRef-bifrost", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": entry["SPDXID"]} for entry in entries[1:]]
    return {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"bifrost-{version}",
        "documentNamespace": f"https://spdx.org/spdxdocs/bifrost-{version}-{digest}",
        "creationInfo": {"created": created, "creators": ["Tool: deploy/docker/root.py"]},
        "packages": entries,
        "relationships": relations,
    }


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("bifrost")
    arguments.add_argument("out", type=pathlib.Path)
    arguments.add_argument("--version", required=True)
    arguments.add_argument("--sysroot", type=pathlib.Path)
    arguments.add_argument("--epoch", type=int, default=0)
    options = arguments.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)

    program = options.out / "bifrost"
    subprocess.run(["llvm-strip-19", "-o", str(program), options.bifrost], check=True)
    system = Unpacked(options.sysroot) if options.sysroot else Installed()

    root = Root(options.epoch)
    for name, mode, user, group in FOLDERS:
        root.add(name, mode=mode, user=user, group=group)
    root.add_file("usr/bin/bifrost", program, mode=0o755)
    packages = set(PACKAGES)
    for path in libraries(options.bifrost, system):
        root.add_file(usr_path(path), system.file(path), mode=0o755)
        packages.add(system.package_of(path))
    root.add_file("usr/bin/busybox", system.file("/bin/busybox"), mode=0o755)
    for command in COMMANDS:
        root.add(f"usr/bin/{command}", link="busybox")
    root.add_file("etc/ssl/certs/ca-certificates.crt", "/etc/ssl/certs/ca-certificates.crt")
    add_zones(root, system)
    for path, text in TEXTS.items():
        root.add(path, data=text.encode())
    for path, target in LINKS.items():
        if path != "lib64" or target in root.entries:  # the loader of amd64 is there
            root.add(path, link=target)
    for package in sorted(packages):
        root.add_file(f"usr/share/doc/{package}/copyright", system.file(f"/usr/share/doc/{package}/copyright"))
    bill = json.dumps(sbom(sorted(packages), system, program.read_bytes(), options.version, options.epoch), indent=1) + "\n"
    root.add("usr/share/doc/bifrost/bifrost.spdx.json", data=bill.encode())
    root.add_file("usr/share/doc/bifrost/LICENSE", pathlib.Path(__file__).resolve().parents[2] / "LICENSE")
    root.write(options.out / "root.tar")
    (options.out / "bifrost.spdx.json").write_text(bill)
    program.unlink()


if __name__ == "__main__":
    main()
