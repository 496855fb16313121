import BridgeSupport
import Foundation
import OnnxGraph

extension WhisperWeights {
    static let safetensorsIndex = "model.safetensors.index.json"

    /// The index of a model in several files, in a format of Hugging Face's transformers.
    private struct Index: Decodable {
        /// The file of each tensor.
        var weight_map: [String: String]
    }

    /// Reads the headers of `model.safetensors`, or of the files that `model.safetensors.index.json` names.
    ///
    /// - Throws: `ServiceError` naming the file at fault.
    static func safetensors(in directory: URL) throws -> WhisperWeights {
        let files = try safetensorsFiles(in: directory)
        var tensors: [String: StoredTensor] = [:]
        for (index, url) in files.enumerated() {
            for (name, tensor) in try SafetensorsFile(readingHeaderOf: url).tensors {
                let number: StoredTensor.Number
                switch tensor.type {
                case .float32: number = .float32
                case .float16: number = .float16
                case .bfloat16: number = .bfloat16
                default: continue
                }
                // Networks that were saved without their head lack the prefix.
                let name = name.hasPrefix("model.") ? String(name.dropFirst("model.".count)) : name
                tensors[name] = StoredTensor(file: index, number: number, shape: tensor.shape, offset: tensor.offset)
            }
        }
        return try WhisperWeights(files: files, tensors: tensors, heads: (nil, nil))
    }

    private static func safetensorsFiles(in directory: URL) throws -> [URL] {
        let index = directory.appending(path: safetensorsIndex)
        guard FileManager.default.fileExists(atPath: index.path(percentEncoded: false)) else {
            return [directory.appending(path: "model.safetensors")]
        }
        let names: Set<String>
        do {
            names = Set(try JSONNode(parsing: [UInt8](Data(contentsOf: index))).decode(Index.self).weight_map.values)
        } catch {
            throw conversionFailure(safetensorsIndex, "it is not the index of a model in several files", cause: error)
        }
        return try names.sorted().map { name in
            guard !name.contains("/"), !name.hasPrefix(".") else {
                throw conversionFailure(
                    safetensorsIndex, "it names the file \"\(name)\", which is not in its own folder")
            }
            let file = directory.appending(path: name)
            guard FileManager.default.fileExists(atPath: file.path(percentEncoded: false)) else {
                throw conversionFailure(safetensorsIndex, "it names the file \"\(name)\", which is missing")
            }
            return file
        }
    }
}
