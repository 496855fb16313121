"""Writes Tests/EmbeddingsTests/Fixtures/TinyEncoder/: a random two-layer BERT with the Unigram tokenizer of the tokenizer fixtures, shaped like
paraphrase-multilingual-MiniLM-L12-v2, and the vectors that sentence-transformers gives for every pooling mode.

Run after make_tokenizer_fixtures.py: python Tools/embeddings/make_tiny_encoder.py   (needs Tools/requirements.txt)
"""
import json
import pathlib
import shutil
import tempfile

import numpy as np
import torch
from sentence_transformers import SentenceTransformer, models
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from sample_texts import SENTENCES, SPECIAL

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "Tests/EmbeddingsTests/Fixtures"
OUT = FIXTURES / "TinyEncoder"
MODES = ["cls", "mean", "max", "mean_sqrt_len_tokens", "weightedmean", "lasttoken"]


def main():
    torch.manual_seed(11)
    tokenizer_file = FIXTURES.parents[1] / "TokenizersTests/Fixtures/unigram.json"
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(tokenizer_file), bos_token="<s>", eos_token="</s>", cls_token="<s>", sep_token="</s>",
                                        pad_token="<pad>", unk_token="<unk>", mask_token="<mask>")
    config = BertConfig(vocab_size=len(tokenizer), hidden_size=8, num_hidden_layers=2, num_attention_heads=2, intermediate_size=16,
                        max_position_embeddings=64, pad_token_id=1)
    network = BertModel(config).eval()
    for name, parameter in network.named_parameters():
        # Larger than the usual initial values, so that texts and pooling modes differ clearly.
        is_scale = "LayerNorm.weight" in name
        torch.nn.init.normal_(parameter, mean=float(is_scale), std=1 if "embeddings.weight" in name else 0.2)
    texts = SENTENCES[:30] + SPECIAL[:20] + ["Bonjour " * 100]
    answers = {}
    with tempfile.TemporaryDirectory() as folder:
        network.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        for mode in MODES:
            transformer = models.Transformer(folder, max_seq_length=48)
            model = SentenceTransformer(modules=[transformer, models.Pooling(8, pooling_mode=mode)], device="cpu")
            answers[mode] = np.round(model.encode(texts, batch_size=1, normalize_embeddings=True), 6).tolist()
        OUT.mkdir(parents=True, exist_ok=True)
        for name in ("model.safetensors", "config.json"):
            shutil.copy(pathlib.Path(folder) / name, OUT / name)
    distances = [1 - float(np.dot(answers[a][0], answers[b][0])) for i, a in enumerate(MODES) for b in MODES[:i] if {a, b} != {"mean", "mean_sqrt_len_tokens"}]
    assert min(distances) > 1e-3, distances
    (OUT / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 48, "do_lower_case": False}) + "\n")
    (OUT / "vectors.json").write_text(json.dumps({"texts": texts, "vectors": answers}, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
