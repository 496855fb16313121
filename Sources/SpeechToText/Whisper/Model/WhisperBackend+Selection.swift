extension WhisperBackend {
    /// The files, other than the weights, that tell how a model is used; some may be missing.
    public static let companionFiles: Set<String> = [
        "config.json", "generation_config.json", "preprocessor_config.json", "tokenizer.json", "tokenizer_config.json",
        "vocab.json", "merges.txt", "added_tokens.json", "special_tokens_map.json", "vocabulary.json", "vocabulary.txt",
    ]

    /// The networks of an export among these paths, some of which may lie in `onnx/`, with the files that hold their weights.
    ///
    /// - Parameter precisions: in order of preference; encoder and decoder are looked up on their own.
    /// - Returns: nil if an encoder or a decoder is missing.
    public static func exportedFiles(
        among files: Set<String>, _ precisions: [WhisperPrecision] = WhisperPrecision.preferred
    ) -> Set<String>? {
        func first(_ names: [String]) -> Set<String>? {
            for precision in precisions {
                for folder in ["onnx/", ""] {
                    let paths = names.map { "\(folder)\($0)\(precision.rawValue).onnx" }
                    if files.isSuperset(of: paths) {
                        // Weights beyond 2 GB lie beside the network, in files that begin with its name.
                        return files.filter { file in paths.contains { file.hasPrefix($0) } }
                    }
                }
            }
            return nil
        }
        // What this program has made of published weights before, here or on another machine.
        let made = [ImportedNetwork.encoderFile, ImportedNetwork.decoderFile]
        if files.isSuperset(of: made) { return files.filter { file in made.contains { file.hasPrefix($0) } } }
        guard let encoder = first(["encoder_model"]),
            let decoder = first(["decoder_model_merged"]) ?? first(["decoder_model", "decoder_with_past_model"])
        else { return nil }
        return encoder.union(decoder)
    }
}
