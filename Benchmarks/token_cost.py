"""The two ends of tokens_bench.sh, each a process of its own.

ollama PORT: speaks as Ollama does. The prompt "PACE COUNT" gets COUNT tokens, PACE a second, or as fast as they are taken for 0.
clients BASE PID CLIENTS PACE SECONDS: asks for that much of each, and prints the microseconds of processor time that the server, which
is the process PID, spent on a token, and the tokens a second.
"""

import asyncio
import json
import os
import sys
import time
import urllib.parse

WORDS = [" la", " capitale", " de", " l'Islande", " est", " Reykjavik", ",", " où", " il", " pleut", ".", "\n"]


def line(text, **more):
    value = {"model": "m", "created_at": "2026-03-02T09:14:07.105312Z", "response": text, "done": False} | more
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


CHUNKS = [chunk(line(word)) for word in WORDS]


async def answer(reader, writer):
    """The requests of one connection."""
    while head := await head_of(reader):
        length = next((int(h.split(b":")[1]) for h in head if h.lower().startswith(b"content-length")), 0)
        body = json.loads(await reader.readexactly(length) or b"{}")
        if b"/api/generate" in head[0]:
            pace, count = map(int, body["prompt"].split())
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n")
            await tokens(writer, pace, count)
            end = line("", done=True, done_reason="stop", eval_count=count, prompt_eval_count=1, eval_duration=1)
            writer.write(chunk(end) + b"0\r\n\r\n")
        else:
            data = json.dumps({"models": [{"name": "m", "model": "m"}]}).encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(data) + data)
        await writer.drain()
    writer.close()


async def tokens(writer, pace, count):
    start = time.monotonic()
    for n in range(count):
        # Each is a packet of its own, as Ollama flushes each.
        writer.write(CHUNKS[n % len(CHUNKS)])
        if pace:
            await asyncio.sleep(max(0, start + (n + 1) / pace - time.monotonic()))
        else:
            await writer.drain()


async def head_of(reader):
    try:
        return (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None


async def serve(port):
    server = await asyncio.start_server(answer, "127.0.0.1", port)
    await server.serve_forever()


def processor_seconds(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def ask(host, port, pace, count):
    """Reads one stream to its end; how many tokens were in it."""
    reader, writer = await asyncio.open_connection(host, port)
    body = json.dumps({"prompt": f"{pace} {count}", "stream": True, "max_tokens": 32768, "model": "m"}).encode()
    writer.write(
        b"POST /api/llm/generate HTTP/1.1\r\nHost: %s:%d\r\nContent-Type: application/json\r\nConnection: close\r\n"
        b"Content-Length: %d\r\n\r\n%s" % (host.encode(), port, len(body), body))
    data = b""
    while piece := await reader.read(1 << 16):
        data += piece
    writer.close()
    if b'"done":true' not in data:
        raise SystemExit(f"error: a stream ended early:\n{data[-300:].decode(errors='replace')}")
    return data.count(b'data: {"delta":')


async def measure(base, pid, clients, pace, seconds):
    place = urllib.parse.urlsplit(base)
    # As fast as they can be had, some ten thousand a second.
    count = pace * seconds if pace else 10_000 * seconds // clients
    before, start = processor_seconds(pid), time.monotonic()
    got = sum(await asyncio.gather(*(ask(place.hostname, place.port, pace, count) for _ in range(clients))))
    used, passed = processor_seconds(pid) - before, time.monotonic() - start
    if got != clients * count:
        raise SystemExit(f"error: {got} tokens came of {clients * count}")
    print(f"{used / got * 1e6:.1f} {got / passed:.0f}")


if sys.argv[1] == "ollama":
    asyncio.run(serve(int(sys.argv[2])))
else:
    asyncio.run(measure(sys.argv[2], *map(int, sys.argv[3:])))
