"""Four times the text takes about four times the work: nasty shapes through JSON, the language model, embeddings and Whisper's prompt."""

import json
import time

import harness
import harness_ollama as ollama

# What makes readers of text look at the same place again: marks, brackets, quotes, escapes, tags, spaces, rare and mixed scripts.
SHAPES = [
    "a", " ", "\n", "\\", '"', "[", "{", "[[", "</", "<think>", "</think>", "`", "~~~", "e\u0301", "\u0301\u0323", "ẛ̣", "가",
    "각", "नमस्ते", "😀", "👩‍👩‍👧", "\u200d", "ﬁ", "①", "999", "a-", "A1", "。", "\u00a0", "\u3000x", "##", "@@",
]


def work(server, path, body, tries=1):
    """Seconds of processor time that one request takes, the least of TRIES: what else the server does only adds. Its status."""
    # Linux's number for the clock of another process's processor time (clock_getcpuclockid), which Python has no name for.
    clock = ~server.pid << 3 | 2
    body = json.dumps(body, ensure_ascii=False).encode()
    least = float("inf")
    for _ in range(tries):
        before = time.clock_gettime(clock)
        status = server.request("POST", path, body, {"Content-Type": "application/json"}, timeout=120)[0]
        least = min(least, time.clock_gettime(clock) - before)
    return least, status


def worst(server, path, make, size):
    """The largest factor by which four times a shape's SIZE bytes lengthen the work, 16 where it grows with the square. What is done
    in 0.01 s tells nothing."""
    found = (0.0, "")
    # What is loaded at the first request is no work of a text's.
    work(server, path, make("a"), tries=3)
    for shape in SHAPES[:: 5 if harness.SHORT else 1]:
        text = shape * (size // len(shape.encode()))
        seconds, status = work(server, path, make(text * 4))
        if status not in (200, 400):
            return float(status), repr(shape)
        if seconds < 0.01:
            continue
        quarter, _ = work(server, path, make(text))
        if seconds > 5 * quarter:
            seconds, _ = work(server, path, make(text * 4), tries=3)
            quarter, _ = work(server, path, make(text), tries=3)
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
