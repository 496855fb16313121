"""Makes the tiny Whisper fixtures: random weights, real architecture, exported by optimum.

    /path/to/venv/bin/python Tools/whisper/tiny_models.py

writes Tests/SpeechToTextTests/Fixtures/whisper-{multilingual,english,v3}/ and keeps the PyTorch weights in
.build/whisper-fixtures/ for references.py, which must be run after it. Deterministic: seeds are fixed. See
Tools/requirements.txt for the packages.

The weights are random but not small: embeddings and positions are scaled so that the decoder's answer depends on the
audio, on the prompt and on what was said before, that timestamps, text and end of text all occur, and that token
sequences differ from clip to clip. What is said is gibberish.
"""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import onnx
import torch
from optimum.exporters.onnx import main_export
from optimum.exporters.onnx.base import ConfigBehavior
from optimum.exporters.onnx.model_configs import WhisperOnnxConfig
from onnxruntime.quantization import QuantType, quantize_dynamic
from transformers import WhisperConfig, WhisperForConditionalGeneration

from tiny_vocabulary import TEXT_TOKENS, TinyVocabulary

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "Tests" / "SpeechToTextTests" / "Fixtures"
WORK = ROOT / ".build" / "whisper-fixtures"


@dataclass
class Variant:
    name: str
    languages: int
    multilingual: bool
    mels: int
    seed: int
    attentions: bool
    times: float
    end: float
    prompts: bool = True

    @property
    def vocabulary(self) -> TinyVocabulary:
        return TinyVocabulary(self.languages)


VARIANTS = [
    Variant("whisper-multilingual", 99, True, 80, 11, True, times=1.7, end=4.3),
    Variant("whisper-english", 99, False, 80, 12, False, times=1.5, end=3.8),
    Variant("whisper-v3", 100, True, 128, 13, False, times=1.5, end=3.5),
]
WIDTH, HEADS, LAYERS = 16, 2, 2
TASK = "automatic-speech-recognition-with-past"
ALIGNMENT_HEADS = [[0, 1], [1, 0], [1, 1]]


def make_model(variant: Variant) -> WhisperForConditionalGeneration:
    vocabulary = variant.vocabulary
    special = vocabulary.specials
    config = WhisperConfig(
        vocab_size=vocabulary.size, num_mel_bins=variant.mels, d_model=WIDTH,
        encoder_layers=LAYERS, decoder_layers=LAYERS, encoder_attention_heads=HEADS, decoder_attention_heads=HEADS,
        encoder_ffn_dim=4 * WIDTH, decoder_ffn_dim=4 * WIDTH, max_source_positions=1500, max_target_positions=448,
        decoder_start_token_id=special["<|startoftranscript|>"], eos_token_id=special["<|endoftext|>"],
        bos_token_id=special["<|endoftext|>"], pad_token_id=special["<|endoftext|>"],
        suppress_tokens=None, begin_suppress_tokens=None,
    )
    torch.manual_seed(variant.seed)
    model = WhisperForConditionalGeneration(config).eval()
    normal = lambda *shape: torch.randn(*shape)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.ndim == 3:
                weight.copy_(normal(*weight.shape) * (1.5 / (weight.shape[1] * 3) ** 0.5))
            elif weight.ndim == 2 and "embed" not in name:
                weight.copy_(normal(*weight.shape) * (1.3 / weight.shape[1] ** 0.5))
            elif name.endswith("bias") and "layer_norm" not in name:
                weight.copy_(normal(*weight.shape) * 0.1)
        # Cross attention listens sharply, but must not drown what was said before.
        for layer in model.model.decoder.layers:
            layer.encoder_attn.q_proj.weight.mul_(1.5)
            layer.encoder_attn.out_proj.weight.mul_(0.9)
        decoder = model.model.decoder
        decoder.embed_positions.weight.copy_(normal(448, WIDTH) * 2)
        table = normal(vocabulary.size, WIDTH)
        table[TEXT_TOKENS : vocabulary.timestamp_begin] *= 0.7
        # Times grow along one direction, so that neighbours are alike and the choice between times is not noise.
        first = vocabulary.timestamp_begin
        phase = torch.arange(1501)[:, None] * torch.linspace(0.002, 0.05, WIDTH // 2)
        table[first:] = torch.cat([torch.sin(phase), torch.cos(phase)], dim=1) * variant.times + 0.05 * normal(1501, WIDTH)
        # End of text and no-speech answer to a constant that the last layer norm adds.
        direction = normal(WIDTH)
        direction /= direction.norm()
        table[special["<|endoftext|>"]] += variant.end * direction
        table[special["<|nospeech|>"]] += 3.0 * direction
        decoder.embed_tokens.weight.copy_(table)
        decoder.layer_norm.bias.copy_(2.0 * direction)
    model.tie_weights()
    return model


class AttentionConfig(WhisperOnnxConfig):
    """Adds the cross attentions to the decoders' outputs, as the exports named `_timestamped` have them."""

    @property
    def outputs(self):
        outputs = super().outputs
        if self._behavior is ConfigBehavior.DECODER:
            for layer in range(self._config.decoder_layers):
                outputs[f"cross_attentions.{layer}"] = {0: "batch_size", 2: "decoder_sequence_length"}
        return outputs


def attention_configs(config: WhisperConfig) -> dict:
    whole = AttentionConfig(config=config, task="automatic-speech-recognition", use_past=True)
    return {
        "encoder_model": whole.with_behavior("encoder"),
        "decoder_model": whole.with_behavior("decoder", use_past=True, use_past_in_inputs=False),
        "decoder_with_past_model": whole.with_behavior("decoder", use_past=True, use_past_in_inputs=True),
    }


def export(variant: Variant) -> Path:
    directory = WORK / variant.name
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    model = make_model(variant)
    model.generation_config.suppress_tokens = None
    model.generation_config.begin_suppress_tokens = None
    model.save_pretrained(directory / "torch")
    main_export(
        str(directory / "torch"), directory / "onnx", task=TASK, do_validation=False,
        model_kwargs={"output_attentions": True} if variant.attentions else None,
        custom_onnx_configs=attention_configs(model.config) if variant.attentions else None,
    )
    return directory


def quantize(source: Path, target: Path) -> None:
    quantize_dynamic(
        source, target, weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul"],
        extra_options={"EnableSubgraph": True},
    )


def to_float16(source: Path, target: Path) -> None:
    """Float16 weights and, unlike the transformers.js exports, float16 inputs and outputs."""
    from onnxruntime.transformers.float16 import convert_float_to_float16

    model = convert_float_to_float16(onnx.load(source), keep_io_types=False, disable_shape_infer=False)
    onnx.save(model, target)


def strip(path: Path) -> None:
    """Removes what the exporter noted for debugging; names of nodes are a third of so small a file."""
    model = onnx.load(path)

    def walk(graph):
        del graph.value_info[:]
        for node in graph.node:
            node.doc_string = ""
            node.ClearField("metadata_props")
            node.ClearField("name")
            for attribute in node.attribute:
                if attribute.HasField("g"):
                    walk(attribute.g)

    walk(model.graph)
    onnx.save(model, path)


def install(variant: Variant) -> None:
    exported = WORK / variant.name / "onnx"
    target = FIXTURES / variant.name
    shutil.rmtree(target, ignore_errors=True)
    models = target / "onnx" if variant.name != "whisper-multilingual" else target
    models.mkdir(parents=True)
    merged, encoder = "decoder_model_merged", "encoder_model"
    match variant.name:
        case "whisper-multilingual":
            for name in [encoder, merged]:
                shutil.copy(exported / f"{name}.onnx", models)
                quantize(exported / f"{name}.onnx", models / f"{name}_int8.onnx")
        case "whisper-english":
            for name in [encoder, "decoder_model", "decoder_with_past_model"]:
                to_float16(exported / f"{name}.onnx", models / f"{name}_fp16.onnx")
        case "whisper-v3":
            for name in [encoder, "decoder_model", "decoder_with_past_model"]:
                shutil.copy(exported / f"{name}.onnx", models)
    for path in models.glob("*.onnx"):
        strip(path)
    write_side_files(variant, exported, target)


def write_side_files(variant: Variant, exported: Path, target: Path) -> None:
    vocabulary = variant.vocabulary
    vocabulary.write(target, as_tokenizer_json=variant.name != "whisper-english")
    kept = ["model_type", "d_model", "num_mel_bins", "vocab_size", "encoder_layers", "decoder_layers",
            "decoder_attention_heads", "max_source_positions", "max_target_positions"]
    config = json.loads((exported / "config.json").read_text())
    (target / "config.json").write_text(json.dumps({k: config[k] for k in kept}, indent=1))
    generation = vocabulary.generation_config(variant.multilingual, ALIGNMENT_HEADS if variant.attentions else None)
    (target / "generation_config.json").write_text(json.dumps(generation))
    features = {"feature_extractor_type": "WhisperFeatureExtractor", "feature_size": variant.mels,
                "sampling_rate": 16000, "hop_length": 160, "n_fft": 400, "chunk_length": 30}
    (target / "preprocessor_config.json").write_text(json.dumps(features))


if __name__ == "__main__":
    only = sys.argv[1:]
    for each in VARIANTS:
        if only and each.name not in only:
            continue
        export(each)
        install(each)
    subprocess.run(["du", "-ah", str(FIXTURES)], check=True)
