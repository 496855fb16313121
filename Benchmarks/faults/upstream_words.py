"""What Ollama, or the way to it, says: secrets of its address and paths of its machine go nowhere, broken Unicode costs no answer."""

import json

import harness
import harness_ollama as ollama

PATHS = [
    "unable to load model: /usr/share/ollama/.ollama/models/blobs/sha256-6a0746a1", "invalid file '/home/paul/x'",
    "open /home/paul/.ollama/models/x: permission denied", "open C:\\Users\\Paul Martin\\.ollama\\x: denied",
]
DONE = {"response": "", "done": True, "done_reason": "stop", "eval_count": 1}
BROKEN = {
    "a byte": ([b'{"response":"caf\xe9"}\n', DONE], "caf\ufffd"),
    "halves of a pair": ([b'{"response":"\\ud83d"}\n', b'{"response":"\\ude00"}\n', DONE], "\ufffd\ufffd"),
}
SHOWN = ("usr", "home", "paul", "Paul", "Users", "blobs")


def said(server):
    """What a client is told of a failed answer, what everybody is in /health, and what the log has."""
    answer = server.request("POST", "/api/llm/generate", {"prompt": "a", "model": "qwen3:4b"})[2]
    with open(server.log_path, "rb") as log:
        return [text.decode() for text in (answer, server.request("GET", "/health")[2], log.read())]


def attack():
    shown = 0
    for place in ("?key=geheim", "geheim/", "a?b=geheim"):
        with harness.Server("--set", "preload=false", env={"JARVIS_OLLAMA_HOST": f"http://127.0.0.1:9/{place}"}) as server:
            server.request("GET", "/api/llm/models")
            shown += sum("geheim" in text for text in said(server))
    harness.verdict("a secret in ollama.host: shown in", shown, "of 9 places", 0, "==")

    shown = wrong = 0
    answer = [200, []]
    with ollama.FakeOllama(lambda *_: tuple(answer)) as fake:
        with harness.Server("--set", "preload=false", env={"JARVIS_OLLAMA_HOST": fake.url}) as server:
            for status in (400, 500):
                for words in PATHS:
                    answer[:] = [status, [{"error": words}]]
                    told = said(server)
                    shown += any(part in told[0] + told[1] for part in SHOWN)
                    wrong += "…" not in json.loads(told[0])["error"]["message"]
            harness.verdict("paths of Ollama's machine: shown by", shown + wrong, f"of {2 * len(PATHS)} errors", 0, "==")
            wrong = 0
            for lines, text in BROKEN.values():
                for stream in (False, True):
                    answer[:] = [200, lines]
                    wrong += ollama.ask(server, stream, model="qwen3:4b")[:2] != (200, text)
            harness.verdict("broken Unicode: wrong of", wrong, f"{2 * len(BROKEN)} answers", 0, "==")
