#!/usr/bin/env python3
"""Checks that what documents point at exists.

usage: check_docs.py [--root FOLDER]

In every Markdown file: relative links, and their #anchors. In ARCHITECTURE.md, CONTRIBUTING.md, docs/internals/ and the
README.md of each folder of src/ also the paths named in `code`: those that end in a known extension or a slash, looked up
from the root, from src/ and from the document's folder. Placeholders (<name>, foo*) and absolute paths are left alone, and
so are ADRs, which tell of their own day. In SECURITY.md also the tests that keep its promises.
"""

import argparse
import glob
import pathlib
import re
import sys
import urllib.parse

import tree

LINK = re.compile(r"(?<!\\)\[(?:[^\[\]]|\[[^\]]*\])*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
CODE = re.compile(r"`([^`\n]+)`")
PATH = re.compile(r"[\w.-]+(?:/[\w.{},-]+)*(?:/|\.(?:cc|h|md|py|sh|json|toml|yaml|yml|txt|cmake|html|mjs|ts))")
TEST = re.compile(r"\bTEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\)")
TEST_NAME = re.compile(r"`(\w+(?:\.\w+)?)`")
PROMISES = "SECURITY.md"
NAMES_PATHS = ["ARCHITECTURE.md", "CONTRIBUTING.md", "docs/internals/**", "src/*/README.md"]


def without_code_blocks(text):
    """The text with fenced blocks blanked; every line keeps its number."""
    return re.sub(r"^( *)(```+|~~~+).*?^\1\2[^\n]*$", lambda m: "\n" * m.group(0).count("\n"), text, flags=re.DOTALL | re.MULTILINE)


def anchors(text):
    """The anchors of a Markdown text, as the usual forges make them from headings."""
    found, seen = set(re.findall(r"<a\s+(?:id|name)=\"([^\"]+)\"", text)), {}
    for heading in re.findall(r"^#{1,6}\s+(.+?)\s*#*$", without_code_blocks(text), re.MULTILINE):
        heading = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        count = seen.get(slug, 0)
        seen[slug] = count + 1
        found.add(f"{slug}-{count}" if count else slug)
    return found


def braces(path):
    """a.{h,cc} -> a.h a.cc"""
    match = re.search(r"\{([^{}]*)\}", path)
    if not match:
        return [path]
    return [p for part in match.group(1).split(",") for p in braces(path[: match.start()] + part + path[match.end() :])]


def broken_links(root, name, text):
    """Yields (line, message) for links of the document `name` to nothing."""
    body = without_code_blocks(text)
    body = CODE.sub(lambda m: " " * len(m.group(0)) if "](" in m.group(0) else m.group(0), body)
    for match in LINK.finditer(body):
        target = urllib.parse.unquote(match.group(1))
        if re.match(r"[a-z][a-z0-9+.-]*:|//", target):
            continue
        path, _, anchor = target.partition("#")
        base = root if path.startswith("/") else (root / name).parent
        file = base / path.lstrip("/") if path else root / name
        line = body.count("\n", 0, match.start()) + 1
        if not file.exists():
            yield line, f"the link {target} leads nowhere"
        elif anchor and file.suffix == ".md" and anchor not in anchors(file.read_text()):
            yield line, f"the link {target} names no heading of {path or name}"


def broken_paths(root, name, text):
    """Yields (line, message) for paths in `code` that name nothing."""
    body = without_code_blocks(text)
    bases = [root, root / "src", (root / name).parent]
    for match in CODE.finditer(body):
        code = match.group(1)
        if not PATH.fullmatch(code) or ("/" not in code and not code.endswith((".cc", ".h"))):
            continue
        for path in braces(code):
            if not any((base / path).exists() for base in bases) and not ("/" not in path and glob.glob(f"{root}/src/**/{path}", recursive=True)):
                yield body.count("\n", 0, match.start()) + 1, f"`{path}` does not exist"


def known_tests(root):
    """Every "Suite.Name" and every "Suite" of the tests in C++."""
    known = set()
    for folder in ("src", "tests"):
        for path in sorted((root / folder).rglob("*_test.cc")):
            for suite, name in TEST.findall(path.read_text()):
                known |= {suite, f"{suite}.{name}"}
    return known


def unknown_tests(known, text):
    """Yields (line, message) for tests in the last column of a table that do not exist."""
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.startswith("|"):
            continue
        for test in TEST_NAME.findall(line.rstrip(" |").rpartition("|")[2]):
            if test not in known:
                yield number, f"there is no test `{test}`"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--root", type=pathlib.Path, default=tree.ROOT)
    root = parser.parse_args().root

    failures = []
    for name in tree.tracked_files(root):
        if not name.endswith(".md"):
            continue
        text = (root / name).read_text()
        failures += [f"{name}:{line}: {message}" for line, message in broken_links(root, name, text)]
        if name == PROMISES:
            failures += [f"{name}:{line}: {message}" for line, message in unknown_tests(known_tests(root), text)]
        if tree.matches(name, NAMES_PATHS):
            failures += [f"{name}:{line}: {message}" for line, message in broken_paths(root, name, text)]
    print("\n".join(failures), end="\n" if failures else "")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
