#!/usr/bin/env python3
"""Compares two results of a bench: what got better, what got worse.

usage: bench_compare.py [--threshold PERCENT] [--strict] BEFORE.json AFTER.json

Reads what bench/load/run, bench/load/instructions and Google Benchmark (--benchmark_out) write. A change below the
threshold is noise and is shown without a verdict; --strict makes any figure that got worse an error.
"""

import argparse
import json
import pathlib
import sys

# Figures that are better when they are higher, by the words in their names; all others are costs.
HIGHER = ("per second", "with every frame right", "_per_second")


def figures(result):
    """{name: value} of any of the three formats, in their order."""
    if "rows" in result:
        return {row["metric"]: row["value"] for row in result["rows"]}
    if "instructions" in result:
        return result["instructions"]
    if "benchmarks" in result:
        return {entry["name"]: entry["cpu_time"] for entry in result["benchmarks"] if entry.get("run_type") != "aggregate"}
    raise ValueError("neither a result of bench/load/run or bench/load/instructions nor of Google Benchmark")


def is_higher_better(name):
    return any(word in name for word in HIGHER)


def change(before, after):
    """In percent; nothing when there is no base to compare with."""
    if before is None or after is None or before == 0:
        return None
    return (after - before) / abs(before) * 100


def verdict(name, percent, threshold):
    if percent is None or abs(percent) < threshold:
        return ""
    return "better" if (percent > 0) == is_higher_better(name) else "worse"


def number(value):
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000 or value == int(value) else f"{value:,.2f}"


def compare(before, after, threshold):
    """Lines of a table, and the names of what got worse."""
    names = [*before, *(name for name in after if name not in before)]
    width = max((len(name) for name in names), default=0)
    lines, worse = [f"{'':{width}}  {'before':>12}  {'after':>12}  {'change':>8}"], []
    for name in names:
        percent = change(before.get(name), after.get(name))
        word = verdict(name, percent, threshold)
        shown = "-" if percent is None else f"{percent:+.1f} %"
        lines.append(f"{name:{width}}  {number(before.get(name)):>12}  {number(after.get(name)):>12}  {shown:>8}  {word}".rstrip())
        if word == "worse":
            worse.append(name)
    return lines, worse


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before", type=pathlib.Path)
    parser.add_argument("after", type=pathlib.Path)
    parser.add_argument("--threshold", type=float, default=5, help="percent below which a change is noise (default: 5)")
    parser.add_argument("--strict", action="store_true", help="fail when something got worse")
    arguments = parser.parse_args()
    try:
        results = [figures(json.loads(path.read_text())) for path in (arguments.before, arguments.after)]
    except (OSError, ValueError) as error:
        sys.exit(f"bench_compare: {error}")
    lines, worse = compare(*results, arguments.threshold)
    print("\n".join(lines))
    return 1 if arguments.strict and worse else 0


if __name__ == "__main__":
    sys.exit(main())
