"""What the checks share: the files of the tree as git sees them, globs over them, C++ text without comments and strings.

usage: tree.py [glob...] lists the files that match.
"""

import functools
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def tracked_files(root=ROOT):
    """Tracked and new files, without the ignored ones, as sorted paths relative to `root`."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        out = subprocess.run(listing, cwd=root, check=True, capture_output=True).stdout.decode()
        names = {name for name in out.split("\0") if name}
    except (OSError, subprocess.CalledProcessError):  # a source archive without .git
        names = {p.relative_to(root).as_posix() for p in pathlib.Path(root).rglob("*") if p.is_file()}
        names = {n for n in names if not re.match(r"(.*/)?(build|node_modules|\.git)/", n)}
    return sorted(name for name in names if (pathlib.Path(root) / name).is_file())


@functools.lru_cache(maxsize=None)
def _glob_regex(glob):
    parts = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(parts.get(t, re.escape(t)) for t in re.split(r"(\*\*/|\*\*|\*|\?)", glob)) + r"\Z")


def matches(name, globs):
    """Whether the relative path `name` matches one of `globs`; `**` crosses folders, `*` does not."""
    return any(_glob_regex(glob).match(name) for glob in globs)


_CPP_TOKEN = re.compile(
    r"""
      //(?:\\\n|[^\n])*                                  # line comment
    | /\*.*?\*/                                          # block comment
    | (?P<include>^[ \t]*\#[ \t]*include[^\n]*)          # kept as it is: its string is a path
    | (?P<raw>\bR"(?P<fence>[^()\\\s]{0,16})\(.*?\)(?P=fence)")
    | (?P<string>"(?:\\.|[^"\\\n])*")
    | (?P<char>(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+')      # not the separator in 1'000
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)


def blank_comments_and_strings(text):
    """C++ source with comments and contents of literals blanked; every line keeps its number."""

    def blank(match):
        found = match.group(0)
        if match.group("include"):
            return found
        newlines = "\n" * found.count("\n")
        if match.group("raw") or match.group("string"):
            return '""' + newlines
        return "' '" if match.group("char") else " " + newlines

    return _CPP_TOKEN.sub(blank, text)


if __name__ == "__main__":
    globs = sys.argv[1:] or ["**"]
    print("".join(f"{name}\n" for name in tracked_files() if matches(name, globs)), end="")
