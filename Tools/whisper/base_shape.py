"""Exports a Whisper of the shape of whisper-base with random weights, as fp32 and int8, to measure speed with.

    /path/to/venv/bin/python Tools/whisper/base_shape.py FOLDER

FOLDER/base-shape-fp32 and FOLDER/base-shape-int8 become model directories of about 300 and 200 MB (not for git).
Benchmarks/whisper_bench.sh makes and measures them. A window gets exactly 100 tokens, at temperature 0 and without VAD:

- config.json allows 200 positions instead of 448, and half of the positions is the limit of an answer;
- the embedding of the end of text is zero, and so is its logit, which is never the largest of 51,865 random ones;
- generation_config.json forbids all timestamps but the first, as after the last timestamp only the end may follow.

What comes out is one word for each token, its number, so that a measurement can count them: 99 after the timestamp.
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from optimum.exporters.onnx import main_export
from transformers import WhisperConfig, WhisperForConditionalGeneration

TASK = "automatic-speech-recognition-with-past"
VOCABULARY = 51865
END_OF_TEXT = 50257
FIRST_TIMESTAMP = 50364


def main(target: Path) -> None:
    torch.manual_seed(0)
    config = WhisperConfig(
        vocab_size=VOCABULARY, num_mel_bins=80, d_model=512, encoder_layers=6, decoder_layers=6,
        encoder_attention_heads=8, decoder_attention_heads=8, encoder_ffn_dim=2048, decoder_ffn_dim=2048,
        suppress_tokens=None, begin_suppress_tokens=None)
    model = WhisperForConditionalGeneration(config).eval()
    with torch.no_grad():
        model.model.decoder.embed_tokens.weight[END_OF_TEXT] = 0
    float32, int8 = target / "base-shape-fp32", target / "base-shape-int8"
    for folder in [float32, int8]:
        folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(f"{folder}/torch")
        main_export(f"{folder}/torch", f"{folder}/onnx", task=TASK, do_validation=False)
        for name in ["encoder_model", "decoder_model_merged"]:
            shutil.copy(f"{folder}/onnx/{name}.onnx", float32)
            quantize_dynamic(
                f"{folder}/onnx/{name}.onnx", int8 / f"{name}_int8.onnx", weight_type=QuantType.QInt8,
                op_types_to_quantize=["MatMul"], extra_options={"EnableSubgraph": True})
    for folder in [float32, int8]:
        write_settings(folder)


def write_settings(folder: Path) -> None:
    words = {f"\u0120{number}": number for number in range(END_OF_TEXT)}  # U+0120 is the byte alphabet's space
    (folder / "tokenizer.json").write_text(json.dumps({"model": {"vocab": words, "merges": []}}))
    (folder / "config.json").write_text(json.dumps(
        {"model_type": "whisper", "d_model": 512, "num_mel_bins": 80, "vocab_size": VOCABULARY,
         "decoder_attention_heads": 8, "max_target_positions": 200}))
    (folder / "generation_config.json").write_text(json.dumps(
        {"suppress_tokens": list(range(FIRST_TIMESTAMP + 1, VOCABULARY))}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
