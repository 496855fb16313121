"""whisper_latency.py URL ROUNDS: the median compute time of 30 s of noise, in ms, on standard output; the spread on standard error.

Noise keeps the network from a short cut for silence, temperature 0 from decoding twice, and no voice activity detection from
dropping the noise.
"""
import json
import random
import statistics
import struct
import sys
import urllib.request

url, rounds = sys.argv[1], int(sys.argv[2])
rng = random.Random(1)
samples = struct.pack("<480000h", *(rng.randint(-8000, 8000) for _ in range(480000)))
query = "encoding=pcm_s16le&sample_rate=16000&temperature=0&vad=false&language=fr"
times = []
for _ in range(rounds + 1):
    request = urllib.request.Request(f"{url}/api/stt/transcribe?{query}", samples, {"Content-Type": "application/octet-stream"})
    with urllib.request.urlopen(request) as answer:
        times.append(json.load(answer)["timings"]["compute_ms"])
times = times[1:]  # the first one warms up
print(f"  {rounds} runs: {min(times)} to {max(times)} ms", file=sys.stderr)
print(statistics.median(times))
