"""Streams of the language model that nobody reads: one more client is answered, the upstreams are cancelled, a slow reader stays."""

import contextlib
import http.server
import json
import pathlib
import threading
import time

import harness


# As many as run at the same time.
STREAMS = 2 if harness.SHORT else 4
# Each of these is six bytes in JSON: the systems between hold megabytes, which a debug build takes long to make of plain text.
FILLING = "\x01" * 10_000


class Ollama(http.server.BaseHTTPRequestHandler):
    """Writes for as long as somebody takes it; a prompt that begins with "short" gets three words."""

    protocol_version = "HTTP/1.1"
    running = 0
    lock = threading.Lock()

    def log_message(self, *_):
        pass

    def answer(self, value):
        data = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        self.answer({"models": [{"name": "m", "model": "m"}]} if "tags" in self.path else {"version": "0.9.0"})

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        if "generate" not in self.path:
            return self.answer({})
        short = asked.get("prompt", "").startswith("short")
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.send_header("Connection", "close")
        self.end_headers()
        with Ollama.lock:
            Ollama.running += 1
        try:
            for _ in range(3 if short else 1_000_000):
                self.line({"model": "m", "response": "mot " if short else FILLING, "done": False})
            self.line({"model": "m", "response": "", "done": True, "done_reason": "stop", "eval_count": 3,
                       "prompt_eval_count": 1, "total_duration": 1, "eval_duration": 1})
        except OSError:
            pass
        finally:
            self.close_connection = True
            with Ollama.lock:
                Ollama.running -= 1

    def line(self, value):
        self.wfile.write(json.dumps(value).encode() + b"\n")


def stuck(server, seconds):
    """Waits until the server has nothing more to do, as nobody takes what it makes."""
    end, seen, still = time.monotonic() + seconds, -1, 0
    while time.monotonic() < end and still < 5:
        fields = pathlib.Path(f"/proc/{server.pid}/stat").read_text().rsplit(")", 1)[1].split()
        used = int(fields[11]) + int(fields[12])
        still = still + 1 if used - seen <= 2 and Ollama.running == STREAMS else 0
        seen = used
        time.sleep(0.1)


def stream(server, prompt="long"):
    raw = server.connect(timeout=90, receive_buffer=4096)
    body = json.dumps({"prompt": prompt, "stream": True})
    raw.sendall(
        f"POST /api/llm/generate HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}".encode())
    return raw


def attack():
    window = 6 if harness.SHORT else 60
    ollama = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Ollama)
    ollama.daemon_threads = True
    threading.Thread(target=ollama.serve_forever, daemon=True).start()
    options = ("--set", "preload=false", "--set", f"ollama.host=127.0.0.1:{ollama.server_address[1]}",
               "--set", f"timeouts.reader={window}", "--set", f"admission.llm={STREAMS}")
    try:
        with harness.Server(*options) as server:
            held = [stream(server) for _ in range(STREAMS)]
            stuck(server, 60)
            harness.verdict("streams that nobody reads", Ollama.running, "", STREAMS, "==")
            try:
                seconds, status, *_ = server.timed(
                    "POST", "/api/llm/generate", {"prompt": "short"}, timeout=window + 40)
            except OSError:
                seconds, status = window + 40.0, 0
            harness.verdict("one more client: status", status, "", 200, "==")
            harness.verdict("one more client: time", seconds, "s", window / 2 + (10 if harness.SHORT else 5))
            end = time.monotonic() + window + 20
            while Ollama.running > 0 and time.monotonic() < end:
                time.sleep(0.1)
            harness.verdict("upstreams that go on for nobody", Ollama.running, "", 0, "==")
            for raw in held:
                raw.close()
            slow(server, window)
    finally:
        ollama.shutdown()


def slow(server, window):
    """Reads more than the floor, in the time in which others are left."""
    raw = stream(server)
    rate, taken, start = (64 if harness.SHORT else 20) << 10, 0, time.monotonic()
    with contextlib.closing(raw), contextlib.suppress(OSError):
        while time.monotonic() - start < window * 1.5:
            data = raw.recv(min(rate // 4, 4096))
            if not data:
                break
            taken += len(data)
            time.sleep(max(0, taken / rate - (time.monotonic() - start)))
    harness.verdict("seconds that a slow reader stays", time.monotonic() - start, "s", window * 1.5, ">=")
