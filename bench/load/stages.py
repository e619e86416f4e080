"""The stages of a run: each puts one kind of load on all legs in turn and gives rows of the table."""

import dataclasses
import time

import measuring
import processes
from measuring import added, added_overall, median, ratio

KIB, MIB = 1024, 1024 * 1024


@dataclasses.dataclass
class Row:
    """One line of the table. `value` is what the targets speak of; `milestone` and `goal` are limits (lower is better,
    unless `higher`), None where nothing was promised."""

    metric: str
    value: float | None
    unit: str
    milestone: float | None = None
    goal: float | None = None
    higher: bool = False
    note: str = ""


@dataclasses.dataclass
class Effort:
    """How long everything takes."""

    rounds: int
    seconds: float
    warmup: float
    streams: int
    stream_seconds: float
    rest: float  # before memory is looked at again


FULL = Effort(rounds=7, seconds=1.0, warmup=0.5, streams=5000, stream_seconds=10, rest=60)
QUICK = Effort(rounds=3, seconds=0.4, warmup=0.2, streams=500, stream_seconds=3, rest=3)

# Seconds until the gateway's allocator has given back what is free: it waits for two of them, then goes step by step.
SETTLING = 6

# The caller for whom everything is on (processes.all_on_config).
ALL_ON = f"x-bf-vk: {processes.VIRTUAL_KEY}"


class Bench:
    """One run. `targets` are other gateways: {name: url}."""

    def __init__(self, effort, targets, headers):
        self.effort, self.targets, self.headers = effort, targets, headers
        self.rows, self.raw, self.problems = [], {}, []

    def legs(self, rig, *, streams=False, prefix="", only=None):
        legs = {"direct": (f"http://127.0.0.1:{rig.upstream_port}", rig.upstream.pid)}
        if rig.nginx:
            port = rig.nginx_stream_port if streams else rig.nginx_port
            legs["nginx"] = (f"http://127.0.0.1:{port}", rig.nginx.pid)
        legs["gateway"] = (f"http://127.0.0.1:{rig.gateway_port}{prefix}", rig.gateway.pid)
        if not prefix:
            for name, url in self.targets.items():
                legs[name] = (url, processes.listening_pid(int(url.split("//")[1].split("/")[0].split(":")[1])))
        return {name: leg for name, leg in legs.items() if only is None or name in only}

    def drive(self, stage, rig, legs, *, headers=(), **options):
        options = {"rounds": self.effort.rounds, "seconds": self.effort.seconds, "warmup": self.effort.warmup, **options}
        rig.upstream_stats()
        result = measuring.drive(rig, legs, headers=[*self.headers, *headers], **options)
        stats = rig.upstream_stats()
        self.raw[stage] = {"options": options, "legs": result, "upstream": stats}
        for name, leg in result.items():
            faults = {k: v for k, v in leg.get("faults", {}).items() if v}
            if leg["failed"] or faults:
                self.problems.append(f"{stage}: {name}: {leg['failed']} failed {leg.get('failures', '')} {faults or ''}".rstrip())
        if stats["refused"] or stats["broken"]:
            self.problems.append(f"{stage}: the provider saw {stats['refused']} wrong requests, {stats['broken']} cut connections")
        return result

    def row(self, *args, **kwargs):
        self.rows.append(Row(*args, **kwargs))

    def others(self, result):
        return [name for name in result if name not in ("direct", "nginx")]

    # ---- stages --------------------------------------------------------------------------------------------------------

    def floor(self, rig):
        """What the tools themselves can do: nothing that is measured can be better."""
        result = self.drive("floor", rig, self.legs(rig, only=("direct",)), connections=64, body=1024)
        direct = result["direct"]
        self.row("floor: requests per second, direct", median(direct, "per_second"), "1/s")
        self.row("floor: CPU per request of the fake provider", median(direct, "cpu_us_per_request"), "us")

    def _cpu(self, result, label, milestone, goal):
        nginx = result["nginx"]
        self.row(f"{label}: nginx", median(nginx, "cpu_us_per_request"), "us")
        for name in self.others(result):
            leg = result[name]
            self.row(f"{label}: {name}", median(leg, "cpu_us_per_request"), "us")
            limits = (milestone, goal) if name == "gateway" else ()
            self.row(f"{label}: {name} / nginx", ratio(leg, nginx, "cpu_us_per_request"), "x", *limits)

    def saturation(self, rig):
        result = self.drive("saturation", rig, self.legs(rig), connections=64, body=1024, model="openai/bench")
        self._cpu(result, "CPU per request, 1 KB", 1.6, 1.15)
        nginx = result["nginx"]
        for name in ("nginx", *self.others(result)):
            busy = median(result[name], "cores_busy")
            note = "" if busy is None or busy > 0.9 else f"not saturated ({busy:.2f} cores busy): limited by the tools or by others on its core"
            self.row(f"requests per second, one worker: {name}", median(result[name], "per_second"), "1/s", note=note)
        for name in self.others(result):
            value = ratio(result[name], nginx, "per_second")
            limits = (0.6, 0.9) if name == "gateway" else ()
            self.row(f"requests per second: {name} / nginx", value, "x", *limits, higher=True)

    def bodies(self, rig):
        """Longer prompts. The speed is that of our own code: bytes over the growth of user time."""
        user = {}
        for size, label in ((50 * KIB, "50 KB"), (400 * KIB, "400 KB")):
            result = self.drive(f"body-{label}", rig, self.legs(rig), connections=16, body=size, model="openai/bench")
            self._cpu(result, f"CPU per request, {label}", None, None)
            gateway = result["gateway"]
            user[size] = gateway["cpu_user_us"] / max(1, gateway["requests"])
        grown = user[400 * KIB] - user[50 * KIB]
        speed = 350 * KIB / grown / 1000 if grown > 0 else None
        self.row("long prompts: bytes per second of user time", speed, "GB/s", 0.5, 2, higher=True)

    def translated(self, rig):
        for provider in ("anthropic", "gemini"):
            legs = self.legs(rig, only=("nginx", "gateway", *self.targets))
            stage = f"translated-{provider}"
            result = self.drive(stage, rig, legs, connections=64, body=1024, model=f"{provider}/bench")
            self._cpu(result, f"CPU per request, OpenAI to {provider}", 2.2, 1.6)

    def native(self, rig):
        for wire_format, prefix in (("anthropic", "/anthropic"), ("gemini", "/genai")):
            legs = self.legs(rig, prefix=prefix, only=("nginx", "gateway"))
            stage = f"native-{wire_format}"
            result = self.drive(stage, rig, legs, connections=64, body=1024, model="bench", format=wire_format)
            self._cpu(result, f"CPU per request, {wire_format} to itself", 1.6, 1.15)

    def _added(self, result, label, limits=None, absolute=None):
        direct = result["direct"]
        for percentile, text in (("p50", "p50"), ("p99", "p99"), ("p999", "p99.9")):
            of = added if percentile == "p50" else added_overall
            path = f"latency_us.{percentile}"
            base = of(result["nginx"], direct, path) if "nginx" in result else None
            if base is not None:
                self.row(f"{label} {text}: nginx", base, "us")
            for name in self.others(result):
                value = of(result[name], direct, path)
                ours = name == "gateway"
                limit = (absolute or {}).get(percentile) if ours else None
                self.row(f"{label} {text}: {name}", value, "us", None, limit)
                if limits and percentile != "p999" and base and base > 0:
                    self.row(f"{label} {text}: {name} / nginx", value / base, "x", *(limits if ours else ()))

    def all_on(self, rig):
        """What a request costs when it has a virtual key with limits of three levels, a price, and a place in the ledger."""
        legs = self.legs(rig, only=("nginx", "gateway"))
        result = self.drive("all-on", rig, legs, headers=[ALL_ON], connections=64, body=1024, model="openai/bench")
        self._cpu(result, "CPU per request, all on", 1.65, 1.35)

    def all_on_fixed_rate(self, rig):
        result = self.drive(
            "all-on-fixed-rate", rig, self.legs(rig, only=("direct", "nginx", "gateway")), headers=[ALL_ON], load="open", rate=5000,
            connections=256, body=1024, model="openai/bench",
        )  # fmt: skip
        self._added(result, "added latency, all on, 5,000 a second,", absolute={"p50": 60, "p99": 1000})

    def one_connection(self, rig):
        result = self.drive("one-connection", rig, self.legs(rig), connections=1, body=1024, model="openai/bench")
        self._added(result, "added latency, 1 connection,", limits=(2, 1.2))

    def fixed_rate(self, rig):
        result = self.drive(
            "fixed-rate", rig, self.legs(rig), load="open", rate=5000, connections=256, body=1024, model="openai/bench"
        )
        self._added(result, "added latency, 5,000 a second,", absolute={"p50": 60, "p99": 1000})

    def events(self, rig):
        """Few streams with a steady pace: how much later the first event and each event come."""
        result = self.drive(
            "events", rig, self.legs(rig, streams=True), load="streams", connections=20,
            model="openai/bench-t10000-g5000-n40-w32", ramp=0.05,
        )  # fmt: skip
        direct = result["direct"]
        for name in [n for n in result if n != "direct"]:
            ours = name == "gateway"
            first = added(result[name], direct, "first_event_us.p50")
            self.row(f"added time to first event, p50: {name}", first, "us", *((200, 60) if ours else ()))
            event = added(result[name], direct, "event_delay_us.p50")
            self.row(f"added time per event, p50: {name}", event, "us", *((10, 2) if ours else ()))
            far = added_overall(result[name], direct, "event_delay_us.p99")
            self.row(f"added time per event, p99: {name}", far, "us")

    def streams(self, rig, count=None):
        """Many streams at once, all of them checked, and what each costs in memory."""
        count = count or self.effort.streams
        gap = max(100_000, count * 50)  # so that all streams together have 20,000 events a second at most
        events = max(5, int(self.effort.stream_seconds * 1_000_000 / gap))
        ramp = max(1.0, count / 2000)
        for name in ("direct", "gateway"):
            self.drive(
                f"streams-{name}", rig, self.legs(rig, streams=True, only=(name,)), load="streams", connections=count,
                rounds=1, warmup=0, ramp=ramp, model=f"openai/bench-t{int(ramp * 1e6) + 500_000}-g{gap}-n{events}",
            )  # fmt: skip
        gateway, direct = (self.raw[f"streams-{n}"]["legs"][n] for n in ("gateway", "direct"))
        goal = 20_000 if count >= 20_000 else None
        right = gateway["requests"] if not any(gateway["faults"].values()) else 0
        self.row("streams at once with every frame right", right, "", min(5000, count), goal, higher=True, note=f"of {count}")
        self.row("event delay with all of them, p99.9: direct", direct["event_delay_us"]["p999"], "us")
        self.row("event delay with all of them, p99.9: gateway", gateway["event_delay_us"]["p999"], "us")
        each = (gateway["resident_peak"] - gateway["resident_before"]) / count / KIB
        self.row("resident memory per stream", each, "KiB", 24, 8)

    def idle(self, rig):
        time.sleep(1)
        self.raw["idle"] = {"resident": processes.resident_bytes(rig.gateway.pid)}
        self.row("resident memory, idle", self.raw["idle"]["resident"] / MIB, "MiB", 15, 8)

    def rested(self, rig, since):
        """`since`: when the last load on it ended."""
        time.sleep(max(0.0, since + self.effort.rest - time.monotonic()))
        peaks = [stage["legs"]["gateway"]["resident_peak"] for stage in self.raw.values() if "gateway" in stage.get("legs", {})]
        self.raw["rested"] = {"peak": max(peaks, default=0), "resident": processes.resident_bytes(rig.gateway.pid)}
        self.row("resident memory, most under load, streams apart", self.raw["rested"]["peak"] / MIB, "MiB", 60, 25)
        note = f"{self.effort.rest:.0f} s after the load"
        self.row("resident memory, after", self.raw["rested"]["resident"] / MIB, "MiB", 25, 12, note=note)

    def leak(self, rig, rounds, requests, streams):
        """Rounds of load; memory after each, once the allocator has given back what is free, must not grow."""
        resident = []
        for number in range(rounds):
            self.drive(
                f"leak-{number}-requests", rig, self.legs(rig, only=("gateway",)), connections=64, rounds=1, warmup=0,
                requests=requests, model="openai/bench",
            )  # fmt: skip
            self.drive(
                f"leak-{number}-streams", rig, self.legs(rig, only=("gateway",)), load="streams", connections=streams, rounds=1,
                warmup=0, ramp=1, model="openai/bench-t500000-g100000-n10",
            )  # fmt: skip
            time.sleep(SETTLING)
            resident.append(processes.resident_bytes(rig.gateway.pid))
            print(f"  round {number + 1}: {resident[-1] / MIB:.2f} MiB", flush=True)
        self.raw["leak"] = {"resident": resident, "slope_bytes_per_round": slope(resident[3:])}
        per_round = self.raw["leak"]["slope_bytes_per_round"] / KIB
        self.row("growth per round, from the fourth on", per_round, "KiB", 64, 16, note=f"{requests} requests, {streams} streams")


def slope(values):
    """Of the straight line that fits best; zero for fewer than two values."""
    n = len(values)
    if n < 2:
        return 0.0
    middle, mean = (n - 1) / 2, sum(values) / n
    return sum((i - middle) * (v - mean) for i, v in enumerate(values)) / sum((i - middle) ** 2 for i in range(n))
