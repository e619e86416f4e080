#!/usr/bin/env python3
"""Checks the rules of the house that a compiler does not know; the rules and their reasons are in tools/tidy.toml.

usage: tidy.py [--quiet] [--root FOLDER]

Ends with 1 when a rule is broken. Long functions and files are listed, never an error.
"""

import argparse
import pathlib
import re
import sys
import tomllib

import tree

CPP = (".h", ".cc")


def broken_rules(name, text, rules):
    """Yields (line, rule name, reason) for each place of the file where a rule is broken."""
    blanked = tree.blank_comments_and_strings(text) if name.endswith(CPP) else text
    for rule in rules:
        if not tree.matches(name, rule["in"]) or tree.matches(name, rule.get("excused", [])):
            continue
        subject = text if rule.get("raw") else blanked
        if not rule.get("raw") and not name.endswith(CPP):
            continue
        if "allowed" in rule:
            subject = re.sub(rule["allowed"], lambda m: "\n" * m.group(0).count("\n"), subject)
        for match in re.finditer(rule["pattern"], subject, re.MULTILINE):
            yield subject.count("\n", 0, match.start()) + 1, rule["name"], rule["reason"]


def banned_name(name, names):
    """The banned word in a file's or folder's name, or None."""
    if not tree.matches(name, names["in"]) or tree.matches(name, names.get("excused", [])):
        return None
    words = re.split(r"[^a-z0-9]+", name.lower())
    return next((word for word in words if word in names["banned"]), None)


def broken_header(text):
    """Yields (line, rule name, reason) when a header has no purpose on top or no #pragma once."""
    if not text.startswith("//"):
        yield 1, "header-purpose", "A header opens with a comment: what it is for and what may not be assumed."
    if not re.search(r"^#pragma once$", text, re.MULTILINE):
        yield 1, "pragma-once", "A header has #pragma once after its top comment."


def folders_without_readme(names):
    """Folders directly below src/ that hold C++ and no README.md: a reader starts there."""
    present = set(names)
    folders = {name.split("/")[1] for name in names if name.startswith("src/") and name.endswith(CPP) and name.count("/") > 1}
    return sorted(folder for folder in folders if f"src/{folder}/README.md" not in present)


def long_functions(text, limit):
    """Yields (line, length) of functions longer than `limit` lines, found by the shape that clang-format gives them."""
    lines = tree.blank_comments_and_strings(text).split("\n")
    opened = {}  # indentation -> line where the head of the function starts
    for at, line in enumerate(lines):
        indent = len(line) - len(line.lstrip())
        if re.match(r"\s*\}", line) and indent in opened:
            start = opened.pop(indent)
            if at - start + 1 > limit:
                yield start + 1, at - start + 1
        if re.search(r"\)[^;=()]*\{$", line):
            start = at
            while start > 0 and not re.search(r"(^\s*|[;{}:])$", lines[start - 1]):
                start -= 1
            head = lines[start]
            if not re.match(r"\s*(\} )?(if|for|while|switch|else|do|catch)\b", head):
                opened[len(head) - len(head.lstrip())] = start


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quiet", action="store_true", help="do not list long functions and files")
    parser.add_argument("--root", type=pathlib.Path, default=tree.ROOT)
    args = parser.parse_args()

    config = tomllib.loads((args.root / "tools/tidy.toml").read_text())
    names = tree.tracked_files(args.root)
    failures, notes = [], []
    for name in names:
        if word := banned_name(name, config["names"]):
            failures.append(f"{name}:1: [name] '{word}' says nothing; name the idea that the file holds.")
        wanted = name.endswith(CPP) or any(tree.matches(name, rule["in"]) for rule in config["rule"])
        if not wanted:
            continue
        try:
            text = (args.root / name).read_text()
        except UnicodeDecodeError:  # bytes of a corpus
            continue
        failures += [f"{name}:{line}: [{rule}] {reason}" for line, rule, reason in broken_rules(name, text, config["rule"])]
        if name.endswith(".h"):
            failures += [f"{name}:{line}: [{rule}] {reason}" for line, rule, reason in broken_header(text)]
        sizes = config["sizes"]
        if name.endswith(CPP) and tree.matches(name, sizes["in"]):
            lines = text.count("\n")
            if lines > sizes["file_lines"]:
                notes.append(f"{name}: {lines} lines")
            notes += [f"{name}:{at}: a function of {length} lines" for at, length in long_functions(text, sizes["function_lines"])]
    failures += [f"src/{folder}: [readme] has no README.md" for folder in folders_without_readme(names)]

    if notes and not args.quiet:
        print("Long, for a reader to judge (not an error):")
        print("\n".join(f"  {note}" for note in notes))
    print("\n".join(failures), end="\n" if failures else "")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
