"""Decomposed accents, as macOS and iOS send them: what reaches a language model is composed, what is answered stays as it was."""

import json
import unicodedata

import harness
import harness_ollama as ollama

WORDS = ["Été à Noël, ça gêne où ?", "Việt Nam", "한국어", "Ångström", "Ἀθῆναι", "dž ẛ̣", "नमस्ते"]


def attack():
    with ollama.FakeOllama(lambda path, _: (200, ollama.lines(["e\u0301"], path.endswith("chat")))) as fake:
        with harness.Server(env={"JARVIS_OLLAMA_HOST": fake.url}) as server:
            bad = 0
            for word in WORDS:
                sent = unicodedata.normalize("NFD", word)
                _, text, *_ = ollama.ask(server, prompt=sent, system_prompt=sent, stop=[sent], model="qwen3:4b")
                bad += text != "e\u0301"
                ollama.ask(server, path="/api/llm/chat", messages=[{"role": "user", "content": sent}], model="qwen3:4b")
            texts = []
            for _, request in fake.requests:
                texts += [request.get("prompt"), request.get("system")] + (request["options"].get("stop") or [])
                texts += [message["content"] for message in request.get("messages", [])]
            texts = [text for text in texts if text]
            bad += sum(text != unicodedata.normalize("NFC", text) for text in texts)
            harness.verdict(f"language model: not composed of {len(texts)} texts", bad, "", 0, "==")

            # A megabyte of marks takes no longer than a megabyte of letters.
            nasty = "a" + "\u0301\u0323" * 120_000
            seconds, status, _, _ = server.timed(
                "POST", "/api/llm/generate", json.dumps({"prompt": nasty, "model": "qwen3:4b"}, ensure_ascii=False).encode(),
                {"Content-Type": "application/json"}, timeout=60)
            harness.verdict("240,000 marks on one letter", seconds if status == 200 else 99.0, "s", 20 if harness.SHORT else 5)

    model = "all-MiniLM-L6-v2"
    if not (harness.OWN_DATA / "models" / model).is_dir():
        print(f"  (without embeddings: {model} is not installed)")
        return
    with harness.Server("--set", f"models.embeddings={model}", models=[model]) as server:
        server.wait_ready()
        bad = 0
        for word in WORDS[:4]:
            answers = []
            for form in ("NFC", "NFD"):
                sent = unicodedata.normalize(form, word)
                answer = json.loads(server.request("POST", "/api/embeddings/embed", {"text": sent})[2])
                bad += answer["text"] != sent
                answers.append(answer["vector"])
            bad += answers[0] != answers[1]
        harness.verdict("embeddings: vectors that differ by form, texts that came back changed", bad, "", 0, "==")
