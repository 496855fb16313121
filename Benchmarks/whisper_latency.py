"""whisper_latency.py URL ROUNDS MODEL…: a line "MODEL MEDIAN" a model, the median compute time of 30 s of noise in ms, on standard
output; the spread on standard error. The models take turns, so that other work on the machine slows them alike.

Noise keeps the network from a short cut for silence, temperature 0 from decoding twice, and no voice activity detection from
dropping the noise. The models of Tools/whisper/base_shape.py answer with a word for each token.
"""
import json
import random
import statistics
import struct
import sys
import urllib.request

TOKENS = 100
url, rounds, models = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
rng = random.Random(1)
samples = struct.pack("<480000h", *(rng.randint(-8000, 8000) for _ in range(480000)))
query = "encoding=pcm_s16le&sample_rate=16000&temperature=0&vad=false&language=fr"


def measure(model: str) -> float:
    request = urllib.request.Request(
        f"{url}/api/stt/transcribe?{query}&model={model}", samples, {"Content-Type": "application/octet-stream"})
    with urllib.request.urlopen(request) as response:
        answer = json.load(response)
    tokens = 1 + len(answer["text"].split())  # the first one is the timestamp 0.00, which is no text
    if tokens != TOKENS:
        sys.exit(f"error: {model} decoded {tokens} tokens instead of {TOKENS}. Delete the models, so that they are made again.")
    return answer["timings"]["compute_ms"]


times = {model: [] for model in models}
for turn in range(rounds + 1):
    for model in models:
        time = measure(model)
        if turn > 0:  # the first one loads and warms up
            times[model].append(time)
for model, measured in times.items():
    print(f"  {model}: {rounds} runs, {min(measured)} to {max(measured)} ms", file=sys.stderr)
    print(model, statistics.median(measured))
