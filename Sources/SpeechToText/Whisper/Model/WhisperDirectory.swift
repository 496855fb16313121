import BridgeSupport
import Foundation
import OnnxRuntime

/// The files of one Whisper model: as ``WhisperBackend/complete(_:having:precision:progress:)`` makes them, or of an export, in a folder
/// as optimum writes it, or with the models under `onnx/` as on the hub.
struct WhisperDirectory: Sendable {
    /// The form of the decoder.
    enum Decoder: Sendable, Hashable {
        /// This project's own, which belongs to its own encoder.
        case imported(URL)
        case published(Export)
    }

    /// The decoder as optimum exports it.
    enum Export: Sendable, Hashable {
        /// One file with a branch for each case.
        case merged(URL)
        /// One file for the first call, one for calls with a cache.
        case pair(first: URL, withPast: URL)
    }

    let modelID: String
    let encoder: URL
    let decoder: Decoder
    let configuration: ModelConfiguration
    let generation: GenerationConfiguration
    let features: FeatureConfiguration
    let vocabulary: WhisperVocabulary

    /// - Parameter precisions: suffixes of the model files in order of preference; encoder and decoder are looked up
    ///   on their own, as their interface is the same in all precisions.
    /// - Throws: `model_not_installed` naming the file that is missing or unreadable.
    init(modelID: String, directory: URL, precisions: [WhisperPrecision]) throws {
        let lookup = Lookup(modelID: modelID, directory: directory)
        self.modelID = modelID
        (encoder, decoder) = try lookup.network(precisions)
        configuration = try lookup.json("config.json")
        generation = try lookup.optionalJSON("generation_config.json") ?? GenerationConfiguration()
        features = try lookup.optionalJSON("preprocessor_config.json") ?? FeatureConfiguration()
        vocabulary = WhisperVocabulary(try lookup.vocabulary().tokens)
    }

    /// Loads the network.
    ///
    /// - Throws: `model_not_installed` when a file can't be loaded or isn't what its name says.
    func network(_ runtime: OnnxRuntime) throws -> any WhisperNetwork {
        do {
            switch decoder {
            case .imported(let file): return try ImportedNetwork(self, decoderAt: file, runtime: runtime)
            case .published(let export): return try PublishedNetwork(self, decoder: export, runtime: runtime)
            }
        } catch let error as OnnxRuntimeError {
            throw unusable("a model file can't be loaded; it may be damaged", cause: error)
        }
    }

    func unusable(_ why: String, cause: (any Error)? = nil) -> ServiceError {
        .unusableFiles("The speech model '\(modelID)' can't be used: \(why).", cause: cause)
    }

    /// The network files in a directory, of the preferred precisions; reads none of them.
    static func networkFiles(in directory: URL) -> [URL] {
        let lookup = Lookup(modelID: "", directory: directory)
        guard let (encoder, decoder) = try? lookup.network(WhisperPrecision.preferred) else { return [] }
        return switch decoder {
        case .imported(let file):
            [encoder, file] + [encoder, file].map { ImportedNetwork.dataFile(of: $0) }
        case .published(.merged(let file)): [encoder, file]
        case .published(.pair(let first, let withPast)): [encoder, first, withPast]
        }
    }
}

/// Number formats of exported models, by the suffix of their files.
public enum WhisperPrecision: String, Sendable, Hashable, CaseIterable {
    /// Weights of 8 bits with a sign, activations quantised as they come.
    case int8 = "_int8"
    /// 8 bits, the name used by exporters that do not say which kind.
    case quantized = "_quantized"
    /// Weights of 8 bits without a sign.
    case uint8 = "_uint8"
    /// The weights as they were trained.
    case float32 = ""
    /// Half of the memory; slower than float32 on most CPUs.
    case float16 = "_fp16"
    /// Weights of 4 bits in blocks.
    case int4 = "_q4"
    /// The same with activations of 16 bits.
    case int4Float16 = "_q4f16"
    /// Weights of 4 bits in the format of bitsandbytes.
    case bnb4 = "_bnb4"

    /// Fastest on a CPU first.
    public static let preferred: [WhisperPrecision] = [
        .int8, .quantized, .uint8, .float32, .float16, .int4, .int4Float16, .bnb4,
    ]
}

private struct Lookup {
    let modelID: String
    let directory: URL

    private func existing(_ name: String) -> URL? {
        [directory.appending(path: "onnx/\(name)"), directory.appending(path: name)].first {
            FileManager.default.fileExists(atPath: $0.path(percentEncoded: false))
        }
    }

    func network(_ precisions: [WhisperPrecision]) throws -> (encoder: URL, decoder: WhisperDirectory.Decoder) {
        if let encoder = existing(ImportedNetwork.encoderFile), let decoder = existing(ImportedNetwork.decoderFile) {
            return (encoder, .imported(decoder))
        }
        return (try encoder(precisions), .published(try decoder(precisions)))
    }

    private func encoder(_ precisions: [WhisperPrecision]) throws -> URL {
        for precision in precisions {
            if let file = existing("encoder_model\(precision.rawValue).onnx") { return file }
        }
        throw missing("encoder_model.onnx", precisions)
    }

    private func decoder(_ precisions: [WhisperPrecision]) throws -> WhisperDirectory.Export {
        for precision in precisions {
            let suffix = precision.rawValue
            if let merged = existing("decoder_model_merged\(suffix).onnx") { return .merged(merged) }
            if let first = existing("decoder_model\(suffix).onnx"),
                let withPast = existing("decoder_with_past_model\(suffix).onnx")
            {
                return .pair(first: first, withPast: withPast)
            }
        }
        throw missing("decoder_model_merged.onnx (or decoder_model.onnx with decoder_with_past_model.onnx)", precisions)
    }

    private func missing(_ name: String, _ precisions: [WhisperPrecision]) -> ServiceError {
        let suffixes = precisions.map { $0.rawValue.isEmpty ? "none" : $0.rawValue }.joined(separator: ", ")
        return incomplete("it has no \(name) with any of the suffixes \(suffixes)")
    }

    private func incomplete(_ why: String, cause: (any Error)? = nil) -> ServiceError {
        .unusableFiles("The speech model '\(modelID)' can't be loaded: \(why).", cause: cause)
    }

    func json<Value: Decodable>(_ name: String) throws -> Value {
        guard let value: Value = try optionalJSON(name) else { throw incomplete("\(name) is missing") }
        return value
    }

    func optionalJSON<Value: Decodable>(_ name: String) throws -> Value? {
        guard let data = try contents(name) else { return nil }
        do {
            return try JSONNode(parsing: [UInt8](data)).decode(Value.self)
        } catch {
            throw incomplete("\(name) is not the JSON that it should be", cause: error)
        }
    }

    private func contents(_ name: String) throws -> Data? {
        let file = directory.appending(path: name)
        guard FileManager.default.fileExists(atPath: file.path(percentEncoded: false)) else { return nil }
        do {
            return try Data(contentsOf: file)
        } catch {
            throw incomplete("\(name) can't be read", cause: error)
        }
    }

    func vocabulary() throws -> VocabularyFile {
        do {
            return try VocabularyFile(in: directory)
        } catch {
            throw incomplete("\(error.file) \(error.reason)", cause: error.cause)
        }
    }
}
