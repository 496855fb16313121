"""Writes whisper-nano as Whisper's own ONNX export is laid out.

    python export.py RUN OUT

OUT/encoder_model.onnx, decoder_model_merged.onnx (fp32), their _int8 twins, and the side files that a loader reads. Inputs and outputs
are those of the usual exports; inside, token ids go through a map to the compact embedding (ids that were never trained get logit -10000),
the encoder stops after the last frame above the floor and pads with zeros, and the decoder ignores positions whose key is all zero.
Each weight is stored once: only the cross keys and values stand in an If, whose branches refer to outer initialisers.
"""
import argparse
import json
import os

import numpy as np
import onnx
import torch
import whisper.tokenizer
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

import nano
from nano import D, DECODER_LAYERS, HEADS

VOCABULARY = 51865
FLOAT, INT64, BOOL = TensorProto.FLOAT, TensorProto.INT64, TensorProto.BOOL


class Graph:
    """Nodes and weights under construction; every method returns the name of its output."""

    def __init__(self, weights):
        self.nodes, self.initializers, self.count, self.weights = [], {}, 0, weights

    def __call__(self, operator, *inputs, output=None, **attributes):
        self.count += 1
        name = output or f"{operator.lower()}_{self.count}"
        self.nodes.append(helper.make_node(operator, list(inputs), [name], **attributes))
        return name

    def const(self, value, dtype=np.int64, name=None):
        array = np.array(value, dtype=dtype)
        name = name or f"const_{array.dtype}_{array.tobytes().hex()[:40]}_{'x'.join(map(str, array.shape))}"
        self.initializers[name] = numpy_helper.from_array(array, name)
        return name

    def weight(self, name, transpose=False):
        key = name + (".T" if transpose else "")
        if key not in self.initializers:
            value = self.weights[name].numpy()
            self.initializers[key] = numpy_helper.from_array(np.ascontiguousarray(value.T if transpose else value), key)
        return key

    def linear(self, x, name):
        y = self("MatMul", x, self.weight(name + ".weight", transpose=True))
        return self("Add", y, self.weight(name + ".bias")) if name + ".bias" in self.weights else y

    def norm(self, x, name):
        return self("LayerNormalization", x, self.weight(name + ".weight"), self.weight(name + ".bias"), axis=-1, epsilon=1e-5)

    def gelu(self, x):
        erf = self("Erf", self("Mul", x, self.const(0.5 ** 0.5, np.float32)))
        return self("Mul", self("Mul", x, self("Add", erf, self.const(1, np.float32))), self.const(0.5, np.float32))

    def split(self, x):
        return self("Transpose", self("Reshape", x, self.const([0, -1, HEADS, D // HEADS])), perm=[0, 2, 1, 3])

    def attend(self, query, key, value, bias, name):
        scores = self("MatMul", query, self("Transpose", key, perm=[0, 1, 3, 2]))
        scores = self("Mul", scores, self.const((D // HEADS) ** -0.5, np.float32))
        if bias:
            scores = self("Add", scores, bias)
        y = self("MatMul", self("Softmax", scores, axis=-1), value)
        y = self("Reshape", self("Transpose", y, perm=[0, 2, 1, 3]), self.const([0, -1, D]))
        return self.linear(y, name + ".out")

    def feed_forward(self, x, block):
        y = self.linear(self.norm(x, f"{block}.norm2"), f"{block}.fc1")
        return self("Add", x, self.linear(self.gelu(y), f"{block}.fc2"))

    def save(self, path, inputs, outputs):
        graph = helper.make_graph(self.nodes, "whisper-nano", inputs, outputs, list(self.initializers.values()))
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], producer_name="jarvis-bridges")
        model.ir_version = 9
        onnx.checker.check_model(model)
        onnx.save(model, path)


def tensor(name, kind, *shape):
    return helper.make_tensor_value_info(name, kind, shape)


def export_encoder(weights, path):
    g = Graph(weights)
    mel = "input_features"
    # The last frame above the floor, plus 0.2 s, made even for the stride of 2.
    loudest = g("ReduceMax", mel, g.const([1]), keepdims=0)
    floor = g("Add", g("ReduceMin", mel, g.const([1, 2]), keepdims=0), g.const(1e-4, np.float32))
    active = g("Greater", loudest, g("Unsqueeze", floor, g.const([1])))
    last = g("ReduceMax", g("Where", active, g.const(np.arange(3000)[None], name="frame_numbers"), g.const(0)), keepdims=0)
    half = g("Div", g("Add", last, g.const(22)), g.const(2))
    frames = g("Min", g("Mul", half, g.const(2)), g.const(3000))
    count = g("Reshape", frames, g.const([1]))
    x = g("Slice", mel, g.const([0]), count, g.const([2]))
    for index, stride in ((1, 1), (2, 2)):
        x = g("Conv", x, g.weight(f"conv{index}.weight"), g.weight(f"conv{index}.bias"), pads=[1, 1], strides=[stride], kernel_shape=[3])
        x = g.gelu(x)
    x = g("Transpose", x, perm=[0, 2, 1])
    positions = g("Div", count, g.const(2))
    x = g("Add", x, g("Slice", g.weight("positions"), g.const([0]), positions, g.const([0])))
    for layer in range(nano.ENCODER_LAYERS):
        block = f"encoder.{layer}"
        y = g.norm(x, f"{block}.norm1")
        q, k, v = (g.split(g.linear(y, f"{block}.attention.{part}")) for part in ("query", "key", "value"))
        x = g("Add", x, g.attend(q, k, v, None, f"{block}.attention"))
        x = g.feed_forward(x, block)
    x = g.norm(x, "encoder_norm")
    missing = g("Sub", g.const([1500]), positions)
    pads = g("Concat", g.const([0, 0, 0, 0]), missing, g.const([0]), axis=0)
    g("Pad", x, pads, g.const(0, np.float32), output="last_hidden_state")
    g.save(path, [tensor(mel, FLOAT, "batch_size", 80, 3000)], [tensor("last_hidden_state", FLOAT, "batch_size", 1500, D)])


def export_decoder(weights, ids, path):
    g = Graph(weights)
    size = D // HEADS
    mapping = np.zeros(VOCABULARY, np.int64)
    mapping[np.array(ids)] = np.arange(1, len(ids) + 1)
    rows = g.const(mapping, name="row_of_token")
    inputs = [tensor("input_ids", INT64, "batch_size", "decoder_sequence_length"), tensor("encoder_hidden_states", FLOAT, "batch_size", "encoder_sequence_length", D)]
    outputs = [tensor("logits", FLOAT, "batch_size", "decoder_sequence_length", VOCABULARY)]
    for layer in range(DECODER_LAYERS):
        for side, length in (("decoder", "past_decoder_sequence_length"), ("encoder", "encoder_sequence_length_out")):
            for part in ("key", "value"):
                inputs.append(tensor(f"past_key_values.{layer}.{side}.{part}", FLOAT, "batch_size", HEADS, length, size))
                outputs.append(tensor(f"present.{layer}.{side}.{part}", FLOAT, "batch_size", HEADS, f"present_{side}_length", size))
    inputs.append(tensor("use_cache_branch", BOOL, 1))

    cached = g("Cast", "use_cache_branch", to=INT64)
    past_length = g("Mul", g("Shape", "past_key_values.0.decoder.key", start=2, end=3), cached)
    new_length = g("Shape", "input_ids", start=1, end=2)
    total = g("Add", past_length, new_length)
    scalar = g.const([], name="to_scalar")
    positions = g("Range", g("Reshape", past_length, scalar), g("Reshape", total, scalar), g.const(1))
    everything = g("Range", g.const(0), g("Reshape", total, scalar), g.const(1))
    later = g("Greater", g("Unsqueeze", everything, g.const([0])), g("Unsqueeze", positions, g.const([1])))
    causal = g("Where", later, g.const(-1e9, np.float32), g.const(0, np.float32))

    x = g("Gather", g.weight("embedding.weight"), g("Gather", rows, "input_ids"))
    x = g("Add", x, g("Gather", g.weight("text_positions"), positions))
    for layer in range(DECODER_LAYERS):
        block = f"decoder.{layer}"
        y = g.norm(x, f"{block}.norm1")
        q, k, v = (g.split(g.linear(y, f"{block}.attention.{part}")) for part in ("query", "key", "value"))
        present = []
        for part, new in (("key", k), ("value", v)):
            past = g("Slice", f"past_key_values.{layer}.decoder.{part}", g.const([0]), past_length, g.const([2]))
            present.append(g("Concat", past, new, axis=2, output=f"present.{layer}.decoder.{part}"))
        x = g("Add", x, g.attend(q, *present, causal, f"{block}.attention"))

        cross = f"{block}.cross_attention"
        names = [f"present.{layer}.encoder.{part}" for part in ("key", "value")]
        make = Graph(weights)
        make.count = 10000 * (layer + 1)
        for part in ("key", "value"):
            make("Identity", make.split(make.linear("encoder_hidden_states", f"{cross}.{part}")), output=f"made_{layer}_{part}")
        g.initializers.update(make.initializers)
        keep = [helper.make_node("Identity", [f"past_key_values.{layer}.encoder.{part}"], [f"kept_{layer}_{part}"]) for part in ("key", "value")]
        shape = ("b", HEADS, "s", size)
        branch = lambda nodes, word: helper.make_graph(nodes, f"{word}_{layer}", [], [tensor(f"{word}_{layer}_{part}", FLOAT, *shape) for part in ("key", "value")])
        g.nodes.append(helper.make_node("If", ["use_cache_branch"], names, then_branch=branch(keep, "kept"), else_branch=branch(make.nodes, "made")))
        # A key that is all zero belongs to a padded position: keys have no bias, so padding stays zero.
        strength = g("ReduceMax", g("Abs", names[0]), g.const([1, 3]), keepdims=1)
        silent = g("Transpose", g("Equal", strength, g.const(0, np.float32)), perm=[0, 1, 3, 2])
        bias = g("Where", silent, g.const(-1e9, np.float32), g.const(0, np.float32))
        query = g.split(g.linear(g.norm(x, f"{block}.norm_cross"), f"{cross}.query"))
        x = g("Add", x, g.attend(query, *names, bias, cross))
        x = g.feed_forward(x, block)
    logits = g("MatMul", g.norm(x, "decoder_norm"), g.weight("embedding.weight", transpose=True))
    untrained = np.zeros(len(ids) + 1, np.float32)
    untrained[0] = -1e4
    g("Gather", g("Add", logits, g.const(untrained, np.float32, name="untrained")), rows, axis=2, output="logits")
    g.save(path, inputs, outputs)


def byte_characters():
    """GPT-2's printable stand-in for each byte."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    table, extra = {b: chr(b) for b in plain}, 0
    for b in range(256):
        if b not in table:
            table[b] = chr(256 + extra)
            extra += 1
    return table


def write_side_files(out):
    """config.json, generation_config.json, preprocessor_config.json, vocab.json, merges.txt, added_tokens.json."""
    tokenizer = whisper.tokenizer.get_tokenizer(multilingual=True)
    ranks, table = tokenizer.encoding._mergeable_ranks, byte_characters()
    word = lambda token: "".join(table[b] for b in token)

    def parts(token, rank):
        """The two pieces that were merged last into `token`: run the merges of lower rank."""
        pieces = [bytes([b]) for b in token]
        while len(pieces) > 2:
            best = min((ranks.get(pieces[i] + pieces[i + 1], 1 << 30), i) for i in range(len(pieces) - 1))
            assert best[0] < rank
            i = best[1]
            pieces[i: i + 2] = [pieces[i] + pieces[i + 1]]
        return pieces

    merges = [parts(token, rank) for token, rank in sorted(ranks.items(), key=lambda item: item[1]) if len(token) > 1]
    save = lambda name, value: json.dump(value, open(f"{out}/{name}", "w"), ensure_ascii=False, indent=None if name == "vocab.json" else 1)
    save("vocab.json", {word(token): rank for token, rank in ranks.items()})
    with open(f"{out}/merges.txt", "w") as file:
        file.write("#version: 0.2\n" + "".join(f"{word(a)} {word(b)}\n" for a, b in merges))
    special = {token: number for token, number in tokenizer.special_tokens.items()}
    save("added_tokens.json", special)
    languages = {token: number for token, number in special.items() if 50259 <= number <= 50357}
    save("config.json", dict(
        model_type="whisper", architectures=["WhisperForConditionalGeneration"], num_mel_bins=80, d_model=D, encoder_layers=nano.ENCODER_LAYERS,
        encoder_attention_heads=HEADS, decoder_layers=DECODER_LAYERS, decoder_attention_heads=HEADS, max_source_positions=1500,
        max_target_positions=448, vocab_size=VOCABULARY, decoder_start_token_id=50258, eos_token_id=50257, bos_token_id=50257, pad_token_id=50257))
    symbols = [token for token in tokenizer.non_speech_tokens]
    save("generation_config.json", dict(
        is_multilingual=True, decoder_start_token_id=50258, eos_token_id=50257, no_timestamps_token_id=50363, prev_sot_token_id=50361,
        max_initial_timestamp_index=50, max_length=448, lang_to_id=languages, task_to_id=dict(transcribe=50359),  # it was never taught to translate
        begin_suppress_tokens=[220, 50257], suppress_tokens=sorted({*symbols, 50258, 50358, 50359, 50360, 50361, 50362}),
        trained_languages=["fr", "en"], trained_prompts=False, trained_seconds=8))  # this project's own keys
    save("preprocessor_config.json", dict(
        feature_extractor_type="WhisperFeatureExtractor", feature_size=80, sampling_rate=16000, hop_length=160, n_fft=400, chunk_length=30,
        n_samples=480000, nb_max_frames=3000))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("run")
    parser.add_argument("out")
    arguments = parser.parse_args()
    os.makedirs(arguments.out, exist_ok=True)
    state = torch.load(f"{arguments.run}/checkpoint.pt", weights_only=False, map_location="cpu")
    weights = {name: value.detach().float() for name, value in state["model"].items()}
    export_encoder(weights, f"{arguments.out}/encoder_model.onnx")
    export_decoder(weights, nano.Vocabulary.from_grammar().ids, f"{arguments.out}/decoder_model_merged.onnx")
    for name in ("encoder_model", "decoder_model_merged"):
        quantize_dynamic(
            f"{arguments.out}/{name}.onnx", f"{arguments.out}/{name}_int8.onnx", weight_type=QuantType.QInt8, per_channel=True,
            op_types_to_quantize=["MatMul"])
    write_side_files(arguments.out)
    for name in sorted(os.listdir(arguments.out)):
        print(f"{os.path.getsize(f'{arguments.out}/{name}'):10d} {name}")


if __name__ == "__main__":
    main()
