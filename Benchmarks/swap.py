"""Default models changed again and again while others work: swap_bench.sh starts the server and reads the line that this prints.

Usage: swap.py BASE PID SWAPS CLIP SERVICE=MODEL,MODEL…

CLIP is a file of signed 16-bit samples at 16 kHz. Prints, by spaces: swaps that failed, requests that were answered, those that failed,
the median and the longest time of a swap (s), the memory after the first tenth and at the end (MiB), each with the same models.
"""

import base64
import json
import os
import statistics
import sys
import threading
import time
import urllib.error
import urllib.request

base, pid, swaps, clip, *models = sys.argv[1:]
swaps = int(swaps)
models = [(service, names.split(",")) for service, names in (model.split("=") for model in models)]
with open(clip, "rb") as file:
    sound = base64.b64encode(file.read()).decode()
is_over = threading.Event()
answered, failed = [], []


def ask(method, path, fields):
    """The status, and what went wrong."""
    request = urllib.request.Request(
        base + path, json.dumps(fields).encode(), {"Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=300) as answer:
            return answer.status, answer.read()[:0]
    except urllib.error.HTTPError as error:
        return error.code, error.read()[:300]
    except OSError as error:
        return 0, str(error).encode()


def work(path, fields):
    while not is_over.is_set():
        status, words = ask("POST", path, fields)
        answered.append(status)
        if status != 200:
            failed.append((path, status, words))


def memory():
    with open(f"/proc/{pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1048576


workers = [
    threading.Thread(target=work, args=arguments) for arguments in [
        ("/api/stt/transcribe", {"audio_data": sound, "encoding": "pcm_s16le", "language": "en"}),
        ("/api/tts/synthesize", {"text": "Turn on the light in the living room, please."}),
    ]
]
for worker in workers:
    worker.start()
times, broken, early = [], 0, None
for number in range(swaps):
    service, names = models[number % len(models)]
    start = time.monotonic()
    status, words = ask("PUT", "/api/models/defaults", {service: names[number // len(models) % len(names)]})
    times.append(time.monotonic() - start)
    if status != 200:
        broken += 1
        print(f"swap {number}: {status} {words.decode(errors='replace')}", file=sys.stderr)
    # Always with the same models: a round is over.
    round_of = len(models) * len(models[0][1])
    if early is None and number + 1 >= swaps // 10 and (number + 1) % round_of == 0:
        time.sleep(2)
        early = memory()
    if sys.stderr.isatty():
        print(f"\r{number + 1} of {swaps} swaps ", end="", file=sys.stderr)
is_over.set()
for worker in workers:
    worker.join()
time.sleep(2)
for path, status, words in failed[:3]:
    print(f"{path}: {status} {words.decode(errors='replace')}", file=sys.stderr)
print(broken, len(answered), len(failed), *(f"{value:.4g}" for value in [
    statistics.median(times), max(times), early or memory(), memory()]))
