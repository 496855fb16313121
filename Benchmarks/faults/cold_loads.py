"""A cold model is asked for and given up again and again: others go on, and it is loaded once."""

import base64
import json
import os
import pathlib
import shutil
import socket
import struct
import threading
import time

import harness

SILENCE = base64.b64encode(struct.pack("<1600f", *([0.01] * 1600))).decode()


def copy_model(server, source, name):
    """A model of the same files under another name; nothing of it is in memory."""
    target = server.data / "models" / name
    target.mkdir()
    for file in pathlib.Path(source).iterdir():
        # Not the manifest: it names the model that these files were fetched for.
        if file.name != "manifest.json":
            os.symlink(file.resolve(), target / file.name) if file.is_file() else shutil.copytree(file, target / file.name)


def send(server, path, body):
    raw = server.connect()
    data = json.dumps(body).encode()
    raw.sendall(
        f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(data)}\r\n\r\n".encode() + data)
    return raw


def give_up(server, path, body, after):
    """One that asks and hangs up."""
    raw = send(server, path, body)
    time.sleep(after)
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raw.close()


def bystanders(server, stop, worst, statuses):
    """What others ask for meanwhile, each in turn: the longest each of them took."""
    asked = {
        "espeak": ("/api/tts/synthesize", {"text": "Bonjour.", "voice": "espeak-fr"}),
        "transcription": ("/api/stt/transcribe", {"audio_data": SILENCE, "model": "whisper-nano"}),
        "health": None,
    }

    def ask(name):
        while not stop.is_set():
            what = asked[name]
            seconds, status, *_ = (
                server.timed("POST", *what, timeout=120) if what else server.timed("GET", "/health", timeout=120))
            worst[name] = max(worst.get(name, 0.0), seconds)
            statuses.add(status)
            stop.wait(0.05)

    threads = [threading.Thread(target=ask, args=(name,)) for name in asked]
    for thread in threads:
        thread.start()
    return threads


def attack():
    whisper = harness.ROOT / "Sources/ModelStore/Resources/models/whisper-nano"
    encoder = harness.OWN_DATA / "models/all-MiniLM-L6-v2"
    with harness.Server(env={"JARVIS_LOG_FORMAT": "json"}) as server:
        copy_model(server, whisper, "whisper-cold")
        cold = [("whisper-cold", "/api/stt/transcribe", {"audio_data": SILENCE, "model": "whisper-cold"})]
        if encoder.is_dir():
            for name in ["encoder-cold"] if harness.SHORT else ["encoder-cold", "encoder-colder"]:
                copy_model(server, encoder, name)
                cold.append((name, "/api/embeddings/embed", {"text": "a", "model": name}))
        # Those that are in memory: what the others ask for.
        server.request("POST", "/api/tts/synthesize", {"text": "Bonjour.", "voice": "espeak-fr"}, timeout=120)
        server.request("POST", "/api/stt/transcribe", {"audio_data": SILENCE, "model": "whisper-nano"}, timeout=120)
        stop, worst, statuses = threading.Event(), {}, set()
        others = bystanders(server, stop, worst, statuses)
        times = 5 if harness.SHORT else 20
        for _ in range(times):
            for _, path, body in cold:
                give_up(server, path, body, 0.02)
        # Who stays gets the model.
        answers = []
        for _, path, body in cold:
            answers.append(server.request("POST", path, body, timeout=300)[0])
        # And what is there by now is not loaded again.
        time.sleep(1)
        stop.set()
        for thread in others:
            thread.join()
        log = server.log_path.read_text(errors="replace")
        for name, *_ in cold:
            loads = sum("Loaded a model." in line and f'"{name}"' in line for line in log.splitlines())
            harness.verdict(f"loads of {name} after {times} hang-ups", loads, "", 1, "==")
        harness.verdict("those who stay are answered", all(status == 200 for status in answers), "", True, "==")
        harness.verdict("the others are answered", statuses == {200}, "", True, "==")
        limit = 3.0 if harness.SHORT else 1.0
        harness.verdict("a synthesis by espeak meanwhile, longest", worst["espeak"], "s", limit)
        harness.verdict("a transcription on a loaded model, longest", worst["transcription"], "s", limit)
        harness.verdict("/health meanwhile, longest", worst["health"], "s", limit)
