"""Makes the tiny models of the OnnxRuntime tests.

Needs Tools/requirements.txt. Run from the repository root:

    python Tools/onnxruntime/make_fixtures.py
"""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OUTPUT = Path("Tests/OnnxRuntimeTests/Fixtures")


def save(name, nodes, inputs, outputs, initializers=(), **options):
    graph = helper.make_graph(nodes, name, inputs, outputs, list(initializers))
    model = helper.make_model(
        graph, producer_name="jarvis-bridges", opset_imports=[helper.make_opsetid("", 17)], ir_version=8
    )
    model.doc_string = options.pop("description", "")
    model.model_version = options.pop("version", 0)
    helper.set_model_props(model, options.pop("properties", {}))
    onnx.checker.check_model(model)
    onnx.save(model, OUTPUT / f"{name}.onnx", **options)


def value(name, kind, shape):
    return helper.make_tensor_value_info(name, kind, shape)


def arithmetic():
    """Two inputs with a free and a fixed dimension, two outputs, all the metadata."""
    save(
        "arithmetic",
        [helper.make_node("Add", ["x", "y"], ["sum"]), helper.make_node("Mul", ["x", "y"], ["product"])],
        [value("x", TensorProto.FLOAT, ["rows", 3]), value("y", TensorProto.FLOAT, ["rows", 3])],
        [value("sum", TensorProto.FLOAT, ["rows", 3]), value("product", TensorProto.FLOAT, ["rows", 3])],
        description="Adds and multiplies.",
        version=7,
        properties={"language": "fr", "échantillons": "22050", "empty": ""},
    )


def types():
    """One identity for each element type that Swift can hold."""
    kinds = {
        "float32": TensorProto.FLOAT, "float64": TensorProto.DOUBLE, "float16": TensorProto.FLOAT16,
        "int64": TensorProto.INT64, "int32": TensorProto.INT32, "int8": TensorProto.INT8,
        "uint8": TensorProto.UINT8, "bool": TensorProto.BOOL,
    }
    save(
        "types",
        [helper.make_node("Identity", [name], [f"{name}_out"]) for name in kinds],
        [value(name, kind, ["n"]) for name, kind in kinds.items()],
        [value(f"{name}_out", kind, ["n"]) for name, kind in kinds.items()],
    )


def external():
    """Weights in a file beside the model."""
    weights = numpy_helper.from_array(np.arange(1, 1 + 3 * 256, dtype=np.float32).reshape(3, 256), "weights")
    Path(OUTPUT / "external.weights").unlink(missing_ok=True)
    save(
        "external",
        [helper.make_node("MatMul", ["x", "weights"], ["y"])],
        [value("x", TensorProto.FLOAT, ["rows", 3])],
        [value("y", TensorProto.FLOAT, ["rows", 256])],
        [weights],
        save_as_external_data=True,
        location="external.weights",
        size_threshold=0,
    )


def counter():
    """Counts to `trips` in a loop: as long a run as a test wants, of very short nodes."""
    body = helper.make_graph(
        [helper.make_node("Identity", ["go"], ["go_out"]), helper.make_node("Add", ["count", "one"], ["count_out"])],
        "body",
        [value("i", TensorProto.INT64, []), value("go", TensorProto.BOOL, []), value("count", TensorProto.INT64, [1])],
        [value("go_out", TensorProto.BOOL, []), value("count_out", TensorProto.INT64, [1])],
        [numpy_helper.from_array(np.array([1], dtype=np.int64), "one")],
    )
    save(
        "counter",
        [helper.make_node("Loop", ["trips", "", "start"], ["count"], body=body)],
        [value("trips", TensorProto.INT64, []), value("start", TensorProto.INT64, [1])],
        [value("count", TensorProto.INT64, [1])],
    )


def unusual():
    """Outputs that are no tensors of numbers: a sequence and strings; and an input of strings."""
    sequence = helper.make_value_info("sequence", helper.make_sequence_type_proto(
        helper.make_tensor_type_proto(TensorProto.FLOAT, None)))
    save(
        "unusual",
        [
            helper.make_node("SequenceConstruct", ["x"], ["sequence"]),
            helper.make_node("Constant", [], ["words"], value_strings=["un", "deux"]),
            helper.make_node("Identity", ["x"], ["y"]),
        ],
        [value("x", TensorProto.FLOAT, ["n"])],
        [sequence, value("words", TensorProto.STRING, [2]), value("y", TensorProto.FLOAT, ["n"])],
    )
    save(
        "strings",
        [helper.make_node("Identity", ["text"], ["same"])],
        [value("text", TensorProto.STRING, ["n"])],
        [value("same", TensorProto.STRING, ["n"])],
    )


if __name__ == "__main__":
    OUTPUT.mkdir(parents=True, exist_ok=True)
    for make in (arithmetic, types, external, counter, unusual):
        make()
