import BridgeSupport
import BridgeTesting
import Foundation
import ModelStore
import OnnxRuntime
import Testing

@testable import Embeddings

/// Converts a tiny made-up BERT, and refuses damaged ones. The real model's vectors are checked in ``MiniLMTests``.
@Suite("Sentence encoder exporter", .timeLimit(.minutes(5))) struct SentenceEncoderExporterTests {
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
            func linear(_ name: String, _ out: Int, _ input: Int) {
                tensors += [(name + ".weight", [out, input]), (name + ".bias", [out])]
            }
            norm("embeddings.LayerNorm")
            let layer = "encoder.layer.0."
            for part in ["query", "key", "value"] { linear(layer + "attention.self." + part, 4, 4) }
            linear(layer + "attention.output.dense", 4, 4)
            norm(layer + "attention.output.LayerNorm")
            linear(layer + "intermediate.dense", 6, 4)
            linear(layer + "output.dense", 4, 6)
            norm(layer + "output.LayerNorm")
            return tensors
        }()
        var type = "F32"
        var shiftOfOffsets = 0

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
            let count = tensors.reduce(0) { $0 + $1.shape.reduce(1, *) }
            let data = (0..<count).flatMap { index in
                let bits = (Float((index * 37) % 23) / 23 - 0.4).bitPattern
                return (0..<4).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt32($0))) }
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

    @Test(
        "A converted network runs, also when its tensors have the prefix of a larger model", arguments: ["", "bert."])
    func converts(_ prefix: String) throws {
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

    @Test("Damaged weights are refused with the reason, and leave no model") func damagedWeights() {
        let bert = TinyBert()
        var halfPrecision = bert
        halfPrecision.type = "F16"
        var missing = bert
        missing.tensors.removeLast()
        var misshapen = bert
        misshapen.tensors[0].shape = [4, 5]
        var overlapping = bert
        overlapping.shiftOfOffsets = 4
        let whole = bert.file()
        let cases: [(String, [UInt8], String)] = [
            ("empty", [], "too short"), ("short", [1, 2, 3], "too short"),
            ("cut in half", Array(whole.prefix(whole.count / 2)), "safetensors"),
            ("cut in its header", Array(whole.prefix(100)), "header"),
            ("enormous header", [UInt8](repeating: 0xFF, count: 64), "header"),
            ("no JSON", bert.file(header: "nonsense"), "JSON"), ("past the end", overlapping.file(), "place"),
            ("half precision", halfPrecision.file(), "place"),
            ("missing tensor", missing.file(), "lacks"), ("other shape", misshapen.file(), "instead of"),
            ("negative", bert.file(header: #"{"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#), "place"),
            (
                "overflowing",
                bert.file(header: #"{"x":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}"#),
                "place"
            ),
            (
                "unknown type", bert.file(header: #"{"x":{"dtype":"Q3","shape":[1],"data_offsets":[0,4]}}"#),
                "unknown type"
            ),
        ]
        for (name, file, reason) in cases {
            let error = #expect(throws: ServiceError.self, "\(name)") { try export(file) }
            #expect(
                error?.message.contains("model.safetensors") == true && error?.message.contains(reason) == true,
                "\(name): \(error?.message ?? "")")
        }
    }

    @Test(
        "Other networks are refused",
        arguments: [
            ("\"bert\"", "\"mpnet\"", "mpnet"), ("\"num_attention_heads\":2", "\"num_attention_heads\":3", "sizes"),
            ("\"hidden_size\":4", "\"hidden_size\":0", "sizes"),
            ("\"vocab_size\":5,", "", "lacks"),
            ("\"vocab_size\":5", "\"vocab_size\":5,\"hidden_act\":\"relu\"", "hidden_act"),
            (
                "\"vocab_size\":5", "\"vocab_size\":5,\"position_embedding_type\":\"relative_key\"",
                "position_embedding_type"
            ),
        ])
    func otherNetworks(_ old: String, _ new: String, _ reason: String) {
        let configuration = TinyBert().configuration.replacingOccurrences(of: old, with: new)
        let error = #expect(throws: ServiceError.self) { try export(TinyBert().file(), configuration) }
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
    }
}
