"""A web page of another origin uses the server: forms, bodies without a type, images, and names that lead here (DNS rebinding)."""

import contextlib
import time

from harness import Server, read_answer, verdict

EVIL = "https://evil.example"
TEXT = b'{"text":"Bonjour"}'
FORM = (b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n' + b"\0" * 100 + b"\r\n--b--\r\n")

# What browsers send for a page without asking the server first.
SIMPLE = [
    ("POST", "/api/stt/transcribe", {"Content-Type": "multipart/form-data; boundary=b"}, FORM),
    ("POST", "/api/tts/synthesize", {"Content-Type": "text/plain"}, TEXT),
    ("POST", "/api/tts/synthesize", {"Content-Type": "application/x-www-form-urlencoded"}, TEXT),
    ("POST", "/api/tts/synthesize", {}, TEXT),
    ("POST", "/api/embeddings/embed", {}, TEXT),
    ("POST", "/api/llm/generate", {}, b'{"prompt":"Bonjour"}'),
    ("GET", "/api/llm/models", {}, None),
    ("GET", "/metrics", {}, None),
]
EMBEDDED = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
FOREIGN_HOSTS = [
    "evil.example", "evil.example:{port}", "localhost.evil.example", "127.0.0.1.evil.example:{port}", "192.168.1.2:{port}",
    "0.0.0.0:{port}", "127.0.0.1:{port}@evil.example", "evil.example.",
]
OWN_HOSTS = ["localhost", "LOCALHOST:{port}", "127.0.0.1:{port}", "127.0.0.2", "[::1]:{port}"]


def answered(server, method, path, headers, body):
    """Whether the request got anything but a refusal that its page cannot read; a Host that is no host at all is 400."""
    status, fields, _ = server.request(method, path, body, headers)
    return not (status in (400, 403) and "access-control-allow-origin" not in fields)


def addressed(server, target):
    """The status of a synthesis whose request line has a whole address, and whose Host is a good one."""
    with server.connect(timeout=10) as raw:
        raw.sendall(f"POST {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(TEXT)}\r\n\r\n".encode() + TEXT)
        return read_answer(raw)[0]


def synthesized(server):
    """Syntheses that the server has counted."""
    metrics = server.request("GET", "/metrics")[2].decode()
    return sum(float(line.split()[-1]) for line in metrics.splitlines()
               if line.startswith("jarvis_http_requests_total") and "/api/tts/synthesize" in line and 'status="200"' in line)


def refused_unread(server, line):
    """Seconds until the refusal of a body of 60 MB of which nothing is sent."""
    with server.connect(timeout=5) as raw:
        start = time.monotonic()
        raw.sendall(f"POST /api/stt/transcribe HTTP/1.1\r\n{line}\r\nContent-Length: 60000000\r\n\r\n".encode())
        # One that waits for the body says nothing at all.
        with contextlib.suppress(OSError):
            if read_answer(raw)[0] == 403:
                return time.monotonic() - start
        return 10.0


def attack():
    with Server("--set", "preload=false") as server:
        origins = [EVIL, "null", "http://localhost.evil.example", "file://"]
        served = sum(answered(server, method, path, headers | {"Origin": origin}, body)
                     for origin in origins for method, path, headers, body in SIMPLE)
        verdict("requests of foreign pages that are served", served, f"/ {len(origins) * len(SIMPLE)}", 0)
        served = sum(answered(server, method, path, headers | EMBEDDED, body) for method, path, headers, body in SIMPLE)
        verdict("images and forms without Origin that are served", served, f"/ {len(SIMPLE)}", 0)
        hosts = [host.format(port=server.port) for host in FOREIGN_HOSTS]
        served = sum(answered(server, "POST", "/api/tts/synthesize", {"Host": host} | more, TEXT)
                     for host in hosts for more in ({}, {"Origin": f"http://{host}"}))
        verdict("requests by a foreign name that are served", served, f"/ {2 * len(hosts)}", 0)
        served = sum(addressed(server, f"http://{host}/api/tts/synthesize") not in (400, 403) for host in hosts)
        verdict("requests for a foreign address that are served", served, f"/ {len(hosts)}", 0)
        verdict("syntheses done for them", synthesized(server), "", 0)
        verdict("refusal of an unsent body, foreign origin", refused_unread(server, f"Host: localhost\r\nOrigin: {EVIL}"), "s", 2)
        verdict("refusal of an unsent body, foreign name", refused_unread(server, "Host: evil.example"), "s", 2)
        own = [host.format(port=server.port) for host in OWN_HOSTS]
        lost = sum(server.request("GET", "/health", headers={"Host": host})[0] != 200 for host in own)
        pages = ["http://localhost:3000", "https://127.0.0.1:8443", f"http://127.0.0.1:{server.port}"]
        lost += sum(server.request("GET", "/health", headers={"Origin": page})[0] != 200 for page in pages)
        verdict("requests by own names and pages that are refused", lost, f"/ {len(own) + len(pages)}", 0)
