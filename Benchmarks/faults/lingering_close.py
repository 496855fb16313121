"""Uploads that are refused before they are read whole, by clients that send first and read later: each sees its refusal."""

import contextlib
import time
import urllib.error
import urllib.request

import harness

KEY = "a-key-of-22-characters"


def upload(server, path, size, close, content_type="application/json", key=None):
    """Sends all of it before it reads: (status or 0, seconds)."""
    start = time.monotonic()
    raw = server.connect(timeout=80)
    with contextlib.closing(raw):
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {content_type}\r\nContent-Length: {size}\r\n"
        head += ("Connection: close\r\n" if close else "") + (f"X-API-Key: {key}\r\n" if key else "")
        try:
            raw.sendall(head.encode() + b"\r\n")
            piece = b"a" * (1 << 20)
            for _ in range(size // len(piece)):
                raw.sendall(piece)
            status, _ = harness.read_answer(raw)
        except OSError as error:
            print(f"    {path} {'close' if close else 'keep-alive'}: {error}")
            status = 0
    return status, time.monotonic() - start


def attack():
    size = (20 if harness.SHORT else 80) << 20
    limit = 10 if harness.SHORT else 5
    options = ("--set", "preload=false", "--set", "limits.body_audio=1048576")
    with harness.Server(*options, env={"JARVIS_API_KEYS": KEY}) as server:
        for close in (True, False):
            how = "close" if close else "keep-alive"
            for name, path, kind, key, expected in [
                ("too large", "/api/embeddings/embed", "application/json", KEY, 413),
                ("too large", "/api/stt/transcribe", "audio/wav", KEY, 413),
                ("without a key", "/api/embeddings/embed", "application/json", None, 401),
                ("of a wrong type", "/api/embeddings/embed", "text/plain", KEY, 415),
                ("to no path", "/nowhere", "application/json", KEY, 404),
            ]:
                status, seconds = upload(server, path, size, close, kind, key)
                harness.verdict(f"{size >> 20} MiB {name}, {how}: status", status, "", expected, "==")
                harness.verdict(f"{size >> 20} MiB {name}, {how}: time", seconds, "s", limit)
        urllib_sees(server, size)


def urllib_sees(server, size):
    """Python's own client, which sends Connection: close."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}/api/embeddings/embed", data=b"a" * size,
        headers={"Content-Type": "application/json", "X-API-Key": KEY})
    status = 0
    try:
        urllib.request.urlopen(request, timeout=80)
    except urllib.error.HTTPError as error:
        status = error.code
    except OSError as error:
        print(f"    urllib: {error}")
    harness.verdict("urllib: status", status, "", 413, "==")
