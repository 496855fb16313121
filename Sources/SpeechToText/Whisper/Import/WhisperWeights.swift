import BridgeSupport
import Foundation
import OnnxGraph

/// The weights of a Whisper network by their names in Hugging Face's transformers, without the leading `model.`; read from their
/// files piece by piece.
struct WhisperWeights {
    let files: [URL]
    private let tensors: [String: StoredTensor]
    private let handles: [FileHandle]
    /// Attention heads, if a file says so.
    let encoderHeads: Int?
    let decoderHeads: Int?
    /// The types of tensors whose numbers are in none that is read here, by name.
    private let unsupported: [String: String]

    /// - Parameters:
    ///   - unsupported: by name, the types of tensors that cannot be read.
    ///   - heads: of the encoder and the decoder, if a file tells.
    init(
        files: [URL], tensors: [String: StoredTensor], unsupported: [String: String] = [:],
        heads: (encoder: Int?, decoder: Int?)
    ) throws {
        self.unsupported = unsupported
        self.files = files
        self.tensors = tensors
        handles = try files.map { try FileHandle(forReadingFrom: $0) }
        (encoderHeads, decoderHeads) = heads
    }

    var names: [String] { tensors.keys.sorted() }

    /// The shape of a tensor; nil if there is none of that name.
    func shape(of name: String) -> [Int]? { tensors[name]?.shape }

    /// Whether there is a tensor of that name, readable or not.
    func holds(_ name: String) -> Bool { tensors[name] != nil || unsupported[name] != nil }

    /// The layers of "encoder" or "decoder" that have any tensor.
    func layers(of stack: String) -> Set<Int> {
        let prefix = "\(stack).layers."
        return Set(
            (Array(tensors.keys) + unsupported.keys).compactMap { name in
                name.hasPrefix(prefix) ? Int(name.dropFirst(prefix.count).prefix { $0 != "." }) : nil
            })
    }

    /// Why there is no tensor of that name.
    func missing(_ name: String) -> ServiceError {
        guard let type = unsupported[name] else {
            return conversionFailure(mainFile, "it lacks the tensor \"\(name)\"")
        }
        return conversionFailure(
            mainFile,
            "its tensor \"\(name)\" holds numbers of the type \(type), which is not supported; save the model in F32, F16 or BF16"
        )
    }

    /// A tensor of the shape that the network needs.
    ///
    /// - Throws: `ServiceError` naming what is missing or does not fit.
    func tensor(_ name: String, shape: [Int]) throws -> StoredTensor {
        guard let tensor = tensors[name] else { throw missing(name) }
        guard tensor.shape == shape else {
            throw conversionFailure(
                files[tensor.file].lastPathComponent,
                "its tensor \"\(name)\" has the shape \(tensor.shape) instead of \(shape)")
        }
        return tensor
    }

    /// How many numbers there are in all tensors.
    var numberCount: Int { tensors.values.reduce(0) { $0 + $1.shape.reduce(1, *) } }

    /// The name of the file that stands for all of them in messages.
    var mainFile: String { files.first?.lastPathComponent ?? "the weights" }

    /// The name of the file that says how many heads there are.
    var headsFile: String { decoderHeads == nil ? "config.json" : mainFile }

    /// The values of a tensor or a part of one.
    ///
    /// - Throws: `ServiceError` if the file ends too early, or a value is not a number.
    func floats(_ name: String, _ tensor: StoredTensor) throws -> [Float] {
        let file = files[tensor.file].lastPathComponent
        let values: [Float]
        do {
            values = try tensor.floats(in: handles[tensor.file])
        } catch {
            throw conversionFailure(file, "its tensor \"\(name)\" can't be read to its end", cause: error)
        }
        // A sum is finite only if all its terms are; one pass without a branch for each value.
        guard values.reduce(0, { $0 + $1 * 0 }) == 0 else {
            throw conversionFailure(file, "its tensor \"\(name)\" holds values that are no numbers")
        }
        return values
    }
}
