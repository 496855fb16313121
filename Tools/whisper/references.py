"""Writes what openai-whisper's decoding makes of the tiny fixtures, for the parity tests.

    /path/to/venv/bin/python Tools/whisper/references.py

Run tiny_models.py first. Writes into Tests/SpeechToTextTests/Fixtures/WhisperReferences/: clips.json (recipes, see
clips.py), speech-*.u8 (recordings by espeak-ng; made once and then kept), and one JSON file of expected values for each
model. See openai_reference.py for what exactly is the reference: PyTorch weights for the float32 files, the ONNX files
themselves under openai's decoding code for int8 and float16.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from transformers import WhisperForConditionalGeneration
from whisper.decoding import DecodingOptions
from whisper.model import ModelDimensions
from whisper.tokenizer import get_tokenizer
from whisper.transcribe import transcribe

import openai_reference as openai
from clips import RECIPES, record_speech, render
from tiny_models import ALIGNMENT_HEADS, FIXTURES, ROOT, VARIANTS, WORK

NANO = ROOT / "Sources/ModelStore/Resources/models/whisper-nano"
TARGET = FIXTURES / "WhisperReferences"
PROMPT = "Le chat est sur la table, l'été n'est pas fini."

MODES = {
    "greedy": {},
    "greedy-plain": {"without_timestamps": True},
    "beam": {"beam_size": 5},
    "beam-plain": {"beam_size": 5, "without_timestamps": True},
}
SPEECH_CLIPS = ["speech-fr-1", "speech-fr-2", "speech-en-1", "speech-en-2", "speech-in-noise"]
LONG_CLIPS = ["long-95-seconds", "exactly-30-seconds", "tenth-of-a-second", "speech-both"]


class NanoVocabulary:
    """whisper-nano's, which is Whisper's own."""

    languages = 99

    def whisper_tokenizer(self, language="fr", task="transcribe"):
        return get_tokenizer(True, num_languages=self.languages, language=language, task=task)


@dataclass
class Nano:
    name: str = "whisper-nano"
    multilingual: bool = True
    attentions: bool = False
    prompts: bool = False  # it was never taught to follow one
    vocabulary = NanoVocabulary()


def load_nano() -> openai.OnnxWhisper:
    config = json.loads((NANO / "config.json").read_text())
    width, heads = config["d_model"], config["decoder_attention_heads"]
    model = openai.OnnxWhisper(
        ModelDimensions(
            config["num_mel_bins"], config["max_source_positions"], width, heads, config["encoder_layers"],
            config["vocab_size"], config["max_target_positions"], width, heads, config["decoder_layers"]),
        Nano.vocabulary, multilingual=True)
    decoder = str(NANO / "decoder_model_merged_int8.onnx")
    model.eval().use(str(NANO / "encoder_model_int8.onnx"), decoder, decoder)
    return model


def load(variant, precision: str, onnx: bool):
    if variant.name == "whisper-nano":
        return load_nano()
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
        word_timestamps=words, condition_on_previous_text=variant.prompts, fp16=False)
    segments = [
        {"start": round(s["start"], 3), "end": round(s["end"], 3), "seek": s["seek"], "tokens": s["tokens"],
         **({"words": [[w["word"], w["start"], w["end"], round(w["probability"], 5)] for w in s["words"]]} if words else {})}
        for s in made["segments"] if s["text"].strip()
    ]
    return {"language": made["language"], "beam": beam, "prompt": prompt is not None, "segments": segments}


def keep_stable(models, variant, audio, language, decoded, slack) -> None:
    """Drops answers that change when the features change by less than the 1e-4 that two correct front ends may differ
    by, or that PyTorch and onnxruntime disagree on, by their tokens or by more than `slack` in their score. Weights at
    random make near ties; and 8-bit activations are cut into 256 steps, so that a tiny difference sometimes tips a value
    into the next step."""
    for model in models:
        for noise in (0.0, 1e-7, 1e-6, 1e-5, -1e-5, 2e-5) + ((5e-5, -5e-5, 1e-4) if model.float16 else ()):
            model.noise = noise
            hidden = model.encoder(window(audio))
            for mode in list(decoded):
                prompt = PROMPT if mode.endswith("-prompted") else None
                again = decode(model, variant, hidden, language, prompt, mode.removesuffix("-prompted"))
                if again["tokens"] != decoded[mode]["tokens"] or abs(again["logprob"] - decoded[mode]["logprob"]) > slack:
                    del decoded[mode]
        model.noise = 0.0


def stable_whole(model, variant, *arguments):
    """What `whole` gives; None where the segments of int8 weights hang on a rounding."""
    made = whole(model, variant, *arguments)
    for model.noise in (1e-6, 1e-5, -1e-5) if variant.name == "whisper-nano" else ():
        again = whole(model, variant, *arguments)
        if [s["tokens"] for s in again["segments"]] != [s["tokens"] for s in made["segments"]]:
            made = None
            break
    model.noise = 0.0
    return made


def file_clips(variant, precision: str) -> list[str]:
    """Int8 networks answer otherwise after the least difference, and then take other windows: those with random weights
    always, whisper-nano where it hears what it was not taught."""
    if variant.name == "whisper-nano":
        return SPEECH_CLIPS
    return [] if precision == "_int8" else LONG_CLIPS


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
        # The scores of trained int8 weights move by some thousandths, and their tokens rarely.
        keep_stable(judges, variant, audio, language, decoded[name], 0.03 if variant.name == "whisper-nano" else 0.002)
        if variant.multilingual:
            found = model.detect_language(hidden)[1][0]
            languages[name] = max(found, key=found.get)
    for name in file_clips(variant, precision):
        wanted = [(language, False, None, False), (language, True, None, False)]
        if variant.prompts:
            wanted.append((None if variant.multilingual else "en", False, PROMPT, False))
        if variant.attentions and not precision:
            wanted.append((language, False, None, True))
        files[name] = [made for each in wanted if (made := stable_whole(model, variant, clips[name], *each))]
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
    suffixes = {"whisper-multilingual": ["", "_int8"], "whisper-english": ["_fp16"], "whisper-v3": [""], "whisper-nano": ["_int8"]}
    for each in [*VARIANTS, Nano()]:
        for suffix in suffixes[each.name]:
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
