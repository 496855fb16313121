"""A server in this process that speaks as Ollama does, or nearly: each attack says what its next answers are, line by line."""

import contextlib
import http.server
import json
import threading


class FakeOllama:
    """ANSWER gets (path, request) and gives (status, lines); a line is a dict, or bytes as they are.

    TEMPLATE is what /api/show says, None for a server that knows no such path.
    """

    def __init__(self, answer, model="qwen3:4b", template=None, capabilities=None):
        fake = self
        self.requests = []
        listing = {"name": model, "model": model, "digest": "8f" * 32, "details": {"family": "qwen3"}}
        if capabilities is not None:
            listing["capabilities"] = capabilities

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def whole(self, status, value):
                body = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                if self.path == "/api/tags":
                    return self.whole(200, {"models": [listing]})
                return self.whole(404, {"error": "not found"})

            def do_POST(self):
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if self.path == "/api/show":
                    if template is None:
                        return self.whole(404, {"error": "404 page not found"})
                    return self.whole(200, {"template": template, "capabilities": capabilities or ["completion"]})
                fake.requests.append((self.path, request))
                status, lines = answer(self.path, request)
                self.send_response(status)
                self.send_header("Content-Type", "application/x-ndjson")
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                with contextlib.suppress(OSError):
                    for line in lines:
                        data = line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n"
                        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
                        self.wfile.flush()
                    self.wfile.write(b"0\r\n\r\n")

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def lines(pieces, is_chat=False, reason="stop", **last):
    """An answer of PIECES, one a line, and the last line."""
    made = [{"message": {"role": "assistant", "content": piece}} if is_chat else {"response": piece} for piece in pieces]
    end = {"response": "", "done": True, "done_reason": reason, "eval_count": len(pieces)} | last
    return [line | {"model": "qwen3:4b", "done": False} for line in made] + [end]


def ask(server, stream=False, path="/api/llm/generate", **fields):
    """(status, text, thinking, finish_reason) of one answer, whole or put together from a stream."""
    body = ({"messages": [{"role": "user", "content": "a"}]} if path.endswith("chat") else {"prompt": "a"}) | fields
    status, _, answer = server.request(
        "POST", path, body | {"stream": stream}, {"Accept": "application/x-ndjson"} if stream else None)
    if not stream or status != 200:
        value = json.loads(answer)
        return status, value.get("text"), value.get("thinking") or "", value.get("finish_reason")
    messages = [json.loads(line) for line in answer.decode().splitlines() if line.strip()]
    joined = {name: "".join(m.get(name, "") for m in messages) for name in ("delta", "thinking")}
    return status, joined["delta"], joined["thinking"], messages[-1].get("finish_reason")
