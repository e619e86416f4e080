#!/usr/bin/env python3
"""Checks files as text: a newline at the end, no space at the end of a line, no file over 500 kB.

usage: check_text.py file...

Recorded bytes (corpora, golden files) are only checked for their size.
"""

import pathlib
import sys

import tree

SIZE_MAX = 500_000
RECORDED = ["fuzz/corpus/**", "tests/golden/**"]
TRAILING_SPACE_MEANS_SOMETHING = [".md", ".patch"]


def broken_text(name, data):
    """Messages for the bytes of the file `name`."""
    if len(data) > SIZE_MAX:
        yield f"{name}: {len(data)} bytes are more than {SIZE_MAX}; a repository keeps them forever"
    if b"\0" in data or tree.matches(name, RECORDED) or not data:
        return
    if not data.endswith(b"\n"):
        yield f"{name}: no newline at the end"
    elif data.endswith(b"\n\n"):
        yield f"{name}: empty lines at the end"
    if name.endswith(tuple(TRAILING_SPACE_MEANS_SOMETHING)):
        return
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.endswith((b" ", b"\t", b"\r")):
            yield f"{name}:{number}: space at the end of the line"


def main():
    failures = []
    for name in sys.argv[1:]:
        failures += broken_text(name, pathlib.Path(name).read_bytes())
    print("\n".join(failures), end="\n" if failures else "")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
