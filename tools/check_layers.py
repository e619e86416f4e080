#!/usr/bin/env python3
"""Checks the layering rule: a file below src/<folder>/ includes its own folder and the DEPS of that folder, nothing else.

usage: check_layers.py [--root FOLDER]

DEPS is read from bifrost_module() in src/<folder>/CMakeLists.txt, the order of the layers from the top CMakeLists.txt: a
folder may depend only on folders named before it.
"""

import argparse
import pathlib
import re
import sys

import tree

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"\n]*)"', re.MULTILINE)


def module_deps(text):
    """The DEPS of the bifrost_module() call in a CMakeLists.txt."""
    text = re.sub(r"#.*", "", text)
    call = re.search(r"bifrost_module\s*\(([^)]*)\)", text)
    if not call:
        return []
    deps, key = [], None
    for word in call.group(1).split():
        if word in ("NAME", "DEPS", "LIBS", "MAIN", "THREADS"):
            key = word
        elif key == "DEPS":
            deps.append(word)
    return deps


def layer_order(text):
    """The folders of src/ in the order of the top CMakeLists.txt: the loop that adds src/${folder}."""
    loop = re.search(r"foreach\(folder IN ITEMS([^)]*)\)(?:(?!endforeach).)*src/\$\{folder\}", text, re.DOTALL)
    return loop.group(1).split() if loop else []


def broken_order(order, deps):
    """Messages for modules that are in no layer, or depend on one that is not below them."""
    for folder in sorted(deps):
        if folder not in order:
            yield f"src/{folder}/CMakeLists.txt:1: {folder} has no place in the list of layers in the top CMakeLists.txt"
            continue
        for dep in deps[folder]:
            if dep not in order or order.index(dep) >= order.index(folder):
                yield f"src/{folder}/CMakeLists.txt:1: DEPS names {dep}, which is not below {folder}"


def broken_includes(name, text, deps, exists):
    """Messages for the includes of the file src/<folder>/... that the rule forbids."""
    folder = name.split("/")[1]
    allowed = {folder, *deps.get(folder, [])}
    for match in INCLUDE.finditer(text):
        path = match.group(1)
        line = text.count("\n", 0, match.start()) + 1
        target = path.split("/")[0]
        if "/" not in path:
            yield f'{name}:{line}: "{path}": write the path from src/: "{folder}/{path}"'
        elif not exists(path):
            yield f'{name}:{line}: "{path}" does not exist below src/'
        elif target not in allowed:
            yield f'{name}:{line}: {folder} may not include {target} ("{path}"); its DEPS: {" ".join(sorted(allowed - {folder})) or "none"}'


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--root", type=pathlib.Path, default=tree.ROOT)
    root = parser.parse_args().root

    deps = {p.parent.name: module_deps(p.read_text()) for p in sorted(root.glob("src/*/CMakeLists.txt"))}
    order = layer_order((root / "CMakeLists.txt").read_text())
    failures = ["CMakeLists.txt:1: no list of layers found"] if not order else []
    failures += broken_order(order, deps)
    for name in tree.tracked_files(root):
        if name.startswith("src/") and name.count("/") > 1 and name.endswith((".h", ".cc")):
            text = (root / name).read_text()
            failures += broken_includes(name, text, deps, lambda path: (root / "src" / path).is_file())
    print("\n".join(failures), end="\n" if failures else "")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
