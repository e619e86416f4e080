#!/usr/bin/env python3
"""Compiles each header alone: it must include what it needs.

usage: check_headers.py [--all] [header...]

Without names: those that the build does not prove anyway, because no source file includes them before everything else. A header
is compiled again only when it, or a header of ours that it includes, is newer than the last success; --all forgets that, and
leaves none out. The flags are those of build/dev/compile_commands.json, so configure the dev preset first.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

import tree

COMPILER = os.environ.get("CXX", "clang++-19")
STAMPS = tree.ROOT / "build/headers"
DATABASE = tree.ROOT / "build/dev/compile_commands.json"
FIRST_INCLUDE = re.compile(r'^#include\s+["<]([^">]+)', re.MULTILINE)


def is_proven_by_the_build(header, commands):
    """Whether the header's own source file includes it first, and is compiled without a precompiled header before it."""
    source = tree.ROOT / (header.removesuffix(".h") + ".cc")
    command = commands.get(str(source), "cmake_pch")
    if "cmake_pch" in command or not source.exists():
        return False
    first = FIRST_INCLUDE.search(source.read_text())
    return first is not None and header in (first[1], "src/" + first[1])


def flags_of(command):
    """The language, define and include flags of a compile command."""
    words, kept = shlex.split(command), []
    for index, word in enumerate(words):
        if word == "-isystem":
            kept += [word, words[index + 1]]
        elif word.startswith(("-I", "-D", "-U", "-std=")):
            kept.append(word)
    return kept


def all_flags(commands):
    """The union of the flags of every compile command, each once, in order; src/ and the root are always searched."""
    flags = {("-I" + str(tree.ROOT / "src"),): None, ("-I" + str(tree.ROOT),): None}
    for command in commands.values():
        words = flags_of(command)
        while words:
            size = 2 if words[0] == "-isystem" else 1
            flags[tuple(words[:size])] = None
            del words[:size]
    flat = [word for group in flags for word in group]
    return flat if any(word.startswith("-std=") for word in flat) else [*flat, "-std=c++2b"]


def is_fresh(stamp):
    """Whether nothing that the header was made of changed since its stamp, which is the dependency file of the compiler."""
    if not stamp.exists():
        return False
    made = stamp.stat().st_mtime
    sources = stamp.read_text().replace("\\\n", " ").split(":", 1)[-1].split()
    return all(s == "-" or (os.path.exists(s) and os.stat(s).st_mtime < made) for s in sources)


def compile_alone(header, flags):
    """The compiler's messages, empty when the header compiles."""
    stamp = STAMPS / (header + ".d")
    if is_fresh(stamp):
        return ""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    fresh = stamp.with_suffix(".new")
    include = header.removeprefix("src/")
    command = [COMPILER, *flags, "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-Wno-missing-designated-field-initializers",
               "-MMD", "-MF", str(fresh), "-MT", "header", "-x", "c++", "-"]
    done = subprocess.run(command, input=f'#include "{include}"\n', capture_output=True, text=True, cwd=tree.ROOT)
    if done.returncode == 0:
        os.utime(fresh)
        fresh.replace(stamp)
    return done.stderr if done.returncode else ""


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--all", action="store_true", help="forget what was checked before")
    parser.add_argument("header", nargs="*")
    args = parser.parse_args()

    commands = {entry["file"]: entry["command"] for entry in json.loads(DATABASE.read_text())} if DATABASE.exists() else {}
    headers = args.header or [
        name
        for name in tree.tracked_files()
        if name.endswith(".h")
        and name.startswith(("src/", "tests/", "fuzz/", "bench/"))
        and (args.all or not is_proven_by_the_build(name, commands))
    ]
    flags = all_flags(commands)
    remembered = STAMPS / "flags"
    if args.all or not remembered.exists() or remembered.read_text() != "\n".join(flags):
        for stamp in STAMPS.rglob("*.d"):
            stamp.unlink()
        STAMPS.mkdir(parents=True, exist_ok=True)
        remembered.write_text("\n".join(flags))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda header: compile_alone(header, flags), headers))
    failed = [f"{header} does not compile alone:\n{output}" for header, output in zip(headers, results) if output]
    print("\n".join(failed), end="\n" if failed else "")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
