"""Recordings of ten minutes come first: a voice command goes before them, and their queue refuses no one else."""

import pathlib
import shutil
import subprocess
import tempfile
import threading
import time

import harness


def make(folder, name, source, *options):
    """Sound of FFmpeg's own making."""
    path = pathlib.Path(folder) / name
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", source, *options, str(path)], check=True, timeout=120)
    return path.read_bytes()


def transcribe(server, body, kind, query="vad=false&language=fr", timeout=600):
    return server.timed(
        "POST", f"/api/stt/transcribe?{query}", body, {"Content-Type": kind}, timeout=timeout)


def attack():
    if not shutil.which("ffmpeg"):
        print("  (left out: FFmpeg is not installed)")
        return
    queue = 4 if harness.SHORT else 64
    minutes = 3 if harness.SHORT else 10
    with tempfile.TemporaryDirectory() as folder:
        # Without a header that tells the length, as streams that were saved have it.
        sound = "aevalsrc=0.2*sin(440*2*PI*t)*gt(sin(2*PI*t)\\,0):s=16000:d="
        recording = make(folder, "long.mp3", f"{sound}{60 * minutes}", "-b:a", "32k", "-write_xing", "0")
        commands = {
            "WAV": (make(folder, "short.wav", f"{sound}2"), "audio/wav"),
            "MP3": (make(folder, "short.mp3", f"{sound}2", "-b:a", "32k", "-write_xing", "0"), "audio/mpeg"),
        }
    # Those who still wait at the end get no grace.
    with harness.Server(env={"JARVIS_ADMISSION_QUEUE": str(queue), "JARVIS_TIMEOUTS_SHUTDOWN": "0"}) as server:
        for body, kind in commands.values():
            transcribe(server, body, kind)
        alone = {name: transcribe(server, *command)[0] for name, command in commands.items()}

        answers, lock = [], threading.Lock()

        def recordings(count):
            def one():
                try:
                    answer = transcribe(server, recording, "audio/mpeg")
                except OSError:
                    return  # The server was stopped.
                with lock:
                    answers.append(answer)

            threads = [threading.Thread(target=one, daemon=True) for _ in range(count)]
            for thread in threads:
                thread.start()

        # On a busy machine, a command alone takes long too.
        limit = {name: max(6.0 if harness.SHORT else 2.0, 3 * seconds) for name, seconds in alone.items()}
        recordings(6)
        time.sleep(2)
        for name, command in commands.items():
            seconds, status, *_ = transcribe(server, *command)
            print(f"    {name} command alone: {alone[name]:.3f} s", flush=True)
            harness.verdict(f"{name} command behind six recordings", seconds, "s", limit[name])
            harness.verdict(f"{name} command behind six recordings: status", status, "", 200, "==")
        # More than may wait: two run, the queue is full, the rest is refused.
        recordings(queue + 8 - 6)
        end = time.monotonic() + 60
        while not any(answer[1] == 503 for answer in answers) and time.monotonic() < end:
            time.sleep(0.1)
        for name, command in commands.items():
            seconds, status, *_ = transcribe(server, *command)
            harness.verdict(f"{name} command behind {queue + 8} recordings", seconds, "s", limit[name])
            harness.verdict(f"{name} command behind {queue + 8} recordings: status", status, "", 200, "==")
        refused = [answer[2].get("retry-after") for answer in answers if answer[1] == 503]
        harness.verdict("recordings beyond the queue that were refused", len(refused), "", 1, ">=")
        print(f"    told to come back after {sorted(set(refused), key=int)} s", flush=True)
