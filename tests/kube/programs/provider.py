"""A provider whose streams last as long as they are asked to, and which knows what it has sent. Runs in the cluster, as a pod of one file.

POST: the last message is the stream that is wanted, as JSON: its id, the seconds that it lasts, and the seconds between two frames.
GET: all streams so far, with the address that asked for each (a gateway's pod), when it began and ended, its frames and their digest.
"""

import asyncio
import hashlib
import json
import random
import time

PORT = 9000
WORDS = ["plain", "quo\"ted", "back\\slash", "new\nline", "tab\t", "ünï", "漢字", "🙂", "data: [DONE]", "\u2028", "</script>"]
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n"

streams = []


def frames(wanted):
    """What is sent, frame by frame: its own for each id, and of many sizes."""
    chance = random.Random(wanted["id"])
    count = max(1, round(wanted["seconds"] / wanted["gap"]))
    for at in range(count + 1):
        last = at == count
        text = " ".join(chance.choices(WORDS, k=chance.choice((1, 8, 200))))
        choice = {"index": 0, "delta": {} if last else {"content": f"{at} {text}"}, "finish_reason": "stop" if last else None}
        chunk = {"id": wanted["id"], "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
        yield f"data: {json.dumps(chunk, ensure_ascii=chance.random() < 0.5)}\n\n".encode()
    yield b"data: [DONE]\n\n"


async def stream(wanted, peer, writer):
    seen = {"id": wanted["id"], "peer": peer, "begun": time.time(), "ended": None, "frames": 0, "digest": ""}
    streams.append(seen)
    digest, began = hashlib.sha256(), time.monotonic()
    writer.write(HEAD)
    for at, frame in enumerate(frames(wanted)):
        await asyncio.sleep(max(0.0, began + at * wanted["gap"] - time.monotonic()))
        writer.write(b"%x\r\n%s\r\n" % (len(frame), frame))
        await writer.drain()
        digest.update(frame)
        seen["frames"] += 1
    writer.write(b"0\r\n\r\n")
    await writer.drain()
    seen |= {"ended": time.time(), "digest": digest.hexdigest()}


async def serve(reader, writer):
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        if head.startswith("get "):
            body = json.dumps(streams).encode()
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body))
            await writer.drain()
            return
        length = next(int(line.split(":")[1]) for line in head.split("\r\n") if line.startswith("content-length:"))
        request = json.loads(await reader.readexactly(length))
        await stream(json.loads(request["messages"][-1]["content"]), writer.get_extra_info("peername")[0], writer)
    finally:
        writer.close()


async def main():
    async with await asyncio.start_server(serve, "0.0.0.0", PORT) as server:
        await server.serve_forever()


asyncio.run(main())
