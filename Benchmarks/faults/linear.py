"""Four times the text takes about four times the work: nasty shapes through JSON, the language model, embeddings and Whisper's prompt."""

import json
import os
import pathlib

import harness
import harness_ollama as ollama

# What makes readers of text look at the same place again: marks, brackets, quotes, escapes, tags, spaces, rare and mixed scripts.
SHAPES = [
    "a", " ", "\n", "\\", '"', "[", "{", "[[", "</", "<think>", "</think>", "`", "~~~", "e\u0301", "\u0301\u0323", "ẛ̣", "가",
    "각", "नमस्ते", "😀", "👩‍👩‍👧", "\u200d", "ﬁ", "①", "999", "a-", "A1", "。", "\u00a0", "\u3000x", "##", "@@",
]
TICK = os.sysconf("SC_CLK_TCK")


def work(server, path, body):
    """Seconds of processor time that one request takes; its status."""
    def used():
        fields = pathlib.Path(f"/proc/{server.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    before = used()
    body = json.dumps(body, ensure_ascii=False).encode()
    status = server.request("POST", path, body, {"Content-Type": "application/json"}, timeout=120)[0]
    return used() - before, status


def worst(server, path, make, size):
    """The largest factor by which four times a shape's SIZE bytes lengthen the work, 16 where it grows with the square. What is done
    in 0.2 s tells nothing."""
    found = (0.0, "")
    # What is loaded at the first request is no work of a text's.
    work(server, path, make("a"))
    for shape in SHAPES[:: 5 if harness.SHORT else 1]:
        text = shape * (size // len(shape.encode()))
        seconds, status = work(server, path, make(text * 4))
        if status not in (200, 400):
            return float(status), repr(shape)
        if seconds < 0.2:
            continue
        quarter = max(work(server, path, make(text))[0], 0.05)
        found = max(found, (seconds / quarter, repr(shape)))
    return found


def attack():
    size = 10_000 if harness.SHORT else 120_000
    lines = lambda path, _: (200, ollama.lines(["Oui"], path.endswith("chat")))
    with ollama.FakeOllama(lines) as fake, harness.Server(env={"JARVIS_OLLAMA_HOST": fake.url}) as server:
        factor, shape = worst(server, "/api/llm/generate", lambda text: {"prompt": text, "model": "qwen3:4b"}, size)
        harness.verdict(f"prompts: four times {shape or 'any'}", factor, "times", 8)
    answers = lambda path, request: (200, ollama.lines([request["prompt"]], path.endswith("chat")))
    with ollama.FakeOllama(answers) as fake, harness.Server(env={"JARVIS_OLLAMA_HOST": fake.url}) as server:
        factor, shape = worst(server, "/api/llm/generate", lambda text: {"prompt": text, "model": "qwen3:4b"}, size)
        harness.verdict(f"answers that say it back: four times {shape or 'any'}", factor, "times", 8)
    with harness.Server() as server:
        silence = "AAAA" * 21336
        factor, shape = worst(
            server, "/api/stt/transcribe", lambda text: {"audio_data": silence, "prompt": text[:4096], "vad": False}, 1024)
        harness.verdict(f"Whisper's prompt: four times {shape or 'any'}", factor, "times", 8)
    model = "all-MiniLM-L6-v2"
    if not (harness.OWN_DATA / "models" / model).is_dir():
        print(f"  (without embeddings: {model} is not installed)")
        return
    with harness.Server("--set", f"models.embeddings={model}", models=[model]) as server:
        server.wait_ready()
        factor, shape = worst(server, "/api/embeddings/embed", lambda text: {"text": text}, size)
        harness.verdict(f"embeddings: four times {shape or 'any'}", factor, "times", 8)
