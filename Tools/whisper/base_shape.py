"""Exports a Whisper of the shape of whisper-base with random weights, quantized to int8, to measure speed with.

    /path/to/venv/bin/python Tools/whisper/base_shape.py FOLDER

FOLDER becomes a model directory of about 80 MB (not for git). Its config.json allows 200 positions instead of 448, so that a
window gets exactly 100 new tokens: random weights practically never end a text. Measure at temperature 0, without VAD:

    jarvis-bridges transcribe NOISE.wav ...

Text ids are real in number only; the tokenizer holds the tiny vocabulary, and what comes out is nonsense.
"""

import json
import sys
import tempfile
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from optimum.exporters.onnx import main_export
from transformers import WhisperConfig, WhisperForConditionalGeneration

from tiny_vocabulary import TinyVocabulary

TASK = "automatic-speech-recognition-with-past"


def main(target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    config = WhisperConfig(
        vocab_size=51865, num_mel_bins=80, d_model=512, encoder_layers=6, decoder_layers=6,
        encoder_attention_heads=8, decoder_attention_heads=8, encoder_ffn_dim=2048, decoder_ffn_dim=2048,
        suppress_tokens=None, begin_suppress_tokens=None)
    model = WhisperForConditionalGeneration(config).eval()
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(f"{folder}/torch")
        main_export(f"{folder}/torch", f"{folder}/onnx", task=TASK, do_validation=False)
        for name in ["encoder_model", "decoder_model_merged"]:
            quantize_dynamic(
                f"{folder}/onnx/{name}.onnx", target / f"{name}_int8.onnx", weight_type=QuantType.QInt8,
                op_types_to_quantize=["MatMul"], extra_options={"EnableSubgraph": True})
    TinyVocabulary(99).write(target, as_tokenizer_json=True)
    # The tokenizer's own control tokens have other ids; without them, those of the real layout follow from the width.
    tokenizer = json.loads((target / "tokenizer.json").read_text())
    tokenizer["added_tokens"] = []
    (target / "tokenizer.json").write_text(json.dumps(tokenizer))
    (target / "config.json").write_text(json.dumps(
        {"model_type": "whisper", "d_model": 512, "num_mel_bins": 80, "vocab_size": 51865, "decoder_attention_heads": 8,
         "max_target_positions": 200}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
