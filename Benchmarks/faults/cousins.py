"""Servers that speak nearly like Ollama: floats, texts and nothing where counts stand, errors as objects, fields of any type."""

import json

import harness
import harness_ollama as ollama

LAST = [
    {"eval_count": 5.0, "eval_duration": 1.5e9, "load_duration": 2000000.7}, {"eval_count": "5", "total_duration": "7"},
    {"eval_count": None, "eval_duration": [], "done_reason": 7}, {"eval_count": -3, "eval_duration": -1},
    {"eval_count": 1e300, "load_duration": 1e300, "prompt_eval_count": "nan"}, {"done": "true"}, {"done": 1},
    {"error": None, "model": {"id": 1}, "created_at": 3, "context": "x", "message": None}, {"error": ""},
    {"done_reason": None}, {"done_reason": ""}, {"x": {"y": [{"z": [None] * 50}]}},
]
ERRORS = [
    ({"error": {"message": "no more slots", "code": 500}}, 502, "no more slots"), ({"error": "no more slots"}, 502, "slots"),
    ({"error": {"code": 7}}, 502, "did not say why"), ({"error": ["?"]}, 502, "did not say why"),
    ({"error": {"message": "model 'qwen3:4b' not found"}}, 404, "ollama pull"),
]


def attack():
    queue = []
    with ollama.FakeOllama(lambda *_: queue.pop(0)) as fake, harness.Server(env={"JARVIS_OLLAMA_HOST": fake.url}) as server:
        bad = 0
        for last in LAST:
            for stream in (False, True):
                queue.append((200, ollama.lines(["Oui"], **last)))
                seen = ollama.ask(server, stream, model="qwen3:4b")
                if seen[:3] != (200, "Oui", "") or seen[3] not in ("stop", "length"):
                    bad += 1
                    print(f"    {last}: {seen}")
        harness.verdict(f"last lines: wrong of {2 * len(LAST)} answers", bad, "", 0, "==")

        bad = 0
        for error, status, says in ERRORS:
            for upstream in (200, 500):
                queue.append((404 if status == 404 and upstream == 500 else upstream, [error]))
                code, _, body = server.request("POST", "/api/llm/generate", {"prompt": "a", "model": "qwen3:4b"})
                if code != status or says not in json.loads(body)["error"]["message"]:
                    bad += 1
                    print(f"    {error}: {code} {body[:200]}")
        harness.verdict(f"errors: wrong of {2 * len(ERRORS)} answers", bad, "", 0, "==")

        bad = 0
        for reason, wanted in [("length", "length"), ("stop", "stop"), ("MAX_TOKENS", "length"), ("eos", "stop")]:
            for stream in (False, True):
                queue.append((200, ollama.lines(["Oui"], reason=reason)))
                bad += ollama.ask(server, stream, model="qwen3:4b")[3] != wanted
        harness.verdict("finish_reason: wrong of 8 answers", bad, "", 0, "==")
