"""Long stretches without a mark are spoken whole, as they are written: forty numbers, emoji or syllables last twice as long as twenty."""

import json

import harness

SHAPES = ["987654321\n", "😀", "a-", "好", "bonjour ", "9", "BCDF", "€ ", "+ ", "&", "w", "ŵ"]


def attack():
    with harness.Server() as server:
        def length(text):
            answer = server.request("POST", "/api/tts/synthesize", {
                "text": text, "voice": "espeak-fr", "speed": 2, "format": "pcm_s16le", "normalize": False})
            return json.loads(answer[2])["duration_ms"] / 1000 if answer[0] == 200 else 0.0

        for shape in SHAPES:
            few, many = (20, 40) if harness.SHORT else (40, 200)
            short, long = length(shape * few), length(shape * many)
            # Less by a fifth at most: how a long number is grouped changes its pace.
            harness.verdict(f"{shape!r} × {many} against × {few}", long / max(short, 0.01), "times", 0.8 * many / few, ">=")
