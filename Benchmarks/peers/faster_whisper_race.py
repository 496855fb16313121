"""faster_whisper_race.py URL WEIGHTS ROUNDS WAV…: for each English recording a line "NAME TIMES": how many times faster the server
at URL transcribes it, over HTTP, than faster-whisper in this process; medians of ROUNDS turns after one to warm up. What each took
and heard goes to standard error.

Both search greedily, are told the language, and skip silence; faster-whisper computes in 8 bits on two threads.
"""
import json
import os
import pathlib
import statistics
import sys
import time
import urllib.request

from faster_whisper import BatchedInferencePipeline, WhisperModel

url, weights, rounds, files = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4:]
peer = WhisperModel(weights, device="cpu", compute_type="int8", cpu_threads=os.cpu_count() or 2)
batched = BatchedInferencePipeline(peer)
options = {"beam_size": 1, "language": "en", "vad_filter": True}


def ours(file: str) -> str:
    request = urllib.request.Request(
        f"{url}/api/stt/transcribe?language=en", pathlib.Path(file).read_bytes(), {"Content-Type": "audio/wav"})
    with urllib.request.urlopen(request) as response:
        return json.load(response)["text"]


ways = {
    "ours": ours,
    "faster-whisper": lambda file: "".join(segment.text for segment in peer.transcribe(file, **options)[0]),
    "faster-whisper in batches": lambda file: "".join(
        segment.text for segment in batched.transcribe(file, batch_size=8, **options)[0]),
}
for file in files:
    taken = {way: [] for way in ways}
    heard = {}
    for turn in range(rounds + 1):
        for way, transcribe in ways.items():
            start = time.perf_counter()
            heard[way] = transcribe(file)
            if turn:
                taken[way].append(time.perf_counter() - start)
    for way, times in taken.items():
        print(f"  {pathlib.Path(file).stem}, {way}: {statistics.median(times):.3f} s ({min(times):.3f} to {max(times):.3f}): "
              f"{heard[way].strip()[:60]}", file=sys.stderr)
    print(pathlib.Path(file).stem, round(statistics.median(taken["faster-whisper"]) / statistics.median(taken["ours"]), 2))
