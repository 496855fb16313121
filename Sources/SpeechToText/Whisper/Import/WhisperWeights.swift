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

    /// - Parameter heads: of the encoder and the decoder, if a file tells.
    init(
        files: [URL], tensors: [String: StoredTensor], heads: (encoder: Int?, decoder: Int?)
    ) throws {
        self.files = files
        self.tensors = tensors
        handles = try files.map { try FileHandle(forReadingFrom: $0) }
        (encoderHeads, decoderHeads) = heads
    }

    var names: [String] { tensors.keys.sorted() }

    /// The shape of a tensor; nil if there is none of that name.
    func shape(of name: String) -> [Int]? { tensors[name]?.shape }

    /// A tensor of the shape that the network needs.
    ///
    /// - Throws: `ServiceError` naming what is missing or does not fit.
    func tensor(_ name: String, shape: [Int]) throws -> StoredTensor {
        guard let tensor = tensors[name] else {
            throw conversionFailure(mainFile, "it lacks the tensor \"\(name)\"")
        }
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

    /// The values of a tensor or a part of one.
    ///
    /// - Throws: `ServiceError` if the file ends too early, or a value is no number.
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
