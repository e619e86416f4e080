"""Callers of a gateway, each with one stream after the other, over a connection of its own. Runs in the cluster, as a pod of one file.

WANTED: JSON, a list of {"callers", "seconds": [least, most], "gap", "again": whether a stream that ends is followed by another}.
What came of each stream is a line of /tmp/results. Once /tmp/stop is there, no more are begun; when all are over, /tmp/over is made.
"""

import asyncio
import hashlib
import json
import os
import pathlib
import random
import time

HOST, PORT, PATH = "bifrost", 8080, "/openai/v1/chat/completions"
RESULTS, STOP, OVER = (pathlib.Path("/tmp") / name for name in ("results", "stop", "over"))
RAMP_SECONDS = 10.0  # over which callers begin


async def chunks(reader):
    while size := int(await reader.readuntil(b"\r\n"), 16):
        yield await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readexactly(2)


async def call(wanted):
    """The frames that came, but for comments, and their digest."""
    body = json.dumps({"model": "slow/m", "stream": True, "messages": [{"role": "user", "content": json.dumps(wanted)}]}).encode()
    reader, writer = await asyncio.open_connection(HOST, PORT)
    try:
        writer.write(f"POST {PATH} HTTP/1.1\r\nhost: {HOST}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        if not head.startswith("HTTP/1.1 200"):
            raise ConnectionError(head.split("\r\n")[0])
        count, digest, held = 0, hashlib.sha256(), b""
        async for chunk in chunks(reader):
            *whole, held = (held + chunk).split(b"\n\n")
            for frame in whole:
                if not frame.startswith(b":"):
                    count += 1
                    digest.update(frame + b"\n\n")
        digest.update(held)
        return count, digest.hexdigest()
    finally:
        writer.close()


async def caller(name, wanted, results):
    chance = random.Random(name)
    await asyncio.sleep(chance.uniform(0, RAMP_SECONDS))
    at = 0
    while not STOP.exists() and (at == 0 or wanted["again"]):
        seen = {"id": f"{name}-{at}", "seconds": round(chance.uniform(*wanted["seconds"]), 3), "begun": time.time(), "frames": 0, "digest": "", "fault": ""}
        try:
            seen["frames"], seen["digest"] = await call({"id": seen["id"], "seconds": seen["seconds"], "gap": wanted["gap"]})
        except (OSError, EOFError, ValueError) as fault:
            seen["fault"] = f"{type(fault).__name__}: {fault}"
            await asyncio.sleep(1)  # who is refused does not ask again at once
        seen["ended"] = time.time()
        print(json.dumps(seen), file=results, flush=True)
        at += 1


async def main():
    groups = json.loads(os.environ["WANTED"])
    with RESULTS.open("w", encoding="utf-8") as results:
        await asyncio.gather(*(caller(f"{os.uname().nodename}-{group}-{at}", wanted, results) for group, wanted in enumerate(groups) for at in range(wanted["callers"])))
    OVER.touch()
    await asyncio.Event().wait()


asyncio.run(main())
