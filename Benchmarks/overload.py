"""Ten times the load that a bridge can carry: overload_bench.sh starts the server and reads the line that this prints.

Usage: overload.py BASE PID BRIDGE PLACES QUEUE SECONDS CLIP

First the peak: clients that wait for each answer, as many as run at once and twice as many, find out how many good answers a second the
bridge gives. Then requests come at ten times that rate, whether or not earlier ones were answered. PID is the server's process, CLIP a
file of signed 16-bit samples at 16 kHz. Prints, by spaces: the peak (1/s), the goodput under load (1/s), median and 99th percentile of
the accepted (s) in the first and in the second half, median and 99th percentile of the refused (ms), how many were refused, the
memory before and at most in each half (MiB), and the shares of the machine's cores that this program and the server had.
"""

import asyncio
import base64
import json
import os
import random
import statistics
import sys
import time
import urllib.parse

FACTOR = 10
# What waits in the server's queue when the load begins is no part of the steady state.
SETTLE = 2


class Requests:
    """The bodies of one bridge, all of the same size. Hardly two have the same words: what is asked for twice would come from a cache."""

    WORDS = "lampe salon cuisine volet porte chauffage musique réveil jardin garage minute degré soir matin".split()
    ROOMS = "kitchen hall garden bedroom garage bathroom cellar office".split()
    PATHS = {"llm": "/api/llm/generate", "stt": "/api/stt/transcribe", "tts": "/api/tts/synthesize", "embeddings": "/api/embeddings/embed",
             "passages": "/api/embeddings/embed"}

    def __init__(self, bridge, host, clip):
        self.bridge, self.host = bridge, host
        with open(clip, "rb") as file:
            self.sound = base64.b64encode(file.read()).decode()

    def next(self):
        # A sentence, or a paragraph as indexes are made of.
        words = " ".join(random.choices(self.WORDS, k=100 if self.bridge == "passages" else 7))
        fields = {
            # Tells the fake Ollama of token_cost.py what to answer: twenty tokens, a hundred a second.
            "llm": lambda: {"prompt": "100 20", "model": "m"},
            "stt": lambda: {"audio_data": self.sound, "encoding": "pcm_s16le", "language": "en"},
            # Of a neural voice, where there is one: on a machine without a hub only English has one.
            "tts": lambda: {"text": f"Turn on the light in the {random.choice(self.ROOMS)}, please.", "language": "en"},
            "embeddings": lambda: {"text": words},
            "passages": lambda: {"text": words, "input_type": "passage"},
        }[self.bridge]()
        body = json.dumps(fields).encode()
        return (f"POST {self.PATHS[self.bridge]} HTTP/1.1\r\nHost: {self.host}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\n\r\n").encode() + body


class Connection(asyncio.Protocol):
    """One request after another; streams of asyncio would cost this program twice the time."""

    def __init__(self):
        self.data, self.answer, self.is_open = b"", None, True

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.data += data
        end = self.data.find(b"\r\n\r\n")
        if end < 0 or self.answer is None or self.answer.done():
            return
        head = self.data[:end].lower()
        length = head.find(b"content-length:")
        if length < 0:
            return self.answer.set_exception(RuntimeError(f"no length: {head.decode()}"))
        if len(self.data) - end - 4 >= int(head[length + 15:].split(b"\r\n", 1)[0]):
            self.data = b""
            self.is_open = b"connection: close" not in head
            self.answer.set_result((int(head[9:12]), time.perf_counter()))

    def connection_lost(self, error):
        self.is_open = False
        if self.answer and not self.answer.done():
            self.answer.set_result((0, time.perf_counter()))

    async def ask(self, request):
        self.answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self.answer


class Client:
    def __init__(self, base, requests):
        self.place, self.requests, self.idle = urllib.parse.urlsplit(base), requests, []

    async def ask(self):
        """(when it began, its seconds, its status); 0 where the connection was lost."""
        request = self.requests.next()
        start = time.perf_counter()
        while self.idle:
            connection = self.idle.pop()
            if connection.is_open:
                break
        else:
            _, connection = await asyncio.get_running_loop().create_connection(Connection, self.place.hostname, self.place.port)
        status, end = await connection.ask(request)
        if connection.is_open:
            self.idle.append(connection)
        else:
            connection.transport.close()
        return start, end - start, status


async def peak(client, clients, seconds):
    """Good answers a second for so many clients that wait for theirs."""
    good, end = 0, time.perf_counter() + seconds

    async def work():
        nonlocal good
        while time.perf_counter() < end:
            _, _, status = await client.ask()
            good += status == 200 and time.perf_counter() <= end

    await asyncio.gather(*(work() for _ in range(clients)))
    return good / seconds


async def flood(client, rate, seconds):
    """Asks RATE times a second, by chance, for that long, and waits for the answers."""
    asked, next_one, end = [], time.perf_counter(), time.perf_counter() + seconds
    while next_one < end:
        await asyncio.sleep(max(0, next_one - time.perf_counter()))
        # Whoever is late asks at once for all that is due: the rate is kept.
        while next_one <= time.perf_counter():
            asked.append(asyncio.ensure_future(client.ask()))
            next_one += random.expovariate(rate)
    return await asyncio.gather(*asked)


def processor_seconds(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid):
    with open(f"/proc/{pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1048576


async def watch(pid, seen):
    while True:
        seen.append((time.perf_counter(), memory(pid)))
        await asyncio.sleep(0.1)


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else float("nan")


async def main(base, pid, bridge, places, queue, seconds, clip):
    client = Client(base, Requests(bridge, urllib.parse.urlsplit(base).netloc, clip))
    await peak(client, 1, 1)
    best = max([await peak(client, clients, max(5, seconds / 2)) for clients in (places, 2 * places, places + queue // 2)])
    before, seen = memory(pid), []
    watching = asyncio.ensure_future(watch(pid, seen))
    own, theirs, start = time.process_time(), processor_seconds(pid), time.perf_counter()
    answers = await flood(client, FACTOR * best, SETTLE + seconds)
    end = start + SETTLE + seconds
    passed = time.perf_counter() - start
    own, theirs = time.process_time() - own, processor_seconds(pid) - theirs
    watching.cancel()
    odd = {status for _, _, status in answers} - {200, 503}
    if odd:
        raise SystemExit(f"error: {bridge} answered with {sorted(odd)} too; 0 is a connection that was lost.")
    good = [(begin, took) for begin, took, status in answers if status == 200]
    refused = [took * 1000 for begin, took, status in answers if status == 503 and begin >= start + SETTLE]
    goodput = sum(start + SETTLE <= begin + took <= end for begin, took in good) / seconds
    middle = start + SETTLE + seconds / 2
    halves = [[took for begin, took in good if begin >= start + SETTLE and (begin >= middle) == late] for late in (False, True)]
    cores = os.cpu_count() * passed
    figures = [best, goodput]
    for half in halves:
        figures += [statistics.median(half), percentile(half, 0.99)]
    figures += [statistics.median(refused), percentile(refused, 0.99), len(refused), before]
    figures += [max(size for when, size in seen if (when >= middle) == late) for late in (False, True)]
    figures += [own / cores, theirs / cores]
    print(*(f"{figure:.4g}" if figure < 10000 else f"{figure:.0f}" for figure in figures))


base, pid, bridge, places, queue, seconds, clip = sys.argv[1:]
asyncio.run(main(base, int(pid), bridge, int(places), int(queue), float(seconds), clip))
