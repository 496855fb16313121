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


def wrong(answers, template=None, capabilities=None, streams=(False, True), model="qwen3:4b", reason="stop"):
    """How many answers to ANSWERS, (pieces, thinking, text) each and REASON if it is another, are not as they should
    be; and how many were asked for."""
    queue = []
    count = bad = 0
    with ollama.FakeOllama(
            lambda path, _: (200, queue.pop(0)), model=model, template=template, capabilities=capabilities) as fake:
        with harness.Server(env={"JARVIS_OLLAMA_HOST": fake.url}) as server:
            # The list of models is known after the first look at Ollama.
            server.request("GET", "/api/llm/models")
            for pieces, thinking, text, *own in answers:
                end = own[0] if own else reason
                for stream in streams:
                    for path in ("generate", "chat"):
                        queue.append(ollama.lines(pieces, path == "chat", end))
                        seen = ollama.ask(server, stream, f"/api/llm/{path}", model=model)
                        count += 1
                        # None where it does not matter, because the answer is there for what it may teach.
                        if text is not None and seen != (200, text, thinking, end):
                            bad += 1
                            if bad <= 3:
                                print(f"    {pieces[:4]} stream={stream}: {seen}")
    return bad, count


ODD = [
    ("\ufeff<think>", "</think>"), ("\u00a0<think>", "</think>"), ("\u200b<think>", "</think>"), ("\u202f\n<think>", "</think>"),
    ("**<think>**", "</think>"), ("**<think>**", "**</think>**"), ("<think >", "</think >"), ("< think >", "</ think >"),
    ("<think>", "</thinking>"), ("<thinking>", "</think>"),
    ("<|channel|>analysis<|message|>", "<|end|><|channel|>final<|message|>"),
]
MENTIONS = [
    "La balise « </think> » ferme une pensée.", "La balise «\u00a0</think>\u00a0» ferme.", "La balise “</think>” ferme.",
    "La balise </think> ferme.", "Ferme avec **</think>** toujours.", "    <a>\n    </think>\nvoilà", "Elle se ferme par </think>.",
    "Voici :\n<think>\na\n</think>\nb", "- </think> ferme\n- <think> ouvre",
]
FIRST_WORDS = "Bonjour.\n"
CUT = ["La lampe du salon ", "est allumée, et"]


# Answers that ended by themselves, which are text whatever the model is known to do.
ENDED = [
    "<think> est la balise que Qwen utilise pour réfléchir.", "[THINK] est le jeton de Magistral.",
    "<think>, c'est la balise.", "<thinking> et </thinking> sont des balises.", "</think> ferme une pensée.",
    "Pour fermer la pensée, écris :\n</think>\nC'est tout.", "La lampe est allumée.</think>", "Réponse.\n</think>",
]
UNCLOSED = ["<think>\nReste\nsans fin", "<think>Reste sans fin"]


def ended():
    for title, template, capabilities in [
            ("that cannot think", None, ["completion"]), ("that may think", None, None),
            ("that thinks", "{{ .Prompt }}", ["completion", "thinking"])]:
        bad, count = wrong(
            ((pieces, "", text) for text in ENDED for pieces in cuttings(text)), template, capabilities)
        more, asked = wrong(
            ((pieces, "", text) for text in UNCLOSED for pieces in cuttings(text)), template, capabilities,
            streams=(False,))
        harness.verdict(
            f"answers that ended, of a model {title}: wrong of {count + asked} answers", bad + more, "", 0, "==")
    text = "<think>\nA\n</think>\n\nBonjour.\n\n<think>\nB\n</think>\n\nFin"
    bad, count = wrong((pieces, "AB", "Bonjour.\n\nFin") for pieces in cuttings(text))
    more, asked = wrong(
        ((pieces, "AB", "Bonjour.\n\nFin") for pieces in cuttings(text.removeprefix("<think>\n"))), OPENED,
        ["completion", "thinking"])
    harness.verdict(f"a further thought: wrong of {count + asked} answers", bad + more, "", 0, "==")


def channels():
    """Messages of gpt-oss: a comment, a thought and an answer, in any order that it has."""
    analysis, final = "<|channel|>analysis<|message|>Hm.", "<|channel|>final<|message|>Oui."
    comment, start = "<|channel|>commentary<|message|>Je regarde.", "<|end|><|start|>assistant"
    bad, count = wrong(
        (pieces, "Hm.", text) for order, text in [
            (analysis + start + final + "<|return|>", "Oui."),
            (comment + start + analysis + start + final, "Je regarde.\n\nOui."),
            (analysis + start + comment + start + final, "Je regarde.\n\nOui."),
        ] for pieces in cuttings(order))
    harness.verdict(f"messages of gpt-oss: wrong of {count} answers", bad, "", 0, "==")


def uncertain():
    """What is not known to be a thought is text, whatever models wrote before."""
    whole = "".join(CUT)
    for title, template, capabilities in [
            ("a name", None, None), ("an empty template", "", ["completion", "thinking"]),
            ("a template that asks", "{{ .Prompt }}{{ if .Think }}<think>{{ end }}", ["completion", "thinking"])]:
        bad, count = wrong([(CUT, "", whole)] * 3, template, capabilities, reason="length")
        harness.verdict(f"cut off, thinks by {title}: wrong of {count} answers", bad, "", 0, "==")
    bad, count = wrong([(CUT, whole, "")] * 3, OPENED, ["completion", "thinking"], reason="length")
    harness.verdict(f"cut off in a thought that the template opened: wrong of {count} answers", bad, "", 0, "==")
    bad, count = 0, 0
    for words in ["La balise </think> ferme.", "Hm.</think>Oui.", "Hm.\n</think>\nOui."]:
        for capabilities in (None, ["completion", "thinking"]):
            poison = [([words], None, None, "stop")] * 3
            more, asked = wrong(
                poison + [(CUT, "", whole)], None, capabilities, model="mistral:7b", reason="length")
            bad, count = bad + more, count + asked
    harness.verdict(f"cut off, behind words of strangers: wrong of {count} answers", bad, "", 0, "==")
    for title, template, capabilities in [
            ("that may think", None, None), ("that thinks", "{{ .Prompt }}", ["completion", "thinking"])]:
        bad, count = wrong(
            ((pieces, "", text) for text in MENTIONS for pieces in cuttings(text)), template, capabilities)
        harness.verdict(f"tags as words of a model {title}: wrong of {count} answers", bad, "", 0, "==")


def attack():
    uncertain()
    ended()
    channels()
    bad, count = wrong(
        (pieces, THOUGHT, ANSWER)
        for opening, closing in ODD for pieces in cuttings(f"{opening}\n{THOUGHT}\n{closing}\n\n{ANSWER}"))
    harness.verdict(f"odd tags, and odd beginnings: wrong of {count} answers", bad, "", 0, "==")

    bad, count = wrong(
        (pieces, THOUGHT, FIRST_WORDS + ANSWER)
        for pieces in cuttings(f"{FIRST_WORDS}<think>\n{THOUGHT}\n</think>\n\n{ANSWER}"))
    harness.verdict(f"behind first words: wrong of {count} answers", bad, "", 0, "==")

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
