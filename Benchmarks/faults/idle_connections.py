"""Idle connections, more than are served at the same time: /health, and work, are answered at once all the same."""

import contextlib
import resource

import harness


def attack():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    count, limit = (150, 64) if harness.SHORT else (1283, 1024)
    # Half of them say nothing at all; of the others, some asked once, and some stopped in the middle of a head.
    said = [b"", b"", b"GET /ready HTTP/1.1\r\nHost: a\r\n\r\n", b"GET /rea"]
    with harness.Server("--set", "preload=false", "--set", f"limits.connections={limit}") as server:
        held = []
        try:
            for index in range(count):
                raw = server.connect()
                held.append(raw)
                raw.sendall(said[index % len(said)])
            for path in ("/health", "/ready", "/metrics", "/api/tts/voices"):
                try:
                    seconds, status, *_ = server.timed("GET", path, timeout=90)
                except OSError:
                    seconds, status = 90.0, 0
                harness.verdict(f"{path} behind {count} idle connections", seconds, "s", 5 if harness.SHORT else 1)
                harness.verdict(f"{path}: no failure of the server (status)", status, "", 0 if path == "/ready" else 200,
                                ">=" if path == "/ready" else "==")
        finally:
            for raw in held:
                raw.close()
