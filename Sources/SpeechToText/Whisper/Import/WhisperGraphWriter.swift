import BridgeSupport
import Foundation
import OnnxGraph

/// Builds one of the two graphs of a Whisper network and writes its weights on the way: what encoder and decoder have in common.
///
/// Where nodes are made in the order of the network, the weights lie in the file in the order in which they are used.
struct WhisperGraphWriter: ~Copyable {
    let weights: WhisperWeights
    let architecture: WhisperArchitecture
    let precision: ImportPrecision
    var builder: OnnxGraphBuilder
    private var data: ExternalDataFile
    private let progress: (Int) throws -> Void

    /// How the engine multiplies by weights of 8 bits. Measured with whisper-base on two cores of an AMD EPYC with VNNI.
    enum Product {
        /// One scale for each output; the inputs are quantised as a whole. Fastest for many rows at once: 1,500 positions of the encoder
        /// take 0.32 s, and 0.45 s by blocks.
        case perOutput
        /// A scale for each block of inputs, of the weights and of the input alike. Fastest for few rows, and more exact: a step of the
        /// decoder takes 2.7 ms, and 3.9 ms by outputs.
        case blocks
    }

    /// The largest blocks that divide all of Whisper's widths, and the smallest that the engine knows.
    private static let largestBlock = 128
    private static let smallestBlock = 16

    /// - Parameters:
    ///   - dataFile: will contain the weights, in the folder of the model.
    ///   - progress: is told how many of the weights' numbers have been written; throws to stop.
    init(
        _ name: String, weights: WhisperWeights, architecture: WhisperArchitecture, precision: ImportPrecision,
        dataFile: URL, progress: @escaping (Int) throws -> Void
    ) throws {
        self.weights = weights
        self.architecture = architecture
        self.precision = precision
        self.progress = progress
        builder = OnnxGraphBuilder(name: name, dataFile: dataFile.lastPathComponent)
        data = try ExternalDataFile(creating: dataFile)
    }

    /// The finished graph; its weights are in the file then.
    consuming func finish(metadata: KeyValuePairs<String, String>) throws -> Data {
        let model = try builder.model(
            producer: "jarvis-bridges", version: BridgeVersion.current, metadata: metadata)
        try data.close()
        return model
    }

    // MARK: Weights

    /// The values of a tensor of this shape.
    func floats(_ name: String, _ shape: [Int]) throws -> [Float] {
        let values = try weights.floats(name, weights.tensor(name, shape: shape))
        try progress(values.count)
        return values
    }

    /// The biases of layers, one after the other; nil if none has one. Whisper's keys alone need none.
    private func biases(_ names: [String], _ outputs: Int) throws -> [Float]? {
        guard names.contains(where: { !mayLackBias($0) }) else { return nil }
        return try names.flatMap { name in
            mayLackBias(name) ? [Float](repeating: 0, count: outputs) : try floats(name + ".bias", [outputs])
        }
    }

    private func mayLackBias(_ name: String) -> Bool { name.hasSuffix("k_proj") && !weights.holds(name + ".bias") }

    mutating func floatTensor(_ name: String, _ values: [Float], shape: [Int]) throws -> String {
        builder.external(name, try data.append(.float32, shape: shape, values))
    }

    mutating func weight(_ name: String, _ shape: [Int]) throws -> String {
        try floatTensor(name, try floats(name, shape), shape: shape)
    }

    // MARK: Layers

    mutating func layerNorm(_ name: String, _ input: String) throws -> String {
        let parameters = [
            try weight(name + ".weight", [architecture.width]), try weight(name + ".bias", [architecture.width]),
        ]
        return builder.node(
            "LayerNormalization", [input] + parameters, attributes: ["axis": .int(-1), "epsilon": .float(1e-5)])
    }

    /// A linear layer, or several that read the same input as one: their outputs follow one another.
    ///
    /// - Parameters:
    ///   - names: of the layers, each with `outputs` outputs.
    ///   - output: the name of the result, if it matters.
    mutating func linear(
        _ names: [String], _ input: String, from inputs: Int, to outputs: Int, by product: Product
    ) throws -> String {
        let values = try names.flatMap { try floats($0 + ".weight", [outputs, inputs]) }
        let bias = try biases(names, outputs).map {
            try floatTensor(names[0] + ".bias", $0, shape: [outputs * names.count])
        }
        let table = try matrix(
            names[0] + ".weight", values, outputs: outputs * names.count, inputs: inputs, by: product)
        return multiply(input, table, bias: bias)
    }

    /// A matrix of weights in the graph, in the form in which it is multiplied.
    enum Matrix {
        /// [outputs, inputs]
        case floats(String)
        /// [inputs, outputs] and the scales of the outputs.
        case perOutput(values: String, scales: String)
        /// [outputs, blocks, block] and the scales of the blocks.
        case blocks(values: String, scales: String, outputs: Int, inputs: Int, block: Int)
    }

    mutating func matrix(
        _ name: String, _ values: [Float], outputs: Int, inputs: Int, by product: Product
    ) throws -> Matrix {
        let block = block(dividing: inputs)
        guard precision == .int8, product == .perOutput || block != nil else {
            return .floats(try floatTensor(name, values, shape: [outputs, inputs]))
        }
        if product == .blocks, let block {
            let (integers, scales) = Quantization.blocks(of: block, values)
            let count = inputs / block
            return .blocks(
                values: builder.external(
                    name, try data.append(.uint8, shape: [outputs, count, block], integers)),
                scales: try floatTensor(name + "_scales", scales, shape: [outputs, count]),
                outputs: outputs, inputs: inputs, block: block)
        }
        let (integers, scales) = Quantization.perOutput(values, outputs: outputs, inputs: inputs)
        return .perOutput(
            values: builder.external(name, try data.append(.int8, shape: [inputs, outputs], integers)),
            scales: try floatTensor(name + "_scales", scales, shape: [outputs]))
    }

    private func block(dividing inputs: Int) -> Int? {
        var block = Self.largestBlock
        while block >= Self.smallestBlock, inputs % block != 0 { block /= 2 }
        return block >= Self.smallestBlock ? block : nil
    }

    mutating func multiply(_ input: String, _ matrix: Matrix, bias: String?, output: String? = nil) -> String {
        switch matrix {
        case .floats(let weights):
            let product = builder.node(
                "FusedMatMul", [input, weights], domain: .engine, attributes: ["transB": .int(1)],
                output: bias == nil ? output : nil)
            return bias.map { builder.node("Add", [product, $0], output: output) } ?? product
        case .perOutput(let values, let scales):
            return builder.node(
                "DynamicQuantizeMatMul", [input, values, scales, ""] + (bias.map { [$0] } ?? []), domain: .engine,
                output: output)
        case .blocks(let values, let scales, let outputs, let inputs, let block):
            return builder.node(
                "MatMulNBits", [input, values, scales] + (bias.map { ["", "", $0] } ?? []), domain: .engine,
                attributes: [
                    "K": .int(Int64(inputs)), "N": .int(Int64(outputs)), "bits": .int(8),
                    "block_size": .int(Int64(block)),
                    // The input is quantised to 8 bits as well.
                    "accuracy_level": .int(4),
                ], output: output)
        }
    }

    /// Splits the outputs of layers that were made as one.
    mutating func split(_ input: String, into count: Int) -> [String] {
        let names = (0..<count).map { "\(input)_\($0)" }
        builder.node(
            "Split", [input], attributes: ["axis": .int(-1), "num_outputs": .int(Int64(count))], outputs: names)
        return names
    }

    /// [batch, positions, width] to [batch, heads, positions, width of a head].
    mutating func heads(_ input: String, shape: String, output: String? = nil) -> String {
        builder.node(
            "Transpose", [builder.node("Reshape", [input, shape])], attributes: ["perm": .ints([0, 2, 1, 3])],
            output: output)
    }

    /// The last part of each layer of both networks.
    mutating func feedForward(_ name: String, _ input: String, inner: Int, by product: Product) throws -> String {
        let width = architecture.width
        let normal = try layerNorm(name + "final_layer_norm", input)
        let wide = try linear([name + "fc1"], normal, from: width, to: inner, by: product)
        let active = builder.node("Gelu", [wide])
        return builder.node("Add", [input, try linear([name + "fc2"], active, from: inner, to: width, by: product)])
    }
}

/// The number format of an imported network's weights.
public enum ImportPrecision: String, Sendable, Hashable, CaseIterable {
    /// Integers of 8 bits with scales for matrix products, and 32-bit floats for the rest.
    case int8
    /// 32-bit floats, as exact as the weights.
    case float32 = "fp32"
}
