"""Speaks enough of Ollama's API for the transcript and the contract check, on a machine without Ollama: it lists one model, which
says one sentence, and knows no other."""
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WORDS = ["La domotique", " automatise", " les équipements", " de la maison."]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, body, kind="application/json", status=200):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(json.dumps({"models": [{"name": "stand-in:latest", "model": "stand-in:latest"}]}).encode())

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        if request.get("model", "").removesuffix(":latest") != "stand-in":
            return self.answer(json.dumps({"error": f"model '{request.get('model')}' not found"}).encode(), status=404)
        chat = self.path.endswith("chat")
        piece = lambda text: {"message": {"role": "assistant", "content": text}} if chat else {"response": text}
        lines = [{"model": "stand-in:latest", **piece(word), "done": False} for word in WORDS]
        lines.append({"model": "stand-in:latest", **piece(""), "done": True, "done_reason": "stop", "eval_count": len(WORDS), "prompt_eval_count": 12,
                      "load_duration": 1000000, "prompt_eval_duration": 2000000, "eval_duration": 4000000})
        self.answer("".join(json.dumps(line) + "\n" for line in lines).encode(), "application/x-ndjson")


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
