"""Thoughts in the answer: every spelling of the tags, cut at every place, with the closing tag only, in fields, and none at all."""

import harness
import harness_ollama as ollama

OPENED = "{{ .Prompt }}<|im_start|>assistant\n<think>\n"
TAGS = [
    ("<think>", "</think>"), ("<thinking>", "</thinking>"), ("<thought>", "</thought>"), ("<reasoning>", "</reasoning>"),
    ("[THINK]", "[/THINK]"), ("<seed:think>", "</seed:think>"), ("◁think▷", "◁/think▷"),
    ("<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"),
]
THOUGHT, ANSWER = "Hé, voyons… 🙂", "Oui.\n"


def cuttings(text):
    yield [text]
    yield list(text)
    cuts = range(1, len(text))
    for cut in list(cuts)[::40] if harness.SHORT else cuts:
        yield [text[:cut], text[cut:]]


def wrong(answers, template=None, capabilities=None, streams=(False, True)):
    """How many answers to ANSWERS, (pieces, thinking, text) each, are not as they should be; and how many were asked for."""
    queue = []
    count = bad = 0
    with ollama.FakeOllama(lambda path, _: (200, queue.pop(0)), template=template, capabilities=capabilities) as fake:
        with harness.Server(env={"JARVIS_OLLAMA_HOST": fake.url}) as server:
            # The list of models is known after the first look at Ollama.
            server.request("GET", "/api/llm/models")
            for pieces, thinking, text in answers:
                for stream in streams:
                    for path in ("generate", "chat"):
                        queue.append(ollama.lines(pieces, path == "chat"))
                        seen = ollama.ask(server, stream, f"/api/llm/{path}", model="qwen3:4b")
                        count += 1
                        if seen != (200, text, thinking, "stop"):
                            bad += 1
                            if bad <= 3:
                                print(f"    {pieces[:4]} stream={stream}: {seen}")
    return bad, count


def attack():
    bad, count = wrong(
        (pieces, THOUGHT, ANSWER)
        for opening, closing in TAGS for pieces in cuttings(f"{opening}\n{THOUGHT}\n{closing}\n\n{ANSWER}"))
    harness.verdict(f"tags: wrong of {count} answers", bad, "", 0, "==")

    bad, count = wrong(
        ((pieces, THOUGHT, ANSWER) for pieces in cuttings(f"{THOUGHT}\n</think>\n\n{ANSWER}")), OPENED,
        ["completion", "thinking"])
    harness.verdict(f"closing tag only: wrong of {count} answers", bad, "", 0, "==")

    bad, count = wrong(
        ((pieces, THOUGHT, ANSWER) for pieces in cuttings(f"{THOUGHT}\n</think>\n\n{ANSWER}")), streams=(False,))
    harness.verdict(f"closing tag only, of nothing known: wrong of {count} whole answers", bad, "", 0, "==")

    plain = ["Oui.", "```html\n<think>a</think>\n```", "Les balises <think> et </think>.", "`</think>` ferme.", "<b>a</b>", "<"]
    bad, count = wrong((pieces, "", text) for text in plain for pieces in cuttings(text))
    harness.verdict(f"no thoughts: wrong of {count} answers", bad, "", 0, "==")

    fields = [{"response": "", "thinking": THOUGHT}, {"message": {"content": "", "reasoning_content": THOUGHT}}]
    bad = 0
    for field in fields:
        with ollama.FakeOllama(lambda *_: (200, [field] + ollama.lines([ANSWER], reason="length"))) as fake:
            with harness.Server(env={"JARVIS_OLLAMA_HOST": fake.url}) as server:
                for stream in (False, True):
                    seen = ollama.ask(server, stream, model="qwen3:4b", think=True)
                    bad += seen != (200, ANSWER, THOUGHT, "length")
    harness.verdict("thoughts in fields of their own: wrong of 4 answers", bad, "", 0, "==")
