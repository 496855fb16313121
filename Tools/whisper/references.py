"""Writes what openai-whisper's decoding makes of the tiny fixtures, for the parity tests.

    /path/to/venv/bin/python Tools/whisper/references.py

Run tiny_models.py first. Writes into Tests/SpeechToTextTests/Fixtures/WhisperReferences/: clips.json (recipes, see
clips.py), speech-*.u8 (recordings by espeak-ng; made once and then kept), and one JSON file of expected values for each
model. See openai_reference.py for what exactly is the reference: PyTorch weights for the float32 files, the ONNX files
themselves under openai's decoding code for int8 and float16.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from transformers import WhisperForConditionalGeneration
from whisper.decoding import DecodingOptions
from whisper.transcribe import transcribe

import openai_reference as openai
from clips import RECIPES, record_speech, render
from tiny_models import ALIGNMENT_HEADS, FIXTURES, VARIANTS, WORK

TARGET = FIXTURES / "WhisperReferences"
PROMPT = "Le chat est sur la table, l'été n'est pas fini."

MODES = {
    "greedy": {},
    "greedy-plain": {"without_timestamps": True},
    "beam": {"beam_size": 5},
    "beam-plain": {"beam_size": 5, "without_timestamps": True},
}
LONG_CLIPS = ["long-95-seconds", "exactly-30-seconds", "tenth-of-a-second", "speech-both"]


def load(variant, precision: str, onnx: bool):
    hf = WhisperForConditionalGeneration.from_pretrained(WORK / variant.name / "torch")
    heads = ALIGNMENT_HEADS if variant.attentions else None
    kind = openai.OnnxWhisper if onnx else openai.TinyWhisper
    model = kind.from_huggingface(hf, variant.vocabulary, variant.multilingual, heads)
    if not onnx:
        return model
    folder = FIXTURES / variant.name / ("" if variant.name == "whisper-multilingual" else "onnx")
    file = lambda name: str(folder / f"{name}{precision}.onnx")
    merged = file("decoder_model_merged")
    if Path(merged).exists():
        model.use(file("encoder_model"), merged, merged)
    else:
        model.use(file("encoder_model"), file("decoder_model"), file("decoder_with_past_model"))
    return model


def window(audio: np.ndarray) -> torch.Tensor:
    return torch.nn.functional.pad(openai.frames(audio), (0, 3000))[None, :, :3000]


def decode(model, variant, hidden, language, prompt, mode):
    options = DecodingOptions(fp16=False, language=language, prompt=prompt, **MODES[mode])
    result = model.decode(hidden, options)[0]
    return {"tokens": result.tokens, "logprob": round(result.avg_logprob, 5), "noSpeech": round(result.no_speech_prob, 6)}


def whole(model, variant, audio, language, beam, prompt=None, words=False):
    made = transcribe(
        model, audio, temperature=0.0, language=language, beam_size=5 if beam else None, initial_prompt=prompt,
        word_timestamps=words, fp16=False)
    segments = [
        {"start": round(s["start"], 3), "end": round(s["end"], 3), "seek": s["seek"], "tokens": s["tokens"],
         **({"words": [[w["word"], w["start"], w["end"], round(w["probability"], 5)] for w in s["words"]]} if words else {})}
        for s in made["segments"] if s["text"].strip()
    ]
    return {"language": made["language"], "beam": beam, "prompt": prompt is not None, "segments": segments}


def keep_stable(models, variant, audio, language, decoded) -> None:
    """Drops answers that change when the features change by less than the 1e-4 that two correct front ends may differ
    by, or that PyTorch and onnxruntime disagree on. Weights at random make near ties; and 8-bit activations are cut into
    256 steps, so that a tiny difference sometimes tips a value into the next step."""
    for model in models:
        for noise in (0.0, 1e-7, 1e-6, 1e-5, -1e-5, 2e-5) + ((5e-5, -5e-5, 1e-4) if model.float16 else ()):
            model.noise = noise
            hidden = model.encoder(window(audio))
            for mode in list(decoded):
                prompt = PROMPT if mode.endswith("-prompted") else None
                again = decode(model, variant, hidden, language, prompt, mode.removesuffix("-prompted"))
                if again["tokens"] != decoded[mode]["tokens"] or abs(again["logprob"] - decoded[mode]["logprob"]) > 0.002:
                    del decoded[mode]
        model.noise = 0.0


@torch.no_grad()
def reference(variant, precision: str, clips) -> dict:
    vocabulary = variant.vocabulary
    openai.use_vocabulary(vocabulary)
    model = load(variant, precision, onnx=bool(precision))
    judges = [model] if precision else [model, load(variant, precision, onnx=True)]
    language = "fr" if variant.multilingual else "en"
    tokenizer = vocabulary.whisper_tokenizer()
    decoded, languages, files = {}, {}, {}
    for name, audio in clips.items():
        hidden = model.encoder(window(audio))
        decoded[name] = {mode: decode(model, variant, hidden, language, None, mode) for mode in MODES}
        for mode in MODES:
            decoded[name][f"{mode}-prompted"] = decode(model, variant, hidden, language, PROMPT, mode)
        keep_stable(judges, variant, audio, language, decoded[name])
        if variant.multilingual:
            found = model.detect_language(hidden)[1][0]
            languages[name] = max(found, key=found.get)
    for name in LONG_CLIPS if precision != "_int8" else []:
        files[name] = [whole(model, variant, clips[name], language, beam) for beam in (False, True)]
        files[name].append(whole(model, variant, clips[name], None if variant.multilingual else "en", False, PROMPT))
        if variant.attentions and not precision:
            files[name].append(whole(model, variant, clips[name], language, False, words=True))
    return {"prompt": PROMPT, "promptTokens": tokenizer.encode(" " + PROMPT), "windows": decoded,
            "languages": languages, "files": files}


ENCODED = [
    "", " ", "  double  espace", "Bonjour, ça va ?", " L'été n'est pas fini.", "I'LL don't they've we'll it's", "日本語 テスト",
    "👋🏽 salut", "\n\t tab \r\n", " 2024, 3,14 €", "<|endoftext|> is text", "e\u0301 combining", "العربية", "a\u00a0b", "’s ‘x’",
    "…!?--(x)", "½ Ⅷ ٣", "\u200dzero", "trailing   ", "   leading",
]

if __name__ == "__main__":
    # More threads only wait for each other on models this small.
    torch.set_num_threads(1)
    TARGET.mkdir(exist_ok=True)
    if not list(TARGET.glob("*.u8")):
        record_speech(TARGET)
    openai.install()
    samples = {name: render(recipe, TARGET) for name, recipe in RECIPES.items()}
    (TARGET / "clips.json").write_text(json.dumps(RECIPES))
    only = sys.argv[1:]
    for each in VARIANTS:
        for suffix in {"whisper-multilingual": ["", "_int8"], "whisper-english": ["_fp16"], "whisper-v3": [""]}[each.name]:
            if only and each.name + suffix not in only:
                continue
            some = samples if not suffix else {k: v for i, (k, v) in enumerate(samples.items()) if i % 2 == 0 or suffix == "_int8" or k in LONG_CLIPS}
            made = reference(each, suffix, some)
            (TARGET / f"{each.name}{suffix}.json").write_text(json.dumps(made, ensure_ascii=False, separators=(",", ":")))
            print(each.name, suffix, sum(len(v) for v in made["windows"].values()), "answers", flush=True)
    encoding = VARIANTS[0].vocabulary.encoding()
    texts = [{"text": t, "tokens": encoding.encode_ordinary(t)} for t in ENCODED]
    whisper = VARIANTS[0].vocabulary.whisper_tokenizer("fr", "transcribe")
    tokens = encoding.encode_ordinary(" L'été, c'est fini ! 日本 👋 \"oui\" (non).")
    split = {"tokens": tokens, "spaces": whisper.split_tokens_on_spaces(tokens), "characters": whisper.split_tokens_on_unicode(tokens)}
    (TARGET / "vocabulary.json").write_text(json.dumps(
        {"texts": texts, "split": {k: v if k == "tokens" else v[0] for k, v in split.items()},
         "nonSpeech": list(whisper.non_speech_tokens)}, ensure_ascii=False))
