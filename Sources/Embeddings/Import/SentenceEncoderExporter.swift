import BridgeSupport
public import Foundation
import OnnxGraph

/// Writes `model.onnx` beside the `model.safetensors` and `config.json` of a BERT sentence encoder.
///
/// Models are published as safetensors where no ONNX export exists, and users have no Python. The ONNX file holds only
/// the graph (some 20 kB) and refers to the weights in `model.safetensors`, so nothing is copied and the two must stay
/// in one directory. It has the inputs `input_ids`, `attention_mask` and `token_type_ids`, int64 [batch, sequence], and
/// the output `last_hidden_state`, float32 [batch, sequence, hidden], like Hugging Face's own exports. Pooling is
/// left to the reader of the model's configuration.
///
/// The file appears completely or not at all.
///
/// - Throws: `ServiceError` naming the file at fault and why it cannot be converted.
public func exportSentenceEncoder(from directory: URL) throws {
    let weights = directory.appending(path: "model.safetensors")
    let configuration = try BertConfiguration(contentsOf: directory.appending(path: "config.json"))
    var exporter = BertGraph(
        configuration: configuration, file: try SafetensorsFile(readingHeaderOf: weights),
        dataFile: weights.lastPathComponent)
    let data = try exporter.model()
    do {
        try data.write(to: directory.appending(path: "model.onnx"), options: .atomic)
    } catch {
        throw conversionFailure("model.onnx", "it could not be written", cause: error)
    }
}

/// The description of a BERT network in `config.json`.
struct BertConfiguration: Decodable {
    var model_type: String
    var hidden_size: Int
    var intermediate_size: Int
    var num_hidden_layers: Int
    var num_attention_heads: Int
    var vocab_size: Int
    var max_position_embeddings: Int
    var type_vocab_size: Int
    var layer_norm_eps: Double?
    var hidden_act: String?
    var position_embedding_type: String?

    init(contentsOf url: URL) throws(ServiceError) {
        do {
            self = try JSONNode(parsing: [UInt8](Data(contentsOf: url))).decode(Self.self)
        } catch {
            throw conversionFailure(
                url.lastPathComponent, "it cannot be read or lacks a field of a BERT configuration", cause: error)
        }
        if let reason = unsupported { throw conversionFailure(url.lastPathComponent, reason) }
    }

    /// Why ``BertGraph`` cannot build this network.
    private var unsupported: String? {
        let lengths = [
            hidden_size, intermediate_size, num_attention_heads, vocab_size, max_position_embeddings, type_vocab_size,
        ]
        if model_type != "bert" { return "its model_type is \"\(model_type)\", and only \"bert\" is supported" }
        if (hidden_act ?? "gelu") != "gelu" { return "its hidden_act is not \"gelu\"" }
        if (position_embedding_type ?? "absolute") != "absolute" {
            return "its position_embedding_type is not \"absolute\""
        }
        let isPlausible =
            lengths.allSatisfy { (1...10_000_000).contains($0) } && (1...1000).contains(num_hidden_layers)
            && hidden_size % num_attention_heads == 0
        return isPlausible ? nil : "its sizes make no network"
    }
}

/// The BERT encoder (Devlin et al. 2018) as an ONNX graph.
private struct BertGraph {
    private let configuration: BertConfiguration
    private let file: SafetensorsFile
    /// `bert.` if the network was saved as part of a larger model.
    private let prefix: String
    private var builder: OnnxGraphBuilder

    private var hidden: Int { configuration.hidden_size }
    private var heads: Int { configuration.num_attention_heads }

    init(configuration: BertConfiguration, file: SafetensorsFile, dataFile: String) {
        self.configuration = configuration
        self.file = file
        prefix = file.tensors["bert.embeddings.word_embeddings.weight"] == nil ? "" : "bert."
        builder = OnnxGraphBuilder(name: "sentence_encoder", dataFile: dataFile)
    }

    mutating func model() throws -> Data {
        let dimensions: [OnnxGraphBuilder.Dimension] = [.named("batch_size"), .named("sequence_length")]
        for name in ["input_ids", "attention_mask", "token_type_ids"] {
            builder.input(name, .int64, dimensions: dimensions)
        }
        let shapes = Shapes(&builder, hidden: hidden, heads: heads)
        let bias = attentionBias()
        // Between the attention layers everything works on [batch * sequence, hidden]: Gemm takes the weights as they are
        // stored, [out, in], and adds the bias itself.
        var states = builder.node("Reshape", [try embeddings(), shapes.rows])
        for layer in 0..<configuration.num_hidden_layers {
            states = try encoderLayer("encoder.layer.\(layer).", states, bias: bias, shapes: shapes)
        }
        _ = builder.node("Reshape", [states, shapes.sequence], output: "last_hidden_state")
        builder.output("last_hidden_state", dimensions + [.fixed(hidden)])
        return try builder.model(producer: "jarvis-bridges", version: BridgeVersion.current)
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
        let words = try table("word", rows: configuration.vocab_size, indices: "input_ids")
        let types = try table("token_type", rows: configuration.type_vocab_size, indices: "token_type_ids")
        let places = try table("position", rows: configuration.max_position_embeddings, indices: positions)
        let sum = builder.node("Add", [builder.node("Add", [words, types]), places])
        return try layerNorm("embeddings.LayerNorm", sum)
    }

    private mutating func table(_ name: String, rows: Int, indices: String) throws -> String {
        builder.node(
            "Gather", [try weight("embeddings.\(name)_embeddings.weight", [rows, hidden]), indices],
            attributes: ["axis": .int(0)])
    }

    /// [batch, 1, 1, sequence]: 0 for a token, the lowest number for padding.
    private mutating func attentionBias() -> String {
        let mask = builder.node("Cast", ["attention_mask"], attributes: ["to": .int(1)])
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
        let weight = try weight(name + ".weight", [outputs, inputs])
        return builder.node(
            "Gemm", [input, weight, try self.weight(name + ".bias", [outputs])], attributes: ["transB": .int(1)])
    }

    private mutating func layerNorm(_ name: String, _ input: String) throws -> String {
        let parameters = [try weight(name + ".weight", [hidden]), try weight(name + ".bias", [hidden])]
        return builder.node(
            "LayerNormalization", [input] + parameters,
            attributes: ["axis": .int(-1), "epsilon": .float(Float(configuration.layer_norm_eps ?? 1e-12))])
    }

    private mutating func weight(_ name: String, _ shape: [Int]) throws -> String {
        guard let tensor = file.tensors[prefix + name] else {
            throw conversionFailure("model.safetensors", "it lacks the tensor \"\(name)\"")
        }
        guard tensor.type == .float32, tensor.shape == shape else {
            throw conversionFailure(
                "model.safetensors",
                "its tensor \"\(name)\" is \(tensor.type.rawValue) \(tensor.shape) instead of F32 \(shape)")
        }
        return builder.external(
            name,
            ExternalTensor(type: .float32, shape: shape, offset: tensor.offset, byteCount: tensor.byteCount))
    }
}
