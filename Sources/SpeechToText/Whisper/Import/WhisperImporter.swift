import BridgeSupport
public import Foundation
import OnnxGraph
import Tokenizers

/// What an import of published weights has written, and what it has made superfluous.
public struct ImportedFiles: Sendable, Hashable {
    /// The names of the files made, with what each was made from.
    public var made: [String: String]
    /// The names of files whose contents are in the new ones.
    public var superseded: Set<String>
}

extension WhisperBackend {
    /// Makes the graphs of a Whisper network that is published as weights: as `model.safetensors`, in one file or several, of Hugging
    /// Face's transformers, or as CTranslate2's `model.bin`; of any size, and any fine-tune of that architecture.
    ///
    /// Writes `encoder.onnx` and `decoder.onnx` with their weights beside them, and, for CTranslate2, a `generation_config.json`. Reads one
    /// tensor at a time: it takes about as much memory as the largest one as 32-bit floats, three times. Blocks for seconds.
    ///
    /// - Parameters:
    ///   - files: the files that exist, by their paths within the directory.
    ///   - progress: is told the share that is done, 0…1; throws to stop.
    /// - Returns: no files if nothing is missing, or the files are not weights of Whisper.
    /// - Throws: `ServiceError` naming the file at fault and why it cannot be converted, and what `progress` or the file system throws.
    public static func complete(
        _ directory: URL, having files: Set<String>, precision: ImportPrecision = .int8,
        progress: (Double) throws -> Void
    ) throws -> ImportedFiles {
        guard !files.contains(where: { $0.hasSuffix(".onnx") }), files.contains("config.json"),
            let format = WeightFormat(files)
        else { return ImportedFiles(made: [:], superseded: []) }
        return try withoutActuallyEscaping(progress) { progress in
            try WhisperImporter(directory: directory, format: format, precision: precision, progress: progress).run(
                having: files)
        }
    }
}

/// How the weights of a network are published.
private enum WeightFormat {
    case safetensors
    case ctranslate2

    static let ctranslate2File = "model.bin"

    init?(_ files: Set<String>) {
        if files.contains("model.safetensors") || files.contains(WhisperWeights.safetensorsIndex) {
            self = .safetensors
        } else if files.contains(Self.ctranslate2File) {
            self = .ctranslate2
        } else {
            return nil
        }
    }
}

private struct WhisperImporter {
    let directory: URL
    let format: WeightFormat
    let precision: ImportPrecision
    let progress: (Double) throws -> Void

    func run(having files: Set<String>) throws -> ImportedFiles {
        let configuration = try configuration()
        let weights =
            switch format {
            case .safetensors: try WhisperWeights.safetensors(in: directory)
            case .ctranslate2: try WhisperWeights.ctranslate2(directory.appending(path: WeightFormat.ctranslate2File))
            }
        let architecture = try WhisperArchitecture(weights, configuration)
        let generation = try self.generation(files, configuration)
        try checkVocabulary(architecture, weights, generation: generation)
        try checkOutput(architecture, weights, configuration: configuration)
        var written = 0
        let total = weights.numberCount
        let count: (Int) throws -> Void = { numbers in
            written += numbers
            try progress(min(1, Double(written) / Double(max(1, total))))
        }
        let source = weights.files.map(\.lastPathComponent).joined(separator: ", ")
        var made: [String: String] = [:]
        var graphs: [(file: URL, data: Data)] = []
        for name in ["encoder", "decoder"] {
            let graphFile = directory.appending(path: "\(name).onnx")
            let dataFile = ImportedNetwork.dataFile(of: graphFile)
            var writer = try WhisperGraphWriter(
                name, weights: weights, architecture: architecture, precision: precision,
                dataFile: dataFile, progress: count)
            if name == "encoder" {
                try writer.buildEncoder()
            } else {
                try writer.buildDecoder(
                    alignmentHeads: AlignmentHead.named(
                        generation.alignmentHeads, layers: architecture.decoderLayers,
                        heads: architecture.decoderHeads))
            }
            let graph = try writer.finish(metadata: [
                ImportedNetwork.formatKey: "\(ImportedNetwork.format)",
                ImportedNetwork.textPositionsKey: "\(architecture.textPositions)",
            ])
            graphs.append((graphFile, graph))
            for file in [dataFile, graphFile] { made[file.lastPathComponent] = source }
        }
        // Where graphs are, all of their weights are.
        for graph in graphs { try graph.data.write(to: graph.file, options: .atomic) }
        if format == .ctranslate2, !files.contains("generation_config.json") {
            try JSONEncoder().encode(generation).write(
                to: directory.appending(path: "generation_config.json"), options: .atomic)
            made["generation_config.json"] = "config.json"
        }
        var superseded = Set(weights.files.map(\.lastPathComponent))
        superseded.formUnion(
            files.intersection([WhisperWeights.safetensorsIndex, "vocabulary.json", "vocabulary.txt"]))
        return ImportedFiles(made: made, superseded: superseded)
    }

    /// - Throws: `ServiceError` where the tokens are not those of the network, or it cannot be told where its text begins and ends.
    private func checkVocabulary(
        _ architecture: WhisperArchitecture, _ weights: WhisperWeights, generation: GenerationConfiguration
    ) throws {
        let vocabulary: VocabularyFile
        do {
            vocabulary = try VocabularyFile(in: directory)
        } catch {
            throw conversionFailure(error.file, "it \(error.reason)", cause: error.cause)
        }
        if let reason = vocabulary.mismatch(rows: architecture.vocabularySize, of: weights.mainFile) {
            throw conversionFailure(vocabulary.name, reason)
        }
        _ = try SpecialTokens(
            vocabularySize: architecture.vocabularySize, generation: generation, added: vocabulary.tokens.added)
    }

    /// Logits are made with the table of tokens: a network with a table of its own for them is another one.
    private func checkOutput(
        _ architecture: WhisperArchitecture, _ weights: WhisperWeights, configuration: ImportedConfiguration
    ) throws {
        let names = (output: "proj_out.weight", table: "decoder.embed_tokens.weight")
        guard configuration.tie_word_embeddings == false, weights.holds(names.output) else { return }
        let shape = [architecture.vocabularySize, architecture.width]
        let (output, table) = (
            try weights.tensor(names.output, shape: shape), try weights.tensor(names.table, shape: shape)
        )
        for start in stride(from: 0, to: shape[0], by: 4096) {
            let rows = start..<min(shape[0], start + 4096)
            guard
                try weights.floats(names.output, output.rows(rows)) == weights.floats(names.table, table.rows(rows))
            else {
                throw conversionFailure(
                    weights.mainFile,
                    "its \"\(names.output)\" is not its table of tokens (tie_word_embeddings is false), and networks with both are not supported"
                )
            }
        }
    }

    private func configuration() throws -> ImportedConfiguration {
        let configuration: ImportedConfiguration = try decoded("config.json")
        if let reason = configuration.unsupported { throw conversionFailure("config.json", reason) }
        return configuration
    }

    private func generation(
        _ files: Set<String>, _ configuration: ImportedConfiguration
    ) throws -> GenerationConfiguration {
        guard format == .ctranslate2, !files.contains("generation_config.json") else {
            return files.contains("generation_config.json")
                ? try decoded("generation_config.json") : GenerationConfiguration()
        }
        var generation = GenerationConfiguration()
        generation.alignmentHeads = configuration.alignment_heads
        generation.suppressTokens = configuration.suppress_ids
        generation.beginSuppressTokens = configuration.suppress_ids_begin
        return generation
    }

    private func decoded<Value: Decodable>(_ name: String) throws -> Value {
        do {
            return try JSONNode(parsing: [UInt8](Data(contentsOf: directory.appending(path: name)))).decode(Value.self)
        } catch {
            throw conversionFailure(name, "it is not the JSON that it should be", cause: error)
        }
    }
}
