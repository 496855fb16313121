"""Music, noises and household sounds without speech: words are heard in none of them, and in spoken commands still are."""

import base64
import pathlib
import sys

import harness

sys.path.insert(0, str(harness.ROOT / "Tools/audio"))
import household_sounds  # noqa: E402

COMMANDS = ("Allume la lumière du salon.", "Éteins la lampe.", "Stop.", "Quelle heure est-il ?")
FEW = ("held chord, organ", "chords, brass", "arpeggio", "melody, flute", "birds", "white noise", "fan", "door knocks")


def transcribe(server, wav):
    body = {"audio_data": base64.b64encode(wav).decode(), "encoding": "wav", "language": "fr"}
    status, _, answer = server.request("POST", "/api/stt/transcribe", body, timeout=300)
    if status != 200:
        raise SystemExit(f"error: {status} {answer[:300]!r}")
    return harness.json.loads(answer)


def attack():
    """By the recogniser that comes with the program, and by the real one where it is installed."""
    listen("whisper-nano", ())
    if harness.installed("whisper-base"):
        listen("whisper-base", ("whisper-base",))


def listen(recogniser, models):
    names = FEW if harness.SHORT else tuple(household_sounds.SOUNDS)
    with harness.Server(models=("silero-vad", *models)) as server:
        invented = []
        for seed in (1,) if harness.SHORT else (1, 2):
            for name in names:
                answer = transcribe(server, household_sounds.wav(household_sounds.make(name, seed)))
                if answer["model"] != recogniser:
                    raise SystemExit(f"error: {answer['model']} answered instead of {recogniser}")
                if answer["text"] or answer["segments"]:
                    invented.append(f"{name} ({seed})")
                    print(f"    {name} ({seed}): {answer['text']!r}", flush=True)
        harness.verdict(f"{recogniser}: sounds of {len(names)} in which words are heard", len(invented), "", 0)
        deaf = []
        for text in COMMANDS[:2] if harness.SHORT else COMMANDS:
            status, _, speech = server.request(
                "POST", "/api/tts/synthesize", {"text": text, "voice": "espeak-fr", "format": "wav"},
                headers={"Accept": "audio/wav"}, timeout=120)
            if status != 200:
                raise SystemExit(f"error: {status} {speech[:300]!r}")
            if not transcribe(server, speech)["text"]:
                deaf.append(text)
        harness.verdict(f"{recogniser}: spoken commands that are not heard", len(deaf), "", 0)
