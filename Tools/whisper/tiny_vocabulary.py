"""The small vocabulary of the Whisper fixtures: real byte-level BPE and Whisper's own order of special tokens.

Text ids come first (256 bytes in GPT-2's order, so that " " is 220 as in the real vocabulary, then merges), then
end of text, start, languages, tasks, ... and the 1501 timestamps, exactly as `whisper.tokenizer.get_encoding` lays
them out. Imported by the other scripts here; not run by itself.
"""

import json
from pathlib import Path

import tiktoken
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from whisper.tokenizer import LANGUAGES
from whisper.tokenizer import Tokenizer as WhisperTokenizer

PATTERN = r"""'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""
TEXT_TOKENS = 320

CORPUS = [
    "Allume la lumière du salon, s'il te plaît. Il est déjà huit heures et demie, et l'été n'est pas fini.",
    "Éteins le chauffage dans la chambre des enfants; où est le chat ? Ça va, à bientôt, où êtes-vous, 2024 !",
    "Turn on the light in the living room, please. It's half past eight and the summer isn't over yet.",
    "What is the weather like tomorrow? They've said that we'll have rain, I'm sure; the cat is on the mat. 123",
    "日本語のテスト。你好，世界。 👋🏽 Привет, мир. (hello) [music] ♪ -- \"quoted\" <tag> {a} = 5 / 2",
]


def train() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=TEXT_TOKENS, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator(CORPUS * 3, trainer)
    return tokenizer


def byte_of_character() -> dict[str, int]:
    """GPT-2's table from the characters of the vocabulary file to bytes."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    table = {chr(b): b for b in printable}
    others = [b for b in range(256) if b not in printable]
    table.update({chr(256 + i): b for i, b in enumerate(others)})
    return table


def special_tokens(languages: int) -> list[str]:
    return [
        "<|endoftext|>",
        "<|startoftranscript|>",
        *[f"<|{code}|>" for code in list(LANGUAGES)[:languages]],
        "<|translate|>",
        "<|transcribe|>",
        "<|startoflm|>",
        "<|startofprev|>",
        "<|nospeech|>",
        "<|notimestamps|>",
    ]


class TinyVocabulary:
    def __init__(self, languages: int):
        self.languages = languages
        self.tokenizer = train()
        self.text = self.tokenizer.get_vocab()
        assert self.text["Ġ"] == 220 and len(self.text) == TEXT_TOKENS, len(self.text)
        self.specials = {name: TEXT_TOKENS + i for i, name in enumerate(special_tokens(languages))}
        self.timestamp_begin = self.specials["<|notimestamps|>"] + 1
        self.size = self.timestamp_begin + 1501

    def encoding(self) -> tiktoken.Encoding:
        table = byte_of_character()
        ranks = {bytes(table[c] for c in token): index for token, index in self.text.items()}
        times = {f"<|{i * 0.02:.2f}|>": self.timestamp_begin + i for i in range(1501)}
        return tiktoken.Encoding(
            name="tiny", explicit_n_vocab=self.size, pat_str=PATTERN, mergeable_ranks=ranks,
            special_tokens={**self.specials, **times},
        )

    def whisper_tokenizer(self, language=None, task=None) -> WhisperTokenizer:
        return WhisperTokenizer(
            encoding=self.encoding(), num_languages=self.languages, language=language, task=task
        )

    def generation_config(self, multilingual: bool, alignment_heads) -> dict:
        s = self.specials
        reference = self.whisper_tokenizer()
        config = {
            "decoder_start_token_id": s["<|startoftranscript|>"],
            "eos_token_id": s["<|endoftext|>"],
            "pad_token_id": s["<|endoftext|>"],
            "bos_token_id": s["<|endoftext|>"],
            "begin_suppress_tokens": [220, s["<|endoftext|>"]],
            "suppress_tokens": sorted(reference.non_speech_tokens),
            "no_timestamps_token_id": s["<|notimestamps|>"],
            "prev_sot_token_id": s["<|startofprev|>"],
            "max_initial_timestamp_index": 50,
            "is_multilingual": multilingual,
            "max_length": 448,
        }
        if multilingual:
            config["lang_to_id"] = {f"<|{code}|>": s[f"<|{code}|>"] for code in list(LANGUAGES)[: self.languages]}
            config["task_to_id"] = {"transcribe": s["<|transcribe|>"], "translate": s["<|translate|>"]}
        if alignment_heads:
            config["alignment_heads"] = alignment_heads
        return config

    def write(self, directory: Path, as_tokenizer_json: bool) -> None:
        """tokenizer.json, or the older trio of files; timestamps are in neither, as in many published exports."""
        model = json.loads(self.tokenizer.to_str())["model"]
        if as_tokenizer_json:
            added = [
                {"id": index, "content": name, "single_word": False, "lstrip": False, "rstrip": False,
                 "normalized": False, "special": True}
                for name, index in self.specials.items()
            ]
            whole = {
                "version": "1.0", "truncation": None, "padding": None, "added_tokens": added, "normalizer": None,
                "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True},
                "post_processor": None, "decoder": {"type": "ByteLevel"}, "model": model,
            }
            (directory / "tokenizer.json").write_text(json.dumps(whole, ensure_ascii=False))
            return
        (directory / "vocab.json").write_text(json.dumps(model["vocab"], ensure_ascii=False))
        merges = [m if isinstance(m, str) else " ".join(m) for m in model["merges"]]
        (directory / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n")
        (directory / "added_tokens.json").write_text(json.dumps(self.specials))
