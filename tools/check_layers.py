#!/usr/bin/env python3
"""Checks the layering rule: a file below src/<folder>/ includes its own folder and the DEPS of that folder, nothing else.

usage: check_layers.py [--root FOLDER]

DEPS is read from bifrost_module() in src/<folder>/CMakeLists.txt, the order of the layers from the top CMakeLists.txt: a
folder may depend only on folders named before it. A folder of DEPS is one that some file includes, and the table of layers in
ARCHITECTURE.md says the same as DEPS.
"""

import argparse
import pathlib
import re
import sys

import tree

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"\n]*)"', re.MULTILINE)
TABLE_ROW = re.compile(r"^\| *\d+ *\| *`(\w+)/` *\|[^|\n]*\| *([^|\n]*?) *\|$", re.MULTILINE)


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


def unused_deps(deps, included):
    """Messages for folders in DEPS that no file of the module includes; `included` is folder -> the folders it includes."""
    for folder in sorted(deps):
        for dep in deps[folder]:
            if dep not in included.get(folder, ()):
                yield f"src/{folder}/CMakeLists.txt:1: DEPS names {dep}, which nothing in {folder} includes"


def table_deps(text):
    """Folder -> the folders that it may include, by the table of layers; `std` is none of ours."""
    return {folder: set(re.findall(r"\w+", words)) - {"std"} for folder, words in TABLE_ROW.findall(text)}


def broken_table(text, order, deps):
    """Messages for rows of the table of layers in ARCHITECTURE.md that say something else than CMake does."""
    table = table_deps(text)
    if list(table) != [folder for folder in order if folder in deps]:
        yield f"ARCHITECTURE.md:1: the table of layers has the rows {' '.join(table)}; CMake has {' '.join(order)}"
    for folder in sorted(set(table) & set(deps)):
        if missing := set(deps[folder]) - table[folder]:
            yield f"ARCHITECTURE.md:1: the row of {folder} leaves out {' '.join(sorted(missing))}, which its DEPS name"
        if more := table[folder] - set(deps[folder]):
            yield f"ARCHITECTURE.md:1: the row of {folder} names {' '.join(sorted(more))}, which its DEPS do not"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--root", type=pathlib.Path, default=tree.ROOT)
    root = parser.parse_args().root

    deps = {p.parent.name: module_deps(p.read_text()) for p in sorted(root.glob("src/*/CMakeLists.txt"))}
    order = layer_order((root / "CMakeLists.txt").read_text())
    failures = ["CMakeLists.txt:1: no list of layers found"] if not order else []
    failures += broken_order(order, deps)
    failures += broken_table((root / "ARCHITECTURE.md").read_text(), order, deps)
    included = {}
    for name in tree.tracked_files(root):
        if name.startswith("src/") and name.count("/") > 1 and name.endswith((".h", ".cc")):
            text = (root / name).read_text()
            included.setdefault(name.split("/")[1], set()).update(path.split("/")[0] for path in INCLUDE.findall(text))
            failures += broken_includes(name, text, deps, lambda path: (root / "src" / path).is_file())
    failures += unused_deps(deps, included)
    print("\n".join(failures), end="\n" if failures else "")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
