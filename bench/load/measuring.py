"""Calls the driver, and makes medians and differences of what it prints."""

import json
import statistics
import subprocess

import processes


def drive(rig, legs, *, headers=(), **options):
    """One run of the driver: {leg: result}. `legs` is {name: (url, pid or None)}; options are those of the driver."""
    command = [processes.TOOLS / "load_driver"]
    for name, (url, pid) in legs.items():
        command += ["--leg", f"{name}={url}"]
        command += ["--pid", f"{name}={pid}"] if pid else []
    for header in headers:
        command += ["--header", header]
    for option, value in options.items():
        flag = "--" + option.replace("_", "-")
        command += [flag] if value is True else [flag, str(value)]
    if rig.tool_cpus:
        command = ["taskset", "-c", ",".join(str(cpu) for cpu in sorted(rig.tool_cpus)), *command]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=1800)
    if done.returncode != 0:
        raise processes.BenchError(f"the driver failed: {done.stderr.strip()}\n{' '.join(str(w) for w in command)}")
    return json.loads(done.stdout)


def without_buckets(value):
    """The result without the histograms' buckets, which are most of it."""
    if isinstance(value, dict):
        return {key: without_buckets(item) for key, item in value.items() if key != "buckets_ns"}
    if isinstance(value, list):
        return [without_buckets(item) for item in value]
    return value


def pick(result, path):
    for key in path.split("."):
        result = result.get(key) if isinstance(result, dict) else None
    return result


def median(leg, path):
    """Of the rounds; nothing when it was not measured."""
    values = [value for value in (pick(round_, path) for round_ in leg["rounds"]) if value is not None]
    return statistics.median(values) if values else None


def median_of_pairs(leg, other, path, combine):
    """Of combine(leg, other) round by round: both were measured within the same seconds."""
    pairs = [(pick(a, path), pick(b, path)) for a, b in zip(leg["rounds"], other["rounds"])]
    values = [combine(a, b) for a, b in pairs if a is not None and b is not None]
    return statistics.median(values) if values else None


def ratio(leg, other, path):
    return median_of_pairs(leg, other, path, lambda a, b: a / b if b else None)


def added(leg, direct, path):
    """How much more than without it, in the middle of the rounds."""
    return median_of_pairs(leg, direct, path, lambda a, b: a - b)


def added_overall(leg, direct, path):
    """The same for the far percentiles, which one round has too few requests for: over all rounds together."""
    a, b = pick(leg, path), pick(direct, path)
    return a - b if a is not None and b is not None else None
