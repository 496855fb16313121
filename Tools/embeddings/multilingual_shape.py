"""Writes a sentence encoder of the shape of paraphrase-multilingual-MiniLM-L12-v2 with random weights, to measure memory and speed with.

    /path/to/venv/bin/python Tools/embeddings/multilingual_shape.py FOLDER

FOLDER gets the files that the hub has for that model (490 MB, not for git): 12 layers of 384, a table of 250,037 words, and a
Unigram tokenizer.json of 250,002 pieces with the character map of the tests' Unigram fixture. Benchmarks/memory_bench.sh serves
them as a hub does, so that they are fetched and converted as the real ones are. The vectors mean nothing.
"""

import json
import random
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import BertConfig, BertModel

FIXTURE = Path(__file__).resolve().parents[2] / "Tests/TokenizersTests/Fixtures/unigram.json"
PIECES = 250_002
# Letters of some of the scripts that XLM-R's vocabulary holds; a piece stays in one of them, as real ones do.
SCRIPTS = ["etaoinshrdlucmfwygpbvkxqjz", "eéaàsinrtulodcmpqbvhgfjxyzêèôîç", "оеаинтсрвлкмдпуяыьгзбчйхжшю", "αβγδεζηθικλμνξοπρστυφχψω",
           "ابتثجحخدذرزسشصضطظعغفقكلمنهوي", "कखगघचछजझटठडढतथदधनपफबभमयरलवशषसह", "的一是不了人我在有他这中大来上国个到说们", "あいうえおかきくけこさしすせそたちつてと"]


def tokenizer() -> dict:
    made = json.loads(FIXTURE.read_text())
    generator = random.Random(0)
    vocabulary = [pair for pair in made["model"]["vocab"] if pair[0] != "<mask>"]
    known = {piece for piece, _ in vocabulary}
    while len(vocabulary) < PIECES - 1:
        script = generator.choice(SCRIPTS)
        # About 6.3 bytes a piece, half of them at the start of a word, as in XLM-R.
        piece = ("▁" if generator.random() < 0.5 else "") + "".join(generator.choices(script, k=generator.randint(2, 7 if script.isascii() else 4)))
        if piece not in known:
            known.add(piece)
            vocabulary.append([piece, -8 - 8 * len(vocabulary) / PIECES])
    made["model"]["vocab"] = vocabulary + [["<mask>", 0.0]]
    made["added_tokens"] = [
        token | {"id": PIECES - 1} if token["content"] == "<mask>" else token for token in made["added_tokens"]]
    return made


def main(target: Path) -> None:
    torch.manual_seed(0)
    (target / "1_Pooling").mkdir(parents=True, exist_ok=True)
    config = BertConfig(
        vocab_size=250_037, hidden_size=384, num_hidden_layers=12, num_attention_heads=12, intermediate_size=1536,
        max_position_embeddings=512, pad_token_id=1)
    network = BertModel(config, add_pooling_layer=False)
    save_file({name: tensor.contiguous() for name, tensor in network.state_dict().items()}, target / "model.safetensors")
    for name, value in {
        "config.json": config.to_dict(),
        "tokenizer.json": tokenizer(),
        "sentence_bert_config.json": {"max_seq_length": 128, "do_lower_case": False},
        "1_Pooling/config.json": {"word_embedding_dimension": 384, "pooling_mode_mean_tokens": True},
        "modules.json": [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
                         {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}],
    }.items():
        (target / name).write_text(json.dumps(value, ensure_ascii=False))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
