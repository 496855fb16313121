import BridgeSupport
import Foundation
import OnnxGraph

extension WhisperWeights {
    static let safetensorsIndex = SafetensorsModel.indexFile

    /// Reads the headers of `model.safetensors`, or of the files that `model.safetensors.index.json` names.
    ///
    /// - Throws: `ServiceError` naming the file at fault.
    static func safetensors(in directory: URL) throws -> WhisperWeights {
        let model = try SafetensorsModel(readingHeadersIn: directory)
        var tensors: [String: StoredTensor] = [:]
        var unsupported: [String: String] = [:]
        for (published, (file, tensor)) in model.tensors {
            // Networks that were saved without their head lack the prefix.
            let name = published.hasPrefix("model.") ? String(published.dropFirst("model.".count)) : published
            guard tensors[name] == nil, unsupported[name] == nil else {
                throw conversionFailure(
                    model.files[file].lastPathComponent,
                    "it holds \"model.\(name)\" and \"\(name)\", which are names of one tensor")
            }
            let number: StoredTensor.Number
            switch tensor.type {
            case .float32: number = .float32
            case .float16: number = .float16
            case .bfloat16: number = .bfloat16
            default:
                unsupported[name] = tensor.type.rawValue
                continue
            }
            tensors[name] = StoredTensor(file: file, number: number, shape: tensor.shape, offset: tensor.offset)
        }
        return try WhisperWeights(files: model.files, tensors: tensors, unsupported: unsupported, heads: (nil, nil))
    }
}
