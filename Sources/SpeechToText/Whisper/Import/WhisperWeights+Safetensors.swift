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
        for (name, (file, tensor)) in model.tensors {
            let number: StoredTensor.Number
            switch tensor.type {
            case .float32: number = .float32
            case .float16: number = .float16
            case .bfloat16: number = .bfloat16
            default: continue
            }
            // Networks that were saved without their head lack the prefix.
            let name = name.hasPrefix("model.") ? String(name.dropFirst("model.".count)) : name
            tensors[name] = StoredTensor(file: file, number: number, shape: tensor.shape, offset: tensor.offset)
        }
        return try WhisperWeights(files: model.files, tensors: tensors, heads: (nil, nil))
    }
}
