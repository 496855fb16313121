import BridgeSupport
import BridgeTesting
import Foundation
import ModelStore
import OnnxRuntime
import Testing

@testable import Embeddings

/// Converts a tiny made-up BERT, and refuses damaged ones. The real model's vectors are checked in ``MiniLMTests``.
@Suite(.timeLimit(.minutes(5))) struct SentenceEncoderExporterTests {
    /// One layer, hidden size 4, two heads; weights are small multiples of their position.
    private struct TinyBert {
        var configuration =
            #"{"model_type":"bert","hidden_size":4,"intermediate_size":6,"num_hidden_layers":1,"num_attention_heads":2,"vocab_size":5,"max_position_embeddings":8,"type_vocab_size":2}"#
        var tensors: [(name: String, shape: [Int])] = {
            var tensors: [(String, [Int])] = [
                ("embeddings.word_embeddings.weight", [5, 4]), ("embeddings.position_embeddings.weight", [8, 4]),
                ("embeddings.token_type_embeddings.weight", [2, 4]),
            ]
            func norm(_ name: String) { tensors += [(name + ".weight", [4]), (name + ".bias", [4])] }
            func linear(_ name: String, to out: Int, from input: Int) {
                tensors += [(name + ".weight", [out, input]), (name + ".bias", [out])]
            }
            norm("embeddings.LayerNorm")
            let layer = "encoder.layer.0."
            for part in ["query", "key", "value"] { linear(layer + "attention.self." + part, to: 4, from: 4) }
            linear(layer + "attention.output.dense", to: 4, from: 4)
            norm(layer + "attention.output.LayerNorm")
            linear(layer + "intermediate.dense", to: 6, from: 4)
            linear(layer + "output.dense", to: 4, from: 6)
            norm(layer + "output.LayerNorm")
            return tensors
        }()
        var type = "F32"
        var shiftOfOffsets = 0
        /// Whether a value depends on its place in its tensor and the tensor's name only, and not on its place in the file.
        var isConstant = false

        /// Its tensors in two files.
        static var shards: [[(name: String, shape: [Int])]] {
            let tensors = TinyBert().tensors
            return [Array(tensors.prefix(7)), Array(tensors.dropFirst(7))]
        }

        private func value(_ index: Int) -> Float { Float((index * 37) % 23) / 23 - 0.4 }

        private var values: [Float] {
            guard isConstant else { return (0..<tensors.reduce(0) { $0 + $1.shape.reduce(1, *) }).map(value) }
            return tensors.flatMap { name, shape in (0..<shape.reduce(1, *)).map { value($0 + name.utf8.count) } }
        }

        func header(_ prefix: String = "") -> String {
            var offset = shiftOfOffsets
            let entries = tensors.map { name, shape in
                let bytes = shape.reduce(4, *)
                defer { offset += bytes }
                return
                    "\"\(prefix)\(name)\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":[\(offset),\(offset + bytes)]}"
            }
            return "{\"__metadata__\":{\"format\":\"pt\"}," + entries.joined(separator: ",") + "}"
        }

        func file(header: String? = nil) -> [UInt8] {
            let header = Array((header ?? self.header()).utf8)
            let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
            let data = values.flatMap { value in
                (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) }
            }
            return length + header + data
        }
    }

    private func withDirectory<R>(_ body: (URL) throws -> R) throws -> R {
        let directory = FileManager.default.temporaryDirectory.appending(path: "exporter-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        return try body(directory)
    }

    private func export(_ file: [UInt8], _ configuration: String = TinyBert().configuration) throws {
        try withDirectory { directory in
            try Data(configuration.utf8).write(to: directory.appending(path: "config.json"))
            try Data(file).write(to: directory.appending(path: "model.safetensors"))
            defer {
                #expect((try? directory.appending(path: "model.onnx").checkResourceIsReachable()) ?? false == false)
            }
            try exportSentenceEncoder(from: directory)
        }
    }

    @Test(arguments: ["", "bert."])
    func aConvertedNetworkRunsAlsoWithThePrefixOfALargerModel(_ prefix: String) throws {
        let runtime = try TestData.engine()
        let bert = TinyBert()
        try withDirectory { directory in
            try Data(bert.configuration.utf8).write(to: directory.appending(path: "config.json"))
            try Data(bert.file(header: bert.header(prefix))).write(to: directory.appending(path: "model.safetensors"))
            try exportSentenceEncoder(from: directory)
            let session = try InferenceSession(runtime, modelAt: directory.appending(path: "model.onnx").path)
            #expect(Set(session.inputs.map(\.name)) == ["input_ids", "attention_mask", "token_type_ids"])
            let output = try session.runBlocking([
                "input_ids": Tensor([0, 3, 1, 4, 2, 1] as [Int64], shape: [2, 3]),
                "attention_mask": Tensor([1, 1, 1, 1, 1, 0] as [Int64], shape: [2, 3]),
                "token_type_ids": Tensor([0, 0, 0, 0, 0, 0] as [Int64], shape: [2, 3]),
            ])["last_hidden_state"]
            #expect(output?.shape == [2, 3, 4])
            #expect(try output?.values(as: Float.self).allSatisfy(\.isFinite) == true)
        }
    }

    /// The same weights in one file and in two give the same vectors.
    @Test func weightsInSeveralFilesAreOneNetwork() throws {
        let runtime = try TestData.engine()
        let whole = try withDirectory { directory in
            try Data(TinyBert().configuration.utf8).write(to: directory.appending(path: "config.json"))
            var bert = TinyBert()
            bert.isConstant = true
            try Data(bert.file()).write(to: directory.appending(path: "model.safetensors"))
            _ = try SentenceEncoder.complete(directory, having: ["config.json", "model.safetensors"])
            return try states(of: directory, runtime)
        }
        let parts = try withDirectory { directory in
            try Data(TinyBert().configuration.utf8).write(to: directory.appending(path: "config.json"))
            let files = try TinyBert.shards.enumerated().map { index, tensors in
                var bert = TinyBert()
                (bert.isConstant, bert.tensors) = (true, tensors)
                let name = "model-0000\(index + 1)-of-00002.safetensors"
                try Data(bert.file()).write(to: directory.appending(path: name))
                return tensors.map { "\"\($0.name)\":\"\(name)\"" }.joined(separator: ",")
            }
            try Data("{\"weight_map\":{\(files.joined(separator: ","))}}".utf8).write(
                to: directory.appending(path: "model.safetensors.index.json"))
            let made = try SentenceEncoder.complete(
                directory, having: ["config.json", "model.safetensors.index.json"]
            ).made
            #expect(made == ["model.onnx": "model.safetensors.index.json and config.json"])
            let states = try states(of: directory, runtime)
            try FileManager.default.removeItem(at: directory.appending(path: "model-00002-of-00002.safetensors"))
            let error = #expect(throws: ServiceError.self) { try exportSentenceEncoder(from: directory) }
            #expect(error?.message.contains("model-00002-of-00002.safetensors\", which is missing") == true)
            return states
        }
        #expect(whole == parts && Set(whole).count > 1)
    }

    private func states(of directory: URL, _ runtime: OnnxRuntime) throws -> [Float] {
        let session = try InferenceSession(runtime, modelAt: directory.appending(path: "model.onnx").path)
        let (ids, ones) = ([0, 3, 1] as [Int64], [1, 1, 1] as [Int64])
        let outputs = try session.runBlocking([
            "input_ids": Tensor(ids, shape: [1, 3]), "attention_mask": Tensor(ones, shape: [1, 3]),
            "token_type_ids": Tensor([0, 0, 0] as [Int64], shape: [1, 3]),
        ])
        return try outputs["last_hidden_state"]?.values(as: Float.self) ?? []
    }

    /// Damaged weights, and a word of the reason that is given.
    struct Damage: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var file: [UInt8]
        var reason: String
    }

    private static func damages() -> [Damage] {
        let bert = TinyBert()
        var (halfPrecision, missing, misshapen, overlapping) = (bert, bert, bert, bert)
        halfPrecision.type = "F16"
        missing.tensors.removeLast()
        misshapen.tensors[0].shape = [4, 5]
        overlapping.shiftOfOffsets = 4
        let whole = bert.file()
        func header(_ entry: String) -> [UInt8] { bert.file(header: "{\"x\":{\(entry)}}") }
        return [
            ("empty", [], "too short"), ("short", [1, 2, 3], "too short"),
            ("cut in half", Array(whole.prefix(whole.count / 2)), "safetensors"),
            ("cut in its header", Array(whole.prefix(100)), "header"),
            ("enormous header", [UInt8](repeating: 0xFF, count: 64), "header"),
            ("no JSON", bert.file(header: "nonsense"), "JSON"), ("past the end", overlapping.file(), "place"),
            ("half precision", halfPrecision.file(), "place"),
            ("missing tensor", missing.file(), "lacks"), ("other shape", misshapen.file(), "instead of"),
            ("negative", header(#""dtype":"F32","shape":[-1],"data_offsets":[0,4]"#), "place"),
            ("overflow", header(#""dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]"#), "place"),
            ("unknown type", header(#""dtype":"Q3","shape":[1],"data_offsets":[0,4]"#), "unknown type"),
        ].map { Damage(testDescription: $0.0, file: $0.1, reason: $0.2) }
    }

    @Test(arguments: damages()) func damagedWeightsAreRefusedWithTheReasonAndLeaveNoModel(_ damage: Damage) {
        let error = #expect(throws: ServiceError.self) { try export(damage.file) }
        #expect(
            error?.message.contains("model.safetensors") == true && error?.message.contains(damage.reason) == true,
            "\(error?.message ?? "")")
    }

    @Test(arguments: [
        ("\"bert\"", "\"mpnet\"", "mpnet"), ("\"num_attention_heads\":2", "\"num_attention_heads\":3", "sizes"),
        ("\"hidden_size\":4", "\"hidden_size\":0", "sizes"),
        ("\"vocab_size\":5,", "", "lacks"),
        ("\"vocab_size\":5", "\"vocab_size\":5,\"hidden_act\":\"relu\"", "hidden_act"),
        (
            "\"vocab_size\":5", "\"vocab_size\":5,\"position_embedding_type\":\"relative_key\"",
            "position_embedding_type"
        ),
    ])
    func otherNetworksAreRefused(old: String, new: String, reason: String) {
        let configuration = TinyBert().configuration.replacingOccurrences(of: old, with: new)
        let error = #expect(throws: ServiceError.self) { try export(TinyBert().file(), configuration) }
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
    }
}
