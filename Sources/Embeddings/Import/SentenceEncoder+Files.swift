public import Foundation

extension SentenceEncoder {
    /// Whether files with these names, some of which may lie in `onnx/`, are a model that this can load.
    public static func isModel(_ files: Set<String>) -> Bool {
        files.contains("tokenizer.json") && files.contains { $0.hasPrefix("model") && $0.hasSuffix(".onnx") }
    }

    /// The file of the network that is loaded from a directory; nil if it is not a model.
    public static func networkFiles(in directory: URL, modelID: String) -> [URL] {
        guard let file = try? onnxFile(in: directory, modelID: modelID) else { return [] }
        return [directory.appending(path: file)]
    }

    /// Makes the ONNX graph of a model that is published without one.
    ///
    /// - Parameter files: the files that exist.
    /// - Returns: the names of the files made, with what they were made from; empty if nothing is missing.
    /// - Throws: `ServiceError` naming the file at fault and why it cannot be converted.
    public static func complete(_ directory: URL, having files: Set<String>) throws -> [String: String] {
        guard !files.contains(where: { $0.hasSuffix(".onnx") }), files.contains("model.safetensors") else { return [:] }
        try exportSentenceEncoder(from: directory)
        return ["model.onnx": "model.safetensors and config.json"]
    }
}
