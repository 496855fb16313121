"""Heads and chunks without measure, and requests with no Host or two: refused, and the server goes on."""

import contextlib

import harness


def ask(server, data):
    """The status of what a raw request gets; 0 when it gets nothing."""
    raw = server.connect(timeout=20)
    with contextlib.closing(raw):
        try:
            raw.sendall(data)
            return harness.read_answer(raw)[0]
        except (OSError, ValueError, harness.http.client.HTTPException):
            return 0


def attack():
    post = b"POST /api/embeddings/embed HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    cases = {
        "no Host": b"GET /health HTTP/1.1\r\n\r\n",
        "two Hosts": b"GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "a Host that is none": b"GET /health HTTP/1.1\r\nHost: a/b c\r\n\r\n",
        "a header of 64 KiB": b"GET /health HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 65536 + b"\r\n\r\n",
        "1,000 headers": b"GET /health HTTP/1.1\r\nHost: a\r\n" + b"X: a\r\n" * 1000 + b"\r\n",
        "a target of 64 KiB": b"GET /health?" + b"a" * 65536 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
        "a chunk extension of 1 MiB": post + b"2;a=" + b"a" * (1 << 20) + b"\r\n{}\r\n0\r\n\r\n",
        "8,192 chunks of a byte and 128 more": post + (b"1;a=" + b"a" * 122 + b"\r\n \r\n") * 8192 + b"0\r\n\r\n",
    }
    with harness.Server("--set", "preload=false") as server:
        for name, data in cases.items():
            harness.verdict(f"{name}: status", ask(server, data), "", 400, "==")
        harness.verdict("HTTP/1.0 without a Host: status", ask(server, b"GET /health HTTP/1.0\r\n\r\n"), "", 200, "==")
        harness.verdict("/health afterwards", server.request("GET", "/health", timeout=10)[0], "", 200, "==")
