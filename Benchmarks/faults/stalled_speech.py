"""Readers that ask for speech and stop reading: memory stays bounded, others get 503 or their answer, and each is left in time."""

import contextlib
import time

import harness

TEXT = "Il était une fois une maison au bord de la mer, où tout le monde parlait. "


def stall(server, seconds):
    """A connection that has asked for about SECONDS of speech, and read 1 KiB of it at most."""
    raw = server.connect(timeout=60, receive_buffer=4096)
    body = harness.json.dumps({"text": (TEXT * 1000)[: int(seconds * 15)], "voice": "espeak-fr", "format": "pcm_f32le"})
    raw.sendall(
        f"POST /api/tts/synthesize HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body.encode())}\r\n\r\n{body}".encode())
    return raw


def attack():
    readers, seconds = (6, 300) if harness.SHORT else (200, 900)
    patience = 5 if harness.SHORT else 60
    options = ("--set", "preload=false", "--set", "limits.answers_total=33554432" if harness.SHORT else "preload=false",
               "--set", f"timeouts.reader={patience}")
    with harness.Server(*options) as server:
        server.request("POST", "/api/tts/synthesize", {"text": "Bonjour.", "voice": "espeak-fr"})
        idle = server.rss()
        held = [stall(server, seconds) for _ in range(readers)]
        statuses, peak = [], 0.0
        for raw in held:
            with contextlib.suppress(OSError):
                line = raw.recv(1024).split(b"\r\n")[0]
                statuses.append(line.split()[1].decode() if line else "closed")
            peak = max(peak, server.rss() - idle)
        # The budget for answers, the speech that is made at the same time (4 bytes a sample, 22,050 a second), and 112 KiB a connection.
        limit = 400 if harness.SHORT else round(256 + 4 * seconds * 22_050 * 4 / 2**20 + readers * 112 / 1024)
        print(f"    answers: { {s: statuses.count(s) for s in sorted(set(statuses))} }")
        harness.verdict("readers that got 200 or 503", sum(s in ("200", "503") for s in statuses), "", readers, "==")
        start = time.monotonic()
        end = start + patience * 2 + 30
        while time.monotonic() < end:
            peak = max(peak, server.rss() - idle)
            if cut(server) >= statuses.count("200"):
                break
            time.sleep(0.5)
        harness.verdict("stalled readers that were left", cut(server), "", statuses.count("200"), ">=")
        harness.verdict("and how soon", time.monotonic() - start, "s", patience * 2 + 25)
        harness.verdict("memory above idle at its peak", peak, "MiB", limit)
        harness.verdict("/health afterwards", server.request("GET", "/health", timeout=10)[0], "", 200, "==")
        for raw in held:
            raw.close()


def cut(server):
    text = server.request("GET", "/metrics", timeout=20)[2].decode()
    for line in text.splitlines():
        if line.startswith('jarvis_connections_cut_total{reason="slow_reader"}'):
            return int(float(line.split()[-1]))
    return 0
