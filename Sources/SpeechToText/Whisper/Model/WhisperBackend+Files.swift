public import Foundation

extension WhisperBackend {
    /// Whether files with these names, some of which may lie in `onnx/`, are a model that this can load.
    public static func isModel(_ files: Set<String>) -> Bool {
        // Exports come in several precisions, as the ends of their names say.
        let hasNetwork = { (prefix: String) in files.contains { $0.hasPrefix(prefix) && $0.hasSuffix(".onnx") } }
        let hasTokenizer =
            files.contains("tokenizer.json") || files.contains("vocab.json") && files.contains("merges.txt")
        let isImported = files.contains(ImportedNetwork.encoderFile) && files.contains(ImportedNetwork.decoderFile)
        return files.contains("config.json") && hasTokenizer
            && (isImported || hasNetwork("encoder_model") && hasNetwork("decoder_model"))
    }

    /// The network files that ``init(modelID:directory:vad:options:runtime:)`` loads from a directory; empty if it is not a model.
    public static func networkFiles(in directory: URL) -> [URL] { WhisperDirectory.networkFiles(in: directory) }
}
