"""Makes the fixtures of the log-mel front end and of voice activity detection.

Needs Tools/requirements.txt, espeak-ng, flite and sox. Run from the repository root:

    python Tools/audio/make_speech_front_end_fixtures.py

Reference values come from transformers' WhisperFeatureExtractor and from silero_vad.get_speech_timestamps.
Signals with a formula are not stored: Tests/SpeechToTextTests/Features/TestSignals.swift computes the same ones.
"""

import json
import random
import subprocess
import tempfile
import warnings
from pathlib import Path

import numpy as np
import scipy.io.wavfile
import torch
from silero_vad import get_speech_timestamps
from silero_vad import utils_vad
from transformers import WhisperFeatureExtractor

warnings.filterwarnings("ignore")
FIXTURES = Path("Tests/SpeechToTextTests/Fixtures")
RATE = 16_000


# Signals


def lcg(count, seed=1):
    """Numerical Recipes' 32-bit generator: the same integers in Python and in Swift."""
    values, state = np.empty(count, dtype=np.uint32), seed
    for index in range(count):
        state = (1664525 * state + 1013904223) % 2**32
        values[index] = state
    return values


def noise(count, amplitude, seed=1):
    return (lcg(count, seed) / 2**31 - 1) * amplitude


def seconds(length):
    return np.arange(int(length * RATE)) / RATE


def harmonics(length):
    t = seconds(length)
    tones = sum(np.sin(2 * np.pi * 150 * k * t) / k for k in range(1, 21))
    return 0.2 * tones * (0.5 + 0.5 * np.sin(2 * np.pi * 3 * t))


def signals(speech):
    t = seconds(2)
    return {
        "tone": 0.5 * np.sin(2 * np.pi * 440 * seconds(1)),
        "sweep": 0.8 * np.sin(2 * np.pi * (100 * t + 0.5 * 3450 * t * t)),
        "noise": noise(480_000, 0.25),
        "quiet": noise(80_000, 0.001) + 0.01 * np.sin(2 * np.pi * 1000 * seconds(5)),
        "harmonics": harmonics(7.3),
        "square": np.where(np.sin(2 * np.pi * 310 * seconds(0.1)) >= 0, 1.0, -1.0),
        "speech": speech,
        "noisySpeech": speech + noise(len(speech), 0.02, seed=7),
    }


def make_speech():
    """9 s of household commands by free synthesisers, with pauses; 16-bit, so that the file is what was measured."""
    lines = [
        (0.7, ["flite", "-voice", "slt", "-t", "Turn off the kitchen light.", "-o"]),
        (1.2, ["espeak-ng", "-v", "fr", "-s", "150", "Allume la lumière du salon, s'il te plaît.", "-w"]),
        (0.25, ["flite", "-voice", "rms", "-t", "Set a timer for ten minutes.", "-o"]),
    ]
    parts = []
    with tempfile.TemporaryDirectory() as folder:
        for pause, command in lines:
            subprocess.run(command + [f"{folder}/raw.wav"], check=True)
            subprocess.run(
                ["sox", "-R", f"{folder}/raw.wav", "-r", str(RATE), "-c", "1", "-b", "16", f"{folder}/16k.wav"], check=True)
            parts += [np.zeros(int(pause * RATE), np.int16), scipy.io.wavfile.read(f"{folder}/16k.wav")[1]]
    parts.append(np.zeros(int(0.8 * RATE), np.int16))
    samples = np.concatenate(parts)
    scipy.io.wavfile.write(FIXTURES / "VoiceActivity/household.wav", RATE, samples)
    return samples / 32768


# Log-mel


def make_mel(clips):
    generator = random.Random(5)
    cases = []
    for bins in (80, 128):
        extractor = WhisperFeatureExtractor(feature_size=bins)
        for name, samples in clips.items():
            samples = samples.astype(np.float32)
            features = extractor(samples, sampling_rate=RATE, return_tensors="np")["input_features"][0]
            assert features.shape == (bins, 3000)
            frames = min(3000, len(samples) // 160 + 3)
            points = [(generator.randrange(bins), generator.randrange(frames)) for _ in range(60)]
            points += [(0, 0), (bins - 1, 0), (0, frames - 1), (bins - 1, 2999), (bins // 2, 2999)]
            cases.append({
                "signal": name, "bins": bins, "mean": float(features.astype(np.float64).mean()),
                "min": float(features.min()), "max": float(features.max()),
                "points": [[row, frame, round(float(features[row, frame]), 6)] for row, frame in points],
            })
    write("Features/mel.json", cases)


# Voice activity


def make_timestamps(clips):
    path = Path(utils_vad.__file__).parent / "data/silero_vad.onnx"
    model = utils_vad.OnnxWrapper(str(path), force_onnx_cpu=True)
    options = [
        {},
        {"threshold": 0.3, "min_silence_duration_ms": 300, "speech_pad_ms": 200},
        {"min_speech_duration_ms": 90, "min_silence_duration_ms": 2000, "speech_pad_ms": 400},
        {"max_speech_duration_s": 1.5},
    ]
    cases = []
    for name in ("speech", "noisySpeech", "noise", "tone", "quiet", "harmonics"):
        for chosen in options:
            found = get_speech_timestamps(torch.tensor(clips[name], dtype=torch.float32), model, **chosen)
            cases.append({"signal": name, "options": chosen, "speech": [[s["start"], s["end"]] for s in found]})
    write("VoiceActivity/timestamps.json", cases)


def probabilities(seed, count):
    """Held steps with jitter: long and short speech, long and short gaps. The same integers as in Swift."""
    numbers = iter(lcg(3 * count, seed) >> 8)
    values = []
    while len(values) < count:
        level, hold = int(next(numbers)) % 100, int(next(numbers)) % 24 + 1
        for _ in range(hold):
            values.append(min(100, max(0, level + int(next(numbers)) % 31 - 15)) / 100)
    return values[:count]


def make_segmentation():
    cases = []
    for seed in range(1, 81):
        chosen = {
            "min_speech_duration_ms": [0, 90, 250, 1000][seed % 4],
            "min_silence_duration_ms": [0, 100, 500, 2000][seed // 4 % 4],
            "speech_pad_ms": [0, 30, 200, 400][seed // 16 % 4],
        }
        if seed % 3 == 0:
            chosen["max_speech_duration_s"] = [2, 5][seed % 2]
        if seed % 5 == 0:
            chosen["neg_threshold"] = 0.2
        length = 300 * 512 - (seed * 37 % 512)
        found = utils_vad.get_speech_timestamps_from_probs(
            probabilities(seed, 300), audio_length_samples=length, **chosen)
        cases.append({
            "seed": seed, "samples": length, "options": chosen, "speech": [[s["start"], s["end"]] for s in found]})
    write("VoiceActivity/segmentation.json", cases)


def write(name, cases):
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    (FIXTURES / name).write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    for folder in ("Features", "VoiceActivity"):
        (FIXTURES / folder).mkdir(parents=True, exist_ok=True)
    clips = signals(make_speech())
    make_mel(clips)
    make_timestamps(clips)
    make_segmentation()
