"""Texts that end espeak-ng end a process of it and not the server; it is small, keyless, and ends with the server in whatever way."""

import os
import pathlib
import signal
import time

import harness
import texts

NORMAL = {"text": "Bonjour, comment allez-vous ?", "voice": "espeak-fr", "format": "pcm_s16le"}


def attack():
    with harness.Server(env={"JARVIS_LOG_LEVEL": "warning"}) as server:
        server.request("POST", "/api/tts/synthesize", NORMAL)
        failures = 0
        slowest = 0.0
        for text in texts.KILLERS * (2 if harness.SHORT else 25):
            status = server.request("POST", "/api/tts/synthesize", {"text": text, "voice": "espeak-fr"})[0]
            seconds, after, *_ = server.timed("POST", "/api/tts/synthesize", NORMAL)
            slowest = max(slowest, seconds)
            failures += status not in (200, 500) or after != 200
        harness.verdict("answers other than 200 or 500, or a next text unspoken", failures, "texts", 0, "==")
        harness.verdict("slowest text after one that failed", slowest, "s", 3.0 if harness.SHORT else 0.5)
        harness.verdict("the server lives", int(server.alive()), "", 1, "==")
        workers = children(server.pid)
        harness.verdict("processes of jarvis-espeak", len(workers), "", 3)
        harness.verdict("memory of the largest", max(map(memory, workers), default=0.0), "MiB", 64)
        names = {line.split("=")[0] for pid in workers for line in environment(pid)}
        ours = {"HOME", "ESPEAK_DATA_PATH", "LD_LIBRARY_PATH", "PULSE_SERVER", "SWIFT_BACKTRACE"}
        harness.verdict("variables that they should not see", len(names - ours), "", 0, "==")
        os.kill(server.pid, signal.SIGKILL)
        server.process.wait()
        time.sleep(1)
        left = [pid for pid in workers if pathlib.Path(f"/proc/{pid}/cmdline").exists() and b"espeak" in command(pid)]
        harness.verdict("of them left a second after kill -9 of the server", len(left), "", 0, "==")


def children(pid):
    found = []
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except (OSError, IndexError):
            continue
        if parent == pid and b"jarvis-espeak" in command(entry.name):
            found.append(int(entry.name))
    return found


def command(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def environment(pid):
    return pathlib.Path(f"/proc/{pid}/environ").read_text().split("\0")[:-1]


def memory(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0
