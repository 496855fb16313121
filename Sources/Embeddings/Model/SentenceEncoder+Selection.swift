extension SentenceEncoder {
    /// Whether the file at this path holds no weights, but tells how a model is used.
    public static func isCompanion(_ path: String) -> Bool {
        let names: Set<String> = [
            "config.json", "modules.json", "sentence_bert_config.json", "config_sentence_transformers.json",
            "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt",
        ]
        // Each module after the first has a folder, such as 1_Pooling.
        return names.contains(path) || path.wholeMatch(of: /[0-9]_[A-Za-z]+\/config\.json/) != nil
    }

    /// The network that is loaded if these files are there, with the files that hold its weights; nil if there is none.
    public static func exportedFiles(among files: Set<String>) -> Set<String>? {
        guard let network = onnxFiles.first(where: files.contains) else { return nil }
        return files.filter { $0.hasPrefix(network) }
    }
}
