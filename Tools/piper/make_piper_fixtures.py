"""Writes Tests/TextToSpeechTests/Fixtures from piper-tts 1.8.0.

Run from the repository root:  python Tools/piper/make_piper_fixtures.py
Needs Tools/requirements.txt. Deterministic: running it again changes nothing.

phonemes.json   for each text: the phonemes and ids of every sentence, with espeak-ng as piper-tts's wheel holds it.
voices/         two generated voices, of one speaker and of two.
audio.json      what piper-tts makes of texts with these voices, both noises 0: length, sum, sum of squares, 200 samples.
"""

import json
import pathlib

import numpy as np
from piper import PiperVoice
from piper.config import SynthesisConfig

import sentences
import voices

FIXTURES = pathlib.Path(__file__).parents[2] / "Tests/TextToSpeechTests/Fixtures"


def phonemes(french: PiperVoice) -> list[dict]:
    rows = []
    for voice, text in sentences.texts():
        french.config.espeak_voice = voice
        spoken = [p for p in french.phonemize(text) if p]
        rows.append({"voice": voice, "text": text, "phonemes": ["".join(p) for p in spoken],
                     "ids": [" ".join(map(str, french.phonemes_to_ids(p))) for p in spoken]})
    french.config.espeak_voice = "fr"
    return rows


CASES = [
    ("tones", "Bonjour, ça va ?", {}),
    ("tones", "Bonjour, ça va ?", {"length_scale": 0.5}),
    ("tones", "Bonjour, ça va ?", {"length_scale": 2.0}),
    ("tones", "Le chat dort sur le canapé. Évidemment, il rêve !", {}),
    ("tones", "Le chat dort. Il rêve.", {"normalize_audio": False}),
    ("tones", "Le chat dort. Il rêve.", {"volume": 0.5}),
    ("tones", "Le chat dort. Il rêve.", {"volume": 2.0}),
    ("tones", "Je suis [[ bɔ̃ʒˈuʁ ]] ici.", {}),
    ("duet", "Hello, world!", {}),
    ("duet", "Hello, world!", {"speaker_id": 1}),
    ("duet", "What time is it? It's half past nine.", {"speaker_id": 1, "length_scale": 1.1 / 1.5}),
    ("duet", "What time is it? It's half past nine.", {"speaker_id": 1, "normalize_audio": False, "volume": 0.7}),
]


def audio(loaded: dict[str, PiperVoice]) -> list[dict]:
    rows = []
    for name, text, options in CASES:
        config = SynthesisConfig(noise_scale=0, noise_w_scale=0, **options)
        chunks = [c.audio_float_array for c in loaded[name].synthesize(text, config)]
        samples = np.concatenate(chunks).astype(np.float64)
        step = max(1, len(samples) // 200)
        rows.append({"voice": name, "text": text, "options": options, "sentences": [len(c) for c in chunks],
                     "count": len(samples), "sum": float(samples.sum()), "squares": float((samples ** 2).sum()),
                     "step": step, "samples": [round(float(s), 6) for s in samples[::step]]})
    return rows


def rows_of_json(rows: list[dict]) -> str:
    return "[\n" + ",\n".join(json.dumps(r, ensure_ascii=False) for r in rows) + "\n]\n"


def main() -> None:
    voices.write(FIXTURES / "voices")
    loaded = {n: PiperVoice.load(FIXTURES / f"voices/{n}.onnx") for n in ("tones", "duet")}
    (FIXTURES / "phonemes.json").write_text(rows_of_json(phonemes(loaded["tones"])), encoding="utf-8")
    (FIXTURES / "audio.json").write_text(rows_of_json(audio(loaded)), encoding="utf-8")


main()
