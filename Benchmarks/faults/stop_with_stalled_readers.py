"""SIGTERM while readers take nothing, send nothing, or send by and by: the server ends within its grace."""

import signal
import subprocess
import time

import harness
import stalled_speech


def attack():
    grace = 4 if harness.SHORT else 30
    with harness.Server("--set", "preload=false", "--set", f"timeouts.shutdown={grace}") as server:
        held = [stalled_speech.stall(server, 300) for _ in range(3)]
        for raw in held:
            raw.recv(100)
        # An upload under way, a head under way, and a connection on which nothing was sent.
        for data in (b"POST /api/embeddings/embed HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{", b"GET /hea", b""):
            raw = server.connect()
            raw.sendall(data)
            held.append(raw)
        time.sleep(1)
        start = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        try:
            status = server.process.wait(grace + 30)
        except subprocess.TimeoutExpired:
            status = -1
        harness.verdict("from SIGTERM to the end", time.monotonic() - start, "s", grace + 0.5)
        harness.verdict("status", status, "", 0, "==")
        for raw in held:
            raw.close()
