"""Tiny voices with the interface of real Piper exports: their sound is a tone a phoneme, as a function of the ids.

Durations follow the real formula, ceil(duration[id] * length_scale * exp(noise * noise_w)), and both random sources are there, so
that scales, speakers and speed can be compared with piper-tts. No weights: the tones are computed in the graph, and a file is 4 kB.
"""

import json
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP

HOP = 256


def constant(name, values, dtype):
    return numpy_helper.from_array(np.asarray(values, dtype=dtype), name)


def network(speakers: int) -> onnx.ModelProto:
    ids = np.arange(256)
    initializers = [
        constant("tone", np.where(ids == 0, 0, 1 + ids % 61)[:, None], np.float32),
        constant("loudness", np.where(ids == 0, 0, 0.2 + (ids % 7) / 10)[:, None], np.float32),
        constant("duration", 1 + ids % 3, np.float32),
        constant("angles", 2 * np.pi * np.arange(HOP)[None, :] / HOP, np.float32),
        constant("gains", [1.0 / (1 + s) for s in range(speakers)], np.float32),
        constant("pitches", [1.0 + 2 * s for s in range(speakers)], np.float32),
        constant("zero", 0, np.int64), constant("one", 1, np.int64), constant("two", 2, np.int64),
        constant("zero_f", 0, np.float32), constant("one_f", 1, np.float32), constant("small", 0.05, np.float32),
        constant("flat", [-1], np.int64), constant("first_axes", [0, 1], np.int64), constant("last_axis", [1], np.int64),
        constant("axis_zero", [0], np.int64), constant("zero_i32", 0, np.int32),
        constant("out_shape", [1, 1, 1, -1] if speakers == 1 else [1, 1, -1], np.int64),
    ]
    n = helper.make_node
    nodes = [
        n("Gather", ["scales", "zero"], ["noise_scale"]), n("Gather", ["scales", "one"], ["length_scale"]),
        n("Gather", ["scales", "two"], ["noise_w"]),
        n("Reshape", ["input", "flat"], ["ids"]),
        n("Gather", ["duration", "ids"], ["base"]),
        n("RandomNormalLike", ["base"], ["duration_noise"], dtype=TensorProto.FLOAT),
        n("Mul", ["duration_noise", "noise_w"], ["duration_shift"]), n("Exp", ["duration_shift"], ["stretch"]),
        n("Mul", ["base", "length_scale"], ["scaled"]), n("Mul", ["scaled", "stretch"], ["w"]),
        n("Unsqueeze", ["w", "first_axes"], ["w3"]), n("Ceil", ["w3"], ["frames3"]),
        n("Squeeze", ["frames3", "first_axes"], ["frames"]),
        n("CumSum", ["frames", "zero_i32"], ["ends"]),
        n("ReduceSum", ["frames", "axis_zero"], ["total"], keepdims=0),
        n("Range", ["zero_f", "total", "one_f"], ["times"]),
        n("Unsqueeze", ["times", "last_axis"], ["times2"]),
        n("GreaterOrEqual", ["times2", "ends"], ["passed"]), n("Cast", ["passed"], ["passed_i"], to=TensorProto.INT64),
        n("ReduceSum", ["passed_i", "last_axis"], ["index"], keepdims=0),
        n("Gather", ["ids", "index"], ["frame_ids"]),
        n("Gather", ["tone", "frame_ids"], ["harmonics"]), n("Gather", ["loudness", "frame_ids"], ["levels"]),
    ]
    inputs = [
        helper.make_tensor_value_info("input", TensorProto.INT64, ["batch_size", "phonemes"]),
        helper.make_tensor_value_info("input_lengths", TensorProto.INT64, ["batch_size"]),
        helper.make_tensor_value_info("scales", TensorProto.FLOAT, [3]),
    ]
    if speakers > 1:
        inputs.append(helper.make_tensor_value_info("sid", TensorProto.INT64, ["batch_size"]))
        nodes += [
            n("Gather", ["pitches", "sid"], ["pitch"]), n("Mul", ["harmonics", "pitch"], ["spoken_harmonics"]),
            n("Gather", ["gains", "sid"], ["gain"]), n("Mul", ["levels", "gain"], ["spoken_levels"]),
        ]
    else:
        nodes += [n("Identity", ["harmonics"], ["spoken_harmonics"]), n("Identity", ["levels"], ["spoken_levels"])]
    nodes += [
        n("Mul", ["spoken_harmonics", "angles"], ["phases"]), n("Sin", ["phases"], ["sines"]),
        n("Mul", ["sines", "spoken_levels"], ["sound"]),
        n("RandomNormalLike", ["sound"], ["latent_noise"], dtype=TensorProto.FLOAT),
        n("Mul", ["latent_noise", "noise_scale"], ["noise_1"]), n("Mul", ["noise_1", "small"], ["noise_2"]),
        n("Add", ["sound", "noise_2"], ["noisy"]),
        # Keeps input_lengths an input, as in real exports.
        n("Sub", ["input_lengths", "input_lengths"], ["nothing_i"]),
        n("Cast", ["nothing_i"], ["nothing"], to=TensorProto.FLOAT), n("Add", ["noisy", "nothing"], ["all"]),
        n("Reshape", ["all", "out_shape"], ["output"]),
    ]
    shape = [1, 1, 1, "time"] if speakers == 1 else [1, 1, "time"]
    graph = helper.make_graph(
        nodes, "voice", inputs, [helper.make_tensor_value_info("output", TensorProto.FLOAT, shape)], initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    return model


def configuration(espeak_voice: str, sample_rate: int, speakers: dict[str, int]) -> dict:
    result = {
        "audio": {"sample_rate": sample_rate, "quality": "medium"},
        "espeak": {"voice": espeak_voice},
        "language": {"code": "fr_FR", "family": "fr"},
        "inference": {"noise_scale": 0.667, "length_scale": 1.1 if speakers else 1, "noise_w": 0.8},
        "phoneme_type": "espeak",
        "phoneme_map": {},
        "phoneme_id_map": {k: v for k, v in DEFAULT_PHONEME_ID_MAP.items() if len(k) == 1},
        "num_symbols": 256,
        "num_speakers": max(1, len(speakers)),
        "speaker_id_map": speakers,
        "an_unknown_field": {"of": ["a", "later", "version"]},
    }
    return result


def write(folder: pathlib.Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, voice, rate, speakers in [
        ("tones", "fr", 22050, {}), ("duet", "en-us", 44100, {"jessica": 0, "pierre": 1}),
    ]:
        onnx.save(network(max(1, len(speakers))), folder / f"{name}.onnx")
        text = json.dumps(configuration(voice, rate, speakers), ensure_ascii=False)
        (folder / f"{name}.onnx.json").write_text(text + "\n", encoding="utf-8")
