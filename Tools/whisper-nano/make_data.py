"""Speaks sentences of the grammar with espeak-ng and flite, and stores them for training and evaluation.

    python make_data.py OUT --train 40000 --test 400     # about 5 minutes on two cores

OUT/{train,seen,unseen}.npz: `samples` int16 16 kHz of all clips end to end, `offsets`, and OUT/*.json with text, language and voice.
`seen`: held-out sentences, trained voices. `unseen`: held-out sentences, voices that training never hears.
"""
import argparse
import json
import os
import random
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from scipy.io import wavfile
from scipy.signal import resample_poly

import grammar

FR_BASE = ["fr", "fr-be", "fr-ch"]
EN_BASE = ["en-us", "en", "en-gb-x-rp"]
SEEN = ["", "+m1", "+m2", "+m3", "+m4", "+m6", "+m7", "+f1", "+f2", "+f3", "+f5", "+Annie", "+Denis", "+Lee", "+Michael", "+steph"]
UNSEEN = ["+m5", "+f4", "+Andy", "+belinda"]
FLITE_SEEN = ["kal16", "rms", "awb"]
FLITE_UNSEEN = ["slt"]


def voice(rng, language, unseen):
    """A way to speak: engine, voice, words per minute, pitch, and how many words are pulled apart."""
    if language == "en" and rng.random() < 0.25:
        return dict(engine="flite", name=rng.choice(FLITE_UNSEEN if unseen else FLITE_SEEN), speed=rng.uniform(0.85, 1.25))
    base = rng.choice(FR_BASE if language == "fr" else EN_BASE)
    return dict(engine="espeak-ng", name=base + rng.choice(UNSEEN if unseen else SEEN), speed=rng.randint(125, 205), pitch=rng.randint(25, 75))


def speak(text, v):
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        path = f"{folder}/a.wav"
        if v["engine"] == "flite":
            command = ["flite", "-voice", v["name"], "--setf", f"duration_stretch={1 / v['speed']:.3f}", "-t", text, "-o", path]
        else:
            command = ["espeak-ng", "-v", v["name"], "-s", str(v["speed"]), "-p", str(v["pitch"]), "-w", path, text]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        rate, samples = wavfile.read(path)
    samples = samples.astype(np.float32) / 32768
    if rate != 16000:
        samples = resample_poly(samples, 16000, rate) if rate == 8000 else resample_poly(samples, 320, rate // 50)
    loud = np.flatnonzero(np.abs(samples) > 0.01)
    if len(loud) < 800:
        return None
    samples = samples[max(0, loud[0] - 160): loud[-1] + 480]
    samples = samples / max(1e-3, np.abs(samples).max()) * 0.9
    return (samples * 32767).astype(np.int16)


def build(path, count, unseen, held_out, seed):
    rng = random.Random(seed)
    jobs, drawn = [], set()
    while len(jobs) < count:
        language = rng.choice(["fr", "en"])
        text = grammar.sentence(rng, language)
        # Each held-out sentence once: short ones come up so often that they would make up most of the test.
        if grammar.is_held_out(text) == held_out and not (held_out and text in drawn):
            drawn.add(text)
            jobs.append((text, language, voice(rng, language, unseen)))
    with ThreadPoolExecutor(2) as pool:
        clips = list(pool.map(lambda job: speak(job[0], job[2]), jobs))
    kept = [(clip, job) for clip, job in zip(clips, jobs) if clip is not None]
    offsets = np.cumsum([0] + [len(clip) for clip, _ in kept])
    np.savez(path + ".npz", samples=np.concatenate([clip for clip, _ in kept]), offsets=offsets)
    with open(path + ".json", "w") as file:
        json.dump([dict(text=text, language=language, voice=v) for _, (text, language, v) in kept], file, ensure_ascii=False)
    print(path, len(kept), "clips,", round(offsets[-1] / 16000 / 60), "minutes", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("--train", type=int, default=40000)
    parser.add_argument("--test", type=int, default=400)
    arguments = parser.parse_args()
    os.makedirs(arguments.out, exist_ok=True)
    build(f"{arguments.out}/seen", arguments.test, False, True, 11)
    build(f"{arguments.out}/unseen", arguments.test, True, True, 12)
    build(f"{arguments.out}/train", arguments.train, False, False, 13)
