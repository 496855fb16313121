"""Ten times the load that a bridge can carry: overload_bench.sh starts the server and reads the line that this prints.

Usage: overload.py BASE PID BRIDGE PLACES QUEUE SECONDS ROUNDS CLIP

First it finds out with how many clients that wait for each answer the bridge gives most good answers a second. Then, in turns, because a
machine is not always as fast: its peak with so many clients, and requests at ten times that rate, whether or not earlier ones were answered.
PID is the server's process, CLIP a file of signed 16-bit samples at 16 kHz. Prints, by spaces: the peak (1/s); the goodput under load beside
the peak before it, of the whole machine; the same of what the load leaves of it, in the middle, at least and at most; median and 99th
percentile of the accepted (s) in the first and in the last round; median and 99th percentile of the refused (ms), and how many there were;
the memory before, and at most in the first and in the last round (MiB); and the shares of the machine's cores that this program and the
server had. What varies by round and isn't named otherwise is the median.
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


class Round:
    """Requests at ten times a peak that has just been measured."""

    async def run(self, client, pid, clients, seconds):
        self.peak = await peak(client, clients, max(5, seconds / 2))
        seen = []
        watching = asyncio.ensure_future(watch(pid, seen))
        own, theirs, start = time.process_time(), processor_seconds(pid), time.perf_counter()
        answers = await flood(client, FACTOR * self.peak, SETTLE + seconds)
        cores = os.cpu_count() * (time.perf_counter() - start)
        self.own, self.theirs = (time.process_time() - own) / cores, (processor_seconds(pid) - theirs) / cores
        watching.cancel()
        odd = {status for _, _, status in answers} - {200, 503}
        if odd:
            raise SystemExit(f"error: {client.requests.bridge} answered with {sorted(odd)} too; 0 is a connection that was lost.")
        settled, end = start + SETTLE, start + SETTLE + seconds
        good = [(begin, took) for begin, took, status in answers if status == 200]
        self.accepted = [took for begin, took in good if begin >= settled]
        self.refused = [took * 1000 for begin, took, status in answers if status == 503 and begin >= settled]
        self.share = sum(settled <= begin + took <= end for begin, took in good) / seconds / self.peak
        self.memory = max(size for _, size in seen)
        return self

    @property
    def fair_share(self):
        return self.share / (1 - self.own)


async def main(base, pid, bridge, places, queue, seconds, rounds, clip):
    client = Client(base, Requests(bridge, urllib.parse.urlsplit(base).netloc, clip))
    await peak(client, 1, 1)
    peaks = {clients: await peak(client, clients, max(5, seconds / 2)) for clients in (places, 2 * places, places + queue // 2)}
    before, clients = memory(pid), max(peaks, key=peaks.get)
    done = [await Round().run(client, pid, clients, seconds) for _ in range(rounds)]
    middle = lambda figure: statistics.median(figure(round) for round in done)
    fair = [round.fair_share for round in done]
    refused = [took for round in done for took in round.refused]
    figures = [middle(lambda round: round.peak), middle(lambda round: round.share), statistics.median(fair), min(fair), max(fair)]
    for round in (done[0], done[-1]):
        figures += [statistics.median(round.accepted), percentile(round.accepted, 0.99)]
    figures += [statistics.median(refused), percentile(refused, 0.99), len(refused), before, done[0].memory, done[-1].memory]
    figures += [middle(lambda round: round.own), middle(lambda round: round.theirs)]
    print(*(f"{figure:.4g}" if figure < 10000 else f"{figure:.0f}" for figure in figures))


base, pid, bridge, places, queue, seconds, rounds, clip = sys.argv[1:]
asyncio.run(main(base, int(pid), bridge, int(places), int(queue), float(seconds), int(rounds), clip))
