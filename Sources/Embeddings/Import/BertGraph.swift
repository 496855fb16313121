import BridgeSupport
import Foundation
import OnnxGraph

/// The BERT encoder (Devlin et al. 2018) as an ONNX graph.
///
/// It has the inputs `input_ids`, `attention_mask` and `token_type_ids`, int64 [batch, sequence], and the output `last_hidden_state`,
/// float32 [batch, sequence, hidden], like Hugging Face's own exports. Pooling is left to the reader of the model's configuration.
struct BertGraph<Weights: BertWeights & ~Copyable>: ~Copyable {
    private let configuration: BertConfiguration
    private var weights: Weights
    private var builder: OnnxGraphBuilder

    private var hidden: Int { configuration.hidden_size }
    private var heads: Int { configuration.num_attention_heads }

    /// - Parameter dataFile: the name of the file, beside the graph, that holds the weights.
    init(_ configuration: BertConfiguration, _ weights: consuming Weights, dataFile: String) {
        self.configuration = configuration
        self.weights = weights
        builder = OnnxGraphBuilder(name: "sentence_encoder", dataFile: dataFile)
    }

    /// The graph as the bytes of a file.
    consuming func model() throws -> Data {
        let dimensions: [OnnxGraphBuilder.Dimension] = [.named("batch_size"), .named("sequence_length")]
        for name in ["input_ids", "attention_mask", "token_type_ids"] {
            builder.input(name, .int64, dimensions: dimensions)
        }
        let shapes = Shapes(&builder, hidden: hidden, heads: heads)
        let bias = attentionBias()
        // Between the attention layers everything works on [batch * sequence, hidden].
        var states = builder.node("Reshape", [try embeddings(), shapes.rows])
        for layer in 0..<configuration.num_hidden_layers {
            states = try encoderLayer("encoder.layer.\(layer).", states, bias: bias, shapes: shapes)
        }
        _ = builder.node("Reshape", [states, shapes.sequence], output: "last_hidden_state")
        builder.output("last_hidden_state", dimensions + [.fixed(hidden)])
        let model = try builder.model(
            producer: "jarvis-bridges", version: BridgeVersion.current,
            metadata: [SentenceNetwork.formatKey: "\(SentenceNetwork.format)"])
        try weights.close()
        return model
    }

    /// Targets of Reshape.
    private struct Shapes {
        /// [batch * sequence, hidden]
        let rows: String
        /// [batch, sequence, hidden]
        let sequence: String
        /// [batch, sequence, heads, hidden / heads]
        let heads: String

        init(_ builder: inout OnnxGraphBuilder, hidden: Int, heads: Int) {
            rows = builder.constant("rows_shape", [-1, Int64(hidden)], shape: [2])
            let input = builder.node("Shape", ["input_ids"])
            let hiddenSize = builder.constant("hidden_size", [Int64(hidden)], shape: [1])
            sequence = builder.node("Concat", [input, hiddenSize], attributes: ["axis": .int(0)])
            let headSizes = builder.constant("head_sizes", [Int64(heads), Int64(hidden / heads)], shape: [2])
            self.heads = builder.node("Concat", [input, headSizes], attributes: ["axis": .int(0)])
        }
    }

    private mutating func embeddings() throws -> String {
        let zero = builder.constant("zero", [0], shape: [])
        let one = builder.constant("one", [1], shape: [])
        let length = builder.node("Gather", [builder.node("Shape", ["input_ids"]), one], attributes: ["axis": .int(0)])
        let positions = builder.node("Range", [zero, length, one])
        let words = try table("word", rows: configuration.vocab_size, at: "input_ids")
        let types = try table("token_type", rows: configuration.type_vocab_size, at: "token_type_ids")
        let places = try table("position", rows: configuration.max_position_embeddings, at: positions)
        let sum = builder.node("Add", [builder.node("Add", [words, types]), places])
        return try layerNorm("embeddings.LayerNorm", sum)
    }

    private mutating func table(_ name: String, rows: Int, at indices: String) throws -> String {
        try weights.rows("embeddings.\(name)_embeddings", [rows, hidden], at: indices, in: &builder)
    }

    /// [batch, 1, 1, sequence]: 0 for a token, the lowest number for padding.
    private mutating func attentionBias() -> String {
        let mask = builder.node("Cast", ["attention_mask"], attributes: ["to": .type(.float32)])
        let axes = builder.constant("mask_axes", [1, 2], shape: [2])
        let spread = builder.node("Unsqueeze", [mask, axes])
        let missing = builder.node("Sub", [builder.constant("one_float", 1), spread])
        return builder.node("Mul", [missing, builder.constant("lowest", -Float.greatestFiniteMagnitude)])
    }

    private mutating func encoderLayer(
        _ name: String, _ input: String, bias: String, shapes: Shapes
    ) throws -> String {
        let context = try attention(name + "attention.self.", input, bias: bias, shapes: shapes)
        let mixed = try linear(name + "attention.output.dense", context, from: hidden, to: hidden)
        let attended = try layerNorm(name + "attention.output.LayerNorm", builder.node("Add", [mixed, input]))
        let wide = try linear(name + "intermediate.dense", attended, from: hidden, to: configuration.intermediate_size)
        let active = builder.node("Gelu", [wide])
        let narrow = try linear(name + "output.dense", active, from: configuration.intermediate_size, to: hidden)
        return try layerNorm(name + "output.LayerNorm", builder.node("Add", [narrow, attended]))
    }

    private mutating func attention(
        _ name: String, _ input: String, bias: String, shapes: Shapes
    ) throws -> String {
        let query = try head(name + "query", input, shapes: shapes, order: [0, 2, 1, 3])
        // The keys come transposed, ready for the multiplication.
        let key = try head(name + "key", input, shapes: shapes, order: [0, 2, 3, 1])
        let value = try head(name + "value", input, shapes: shapes, order: [0, 2, 1, 3])
        let scale = builder.constant(name + "scale", 1 / Float(hidden / heads).squareRoot())
        let scores = builder.node("Mul", [builder.node("MatMul", [query, key]), scale])
        let weights = builder.node("Softmax", [builder.node("Add", [scores, bias])], attributes: ["axis": .int(-1)])
        let mixed = builder.node("MatMul", [weights, value])
        return builder.node(
            "Reshape", [builder.node("Transpose", [mixed], attributes: ["perm": .ints([0, 2, 1, 3])]), shapes.rows])
    }

    private mutating func head(_ name: String, _ input: String, shapes: Shapes, order: [Int64]) throws -> String {
        let split = builder.node("Reshape", [try linear(name, input, from: hidden, to: hidden), shapes.heads])
        return builder.node("Transpose", [split], attributes: ["perm": .ints(order)])
    }

    private mutating func linear(_ name: String, _ input: String, from inputs: Int, to outputs: Int) throws -> String {
        try weights.linear(name, [outputs, inputs], of: input, in: &builder)
    }

    private mutating func layerNorm(_ name: String, _ input: String) throws -> String {
        let parameters = try ["weight", "bias"].map { try weights.vector("\(name).\($0)", hidden, in: &builder) }
        return builder.node(
            "LayerNormalization", [input] + parameters,
            attributes: ["axis": .int(-1), "epsilon": .float(Float(configuration.layer_norm_eps ?? 1e-12))])
    }
}
