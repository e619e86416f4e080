#!/usr/bin/env python3
"""Which headers cost a build most: the .cc files that include one, directly or not, times what compiling it alone takes.

usage: header_weight.py [--top COUNT] [--build FOLDER] [HEADER...]

Who includes what is read from the last build (`ninja -t deps`), so build everything first. What is measured is the processor
time of the compiler, not the clock on the wall: a busy machine changes little. A measure to compare before and after, no gate.
All headers take the better part of an hour; those that are named ("src/base/error.h") a second each.
"""

import argparse
import collections
import os
import pathlib
import resource
import subprocess
import sys

import check_headers
import tree


def includers(deps, build, root):
    """Header of ours -> the .cc files of ours that include it, from what `ninja -t deps` prints in the folder `build`."""
    found = collections.defaultdict(set)
    for block in deps.split("\n\n"):
        inputs = [os.path.normpath(os.path.join(build, line.strip())) for line in block.splitlines() if line.startswith(" ")]
        ours = [os.path.relpath(path, root) for path in inputs if path.startswith(f"{root}/") and not path.startswith(f"{build}/")]
        sources = [path for path in ours if path.endswith(".cc")]
        for header in (path for path in ours if path.endswith(".h")):
            found[header].update(sources)
    return found


def chosen(files, wanted):
    """The rows of the headers that are wanted, all when none is named."""
    unknown = sorted(set(wanted) - set(files))
    if unknown:
        sys.exit(f"header_weight.py: nothing in the last build includes {', '.join(unknown)}")
    return {header: files[header] for header in wanted} if wanted else files


def milliseconds(header, flags):
    """Processor time that the compiler needs for a file that includes nothing but this header."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    source = f'#include "{header.removeprefix("src/")}"\n'
    command = [check_headers.COMPILER, *flags, "-fsyntax-only", "-w", "-x", "c++", "-"]
    subprocess.run(command, input=source, text=True, cwd=tree.ROOT, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def table(files, cost, top):
    """The lines to print: weight in seconds, files, milliseconds, header; the heaviest first, then the sum over all headers."""
    rows = sorted(((files[header] * cost[header] / 1000, header) for header in files), reverse=True)
    yield f"{'seconds':>8} {'files':>6} {'ms':>6}  header"
    for weight, header in rows[:top]:
        yield f"{weight:8.1f} {files[header]:6d} {cost[header]:6.0f}  {header}"
    yield f"{sum(weight for weight, _ in rows):8.1f}   all {len(rows)} headers"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--top", type=int, default=10)
    parser.add_argument("headers", nargs="*", metavar="HEADER")
    parser.add_argument("--build", type=pathlib.Path, default=tree.ROOT / "build/dev")
    args = parser.parse_args()

    build = str(args.build.resolve())
    deps = subprocess.run(["ninja", "-C", build, "-t", "deps"], capture_output=True, text=True, check=True).stdout
    files = {header: len(sources) for header, sources in includers(deps, build, str(tree.ROOT)).items() if (tree.ROOT / header).exists()}
    files = chosen(files, args.headers)
    flags = check_headers.all_flags()
    cost = {header: milliseconds(header, flags) for header in sorted(files)}
    print("\n".join(table(files, cost, args.top)))


if __name__ == "__main__":
    sys.exit(main())
