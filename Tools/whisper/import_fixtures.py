"""Writes the weights of the tiny Whisper fixtures in the forms in which weights are published, for the tests of the importer.

    /path/to/venv/bin/python Tools/whisper/import_fixtures.py

needs ctranslate2 (4.8.5) beside the packages of Tools/requirements.txt, and writes Tests/SpeechToTextTests/Fixtures/whisper-imports/:
float32 safetensors of whisper-multilingual in one file and of whisper-v3 in two, and what CTranslate2's own converter makes of
whisper-multilingual as float16 and int8. The weights are those of tiny_models.py, whose exports and references are committed: the
tool stops if it makes others.
"""

import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
import onnx
import torch
from ctranslate2.converters import TransformersConverter
from safetensors.torch import save_file

from tiny_models import ALIGNMENT_HEADS, FIXTURES, VARIANTS, make_model

TARGET = FIXTURES / "whisper-imports"


def check(model: torch.nn.Module, export: Path) -> None:
    positions = model.model.decoder.embed_positions.weight.detach().numpy()

    def constants(graph):
        yield from graph.initializer
        for node in graph.node:
            for attribute in node.attribute:
                yield from constants(attribute.g) if attribute.HasField("g") else [attribute.t]

    arrays = (onnx.numpy_helper.to_array(one) for one in constants(onnx.load(export).graph) if one.dims)
    if not any(np.array_equal(array, positions) for array in arrays):
        raise SystemExit(f"{export} was made of other weights; run tiny_models.py and references.py as well")


def tensors(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    return {name: value.contiguous().clone() for name, value in model.state_dict().items() if name != "proj_out.weight"}


def main() -> None:
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir(parents=True)
    multilingual, _, v3 = VARIANTS
    model = make_model(multilingual)
    check(model, FIXTURES / multilingual.name / "decoder_model_merged.onnx")
    save_file(tensors(model), TARGET / "multilingual.safetensors", metadata={"format": "pt"})
    for kind in ["float16", "int8"]:
        with tempfile.TemporaryDirectory() as folder:
            model.generation_config.alignment_heads = ALIGNMENT_HEADS
            model.save_pretrained(folder)
            multilingual.vocabulary.write(Path(folder), as_tokenizer_json=False)
            (Path(folder) / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "WhisperTokenizer"}))
            TransformersConverter(folder).convert(f"{folder}/ct2", quantization=kind)
            shutil.copy(f"{folder}/ct2/model.bin", TARGET / f"multilingual-{kind}.bin")
            shutil.copy(f"{folder}/ct2/config.json", TARGET / "ctranslate2-config.json")
    model = make_model(v3)
    check(model, FIXTURES / v3.name / "onnx/decoder_model.onnx")
    large = tensors(model)
    names = sorted(large)
    halves = {"model-00001-of-00002.safetensors": names[::2], "model-00002-of-00002.safetensors": names[1::2]}
    for file, part in halves.items():
        save_file({name: large[name] for name in part}, TARGET / f"v3-{file}", metadata={"format": "pt"})
    index = {"metadata": {}, "weight_map": {name: file for file, part in halves.items() for name in part}}
    (TARGET / "v3-model.safetensors.index.json").write_text(json.dumps(index))


if __name__ == "__main__":
    main()
