"""Test clips as recipes of integers: the Swift tests make the same samples from the same recipe (ClipRecipe.swift).

Every part ends as int16 / 32768, so that a last-bit difference between two sine functions cannot show. Imported by
references.py; not run by itself.

Kinds of parts: silence; tone (frequency, amplitude); sweep (frequency to frequency2); chord (three harmonics with
decay, a note every quarter second: "music-like"); pulses (a voiced-like train of harmonics); noise (64-bit linear
congruential generator); speech (a recording by espeak-ng beside the fixtures, unsigned 8 bit, 16 kHz).
"""

import subprocess
import tempfile
import wave
from pathlib import Path

import numpy as np

RATE = 16_000

SPEECH = {
    "speech-fr-1": ("fr", "Allume la lumière du salon, s'il te plaît."),
    "speech-fr-2": ("fr", "Quelle heure est-il ?"),
    "speech-en-1": ("en", "Turn on the light in the living room, please."),
    "speech-en-2": ("en", "What is the weather like tomorrow?"),
}


def part(kind, seconds, amplitude=0.0, frequency=0.0, frequency2=0.0, seed=0, name=None):
    fields = {"kind": kind, "samples": round(seconds * RATE)}
    for key, value in [("amplitude", amplitude), ("frequency", frequency), ("frequency2", frequency2), ("seed", seed),
                       ("name", name)]:
        if value:
            fields[key] = value
    return fields


def speech(name):
    return {"kind": "speech", "samples": 0, "name": name}


LONG = [
    part("noise", 3, 0.1, seed=7), speech("speech-fr-1"), part("silence", 2), part("tone", 9, 0.3, 330),
    speech("speech-en-1"), part("chord", 12, 0.4, 196), part("noise", 6, 0.3, seed=8), part("sweep", 14, 0.4, 100, 5000),
    speech("speech-en-2"), part("pulses", 11, 0.5, 140), part("silence", 4), part("chord", 13, 0.3, 262),
    speech("speech-fr-2"), part("noise", 9, 0.05, seed=9),
]

RECIPES = {
    "tone-440": [part("tone", 2, 0.5, 440)],
    "tone-1000-quiet": [part("tone", 3, 0.02, 1000)],
    "tone-3500": [part("tone", 1.5, 0.9, 3500)],
    "tenth-of-a-second": [part("tone", 0.1, 0.5, 600)],
    "tenth-of-noise": [part("noise", 0.1, 0.5, seed=3)],
    "noise-loud": [part("noise", 4, 0.8, seed=1)],
    "noise-quiet": [part("noise", 5, 0.01, seed=2)],
    "sweep-up": [part("sweep", 6, 0.5, 50, 7500)],
    "sweep-down": [part("sweep", 3, 0.7, 7000, 80)],
    "chord-low": [part("chord", 5, 0.5, 110)],
    "chord-high": [part("chord", 8, 0.6, 523)],
    "music": [part("chord", 3, 0.5, 220), part("chord", 3, 0.5, 277), part("chord", 3, 0.5, 330), part("noise", 1, 0.2, seed=4)],
    "pulses-low": [part("pulses", 3, 0.6, 90)],
    "pulses-high": [part("pulses", 2.5, 0.6, 240)],
    "tone-then-noise": [part("tone", 2, 0.4, 250), part("silence", 1), part("noise", 2, 0.3, seed=5)],
    "late-tone": [part("silence", 7), part("tone", 2, 0.6, 880)],
    "exactly-30-seconds": [part("chord", 20, 0.4, 147), part("noise", 10, 0.2, seed=6)],
    "speech-fr-1": [speech("speech-fr-1")],
    "speech-fr-2": [speech("speech-fr-2")],
    "speech-en-1": [speech("speech-en-1")],
    "speech-en-2": [speech("speech-en-2")],
    "speech-both": [speech("speech-fr-1"), part("silence", 0.7), speech("speech-en-2")],
    "speech-in-noise": [part("noise", 1, 0.1, seed=11), speech("speech-en-1"), part("noise", 1, 0.1, seed=12)],
    "long-95-seconds": LONG,
}


def record_speech(directory: Path) -> None:
    """Speaks SPEECH by espeak-ng into 8-bit files; kept in git, as another espeak-ng would speak differently."""
    for name, (voice, text) in SPEECH.items():
        with tempfile.NamedTemporaryFile(suffix=".wav") as file:
            subprocess.run(["espeak-ng", "-v", voice, "-s", "190", "-w", file.name, text], check=True)
            with wave.open(file.name) as reader:
                rate = reader.getframerate()
                samples = np.frombuffer(reader.readframes(reader.getnframes()), dtype="<i2").astype(np.float64)
        from scipy.signal import resample_poly

        samples = resample_poly(samples, RATE, rate)
        (directory / f"{name}.u8").write_bytes(
            np.clip(np.round(samples / 256) + 128, 0, 255).astype(np.uint8).tobytes())


def noise(count: int, seed: int) -> np.ndarray:
    values, state = np.empty(count), seed
    for index in range(count):
        state = (state * 6364136223846793005 + 1442695040888963407) % (1 << 64)
        values[index] = (state >> 48) / 32768 - 1
    return values


def render(recipe, directory: Path) -> np.ndarray:
    """Float32 samples of a recipe."""
    parts = []
    for each in recipe:
        count, amplitude = each["samples"], each.get("amplitude", 0.0)
        frequency = each.get("frequency", 0.0)
        t = np.arange(count) / RATE
        match each["kind"]:
            case "silence":
                signal = np.zeros(count)
            case "tone":
                signal = amplitude * np.sin(2 * np.pi * frequency * t)
            case "sweep":
                rise = (each["frequency2"] - frequency) / (count / RATE)
                signal = amplitude * np.sin(2 * np.pi * (frequency * t + rise * t * t / 2))
            case "chord":
                inside = t % 0.25
                note = frequency * (1 + (np.floor(t / 0.25) % 4) / 4)
                signal = sum(np.sin(2 * np.pi * note * k * inside) / k for k in (1, 2, 3))
                signal = amplitude * signal * np.exp(-6 * inside) / 2
            case "pulses":
                signal = amplitude * sum(np.sin(2 * np.pi * frequency * k * t) / k for k in range(1, 13)) / 3
            case "noise":
                signal = amplitude * noise(count, each["seed"])
            case "speech":
                raw = np.frombuffer((directory / f"{each['name']}.u8").read_bytes(), dtype=np.uint8)
                signal = (raw.astype(np.float64) - 128) / 128
        parts.append(np.clip(np.floor(signal * 32767 + 0.5), -32768, 32767))
    return (np.concatenate(parts) / 32768).astype(np.float32)
