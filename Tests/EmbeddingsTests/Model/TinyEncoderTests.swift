import BridgeSupport
import BridgeTesting
import Foundation
import ModelStore
import OnnxRuntime
import Testing
import Tokenizers
import WorkScheduling

@testable import Embeddings

/// A random network with a Unigram tokenizer, in the directory layout that the hub has, against sentence-transformers;
/// see Tools/embeddings/make_tiny_encoder.py. And the same directory, damaged in every way.
@Suite(.timeLimit(.minutes(5))) struct TinyEncoderTests {
    private struct Fixture: Decodable {
        var texts: [String]
        var vectors: [String: [[Float]]]
    }

    /// A model's directory of its own for each test.
    private final class Model {
        let directory = FileManager.default.temporaryDirectory.appending(path: "tiny-encoder-\(UUID())")

        init(pooling: String? = nil) throws {
            try FileManager.default.createDirectory(
                at: directory.appending(path: "1_Pooling"), withIntermediateDirectories: true)
            for name in ["model.safetensors", "config.json", "sentence_bert_config.json"] {
                try FileManager.default.copyItem(
                    at: FixtureFiles.url("TinyEncoder/\(name)"), to: directory.appending(path: name))
            }
            try FileManager.default.copyItem(
                at: FixtureFiles.unigramTokenizer, to: directory.appending(path: "tokenizer.json"))
            try write(
                "modules.json",
                #"[{"idx":0,"name":"0","path":"","type":"sentence_transformers.models.Transformer"},{"idx":1,"name":"1","path":"1_Pooling","type":"sentence_transformers.models.Pooling"}]"#
            )
            try pooling.map { try write("1_Pooling/config.json", $0) }
            try exportSentenceEncoder(from: directory)
        }

        deinit { try? FileManager.default.removeItem(at: directory) }

        /// Fills the weights with what is not a number.
        func damageWeights() throws {
            let url = directory.appending(path: "model.safetensors")
            var bytes = [UInt8](try Data(contentsOf: url))
            let header = 8 + bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
            for index in header..<bytes.count { bytes[index] = 0xFF }
            try Data(bytes).write(to: url)
            try exportSentenceEncoder(from: directory)
        }

        func write(_ file: String, _ text: String) throws {
            try Data(text.utf8).write(to: directory.appending(path: file))
        }

        func load() throws -> SentenceEncoder {
            try SentenceEncoder(modelID: "tiny", directory: directory, runtime: TestData.engine())
        }

        /// The error of loading.
        func problem() -> ServiceError? { #expect(throws: ServiceError.self) { try self.load() } }
    }

    private let fixture: Fixture

    init() throws { fixture = try FixtureFiles.decode(from: "TinyEncoder/vectors.json") }

    /// Many texts are computed in several runs at the same time.
    @Test(arguments: [3, 4, 5, 33]) func aCrowdOfTextsHasTheVectorsOfEach(count: Int) async throws {
        let model = try Model()
        let (engine, path) = (try TestData.engine(), model.directory.appending(path: "model.onnx").path)
        #expect((CrowdSession(engine, modelAt: path)?.session() != nil) == (engine.threads > 1))
        let encoder = try model.load()
        let texts = (0..<count).map { "\(fixture.texts[$0 % fixture.texts.count]) \($0)" }
        let together = try await encoder.embed(texts)
        for (text, vector) in zip(texts, together.map(\.vector)) {
            let alone = try await encoder.embed([text])[0].vector
            #expect(zip(alone, vector).allSatisfy { abs($0 - $1) < 1e-5 }, "\(text)")
        }
    }

    /// Their vectors would be another model's.
    @Test func filesThatHaveTakenThePlaceOfTheModelsAreNotLoaded() throws {
        let model = try Model()
        let path = model.directory.appending(path: "model.onnx")
        let crowd = CrowdSession(try TestData.engine(), modelAt: path.path)
        try Data(contentsOf: path).write(to: path, options: .atomic)
        withExtendedLifetime(model) { #expect(crowd?.session() == nil) }
    }

    @Test func vectorsThatAreNoNumbersAreRefusedNamingTheFile()
        async throws
    {
        let model = try Model()
        try model.damageWeights()
        let encoder = try model.load()
        let error = await #expect(throws: ServiceError.self) { _ = try await encoder.embed(["Bonjour"]) }
        #expect(error?.code == .internal)
        for words in ["'tiny'", ".onnx", "no numbers", "models verify tiny"] {
            #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
        }
    }

    @Test(arguments: [
        (nil, "", ""), (#"{"prompts":{"query":"","document":""}}"#, "", ""), (#"{"prompts":null}"#, "", ""),
        (#"{"prompts":{"query":"Frage: "},"default_prompt_name":null}"#, "Frage: ", ""),
        (#"{"prompts":{"query":"Q: ","document":"D: "}}"#, "Q: ", "D: "),
        (#"{"prompts":{"query":"Q: ","document":"D: ","passage":"P: "}}"#, "Q: ", "P: "),
    ])
    func promptsAreThoseOfSentenceTransformers(_ file: String?, query: String, passage: String) throws {
        let model = try Model()
        try file.map { try model.write("config_sentence_transformers.json", $0) }
        let encoder = try model.load()
        #expect((encoder.prompt(for: .query), encoder.prompt(for: .passage)) == (query, passage))
    }

    @Test func aFileOfPromptsThatIsNoJSONIsNamed() throws {
        let model = try Model()
        try model.write("config_sentence_transformers.json", #"{"prompts":["query: "]}"#)
        #expect(model.problem()?.message.contains("config_sentence_transformers.json") == true)
    }

    @Test(arguments: ["Été à Noël", "Việt Nam", "한국어"])
    func decomposedAccentsGetTheIDsOfComposedOnes(_ text: String) throws {
        let model = try Model()
        let encoder = try model.load()
        #expect(
            encoder.tokenize(text.decomposedStringWithCanonicalMapping)
                == encoder.tokenize(text.precomposedStringWithCanonicalMapping))
    }

    @Test(arguments: [
        ("cls", "cls_token"), ("mean", "mean_tokens"), ("max", "max_tokens"),
        ("mean_sqrt_len_tokens", "mean_sqrt_len_tokens"),
        ("weightedmean", "weightedmean_tokens"), ("lasttoken", "lasttoken"),
    ])
    func everyPoolingModeGivesTheVectorsOfTheReference(_ mode: String, _ oldName: String) async throws {
        let spellings = [
            #"{"embedding_dimension":8,"pooling_mode":"\#(mode)"}"#,
            #"{"word_embedding_dimension":8,"pooling_mode_none":false,"pooling_mode_\#(oldName)":true}"#,
        ]
        let expected = try #require(fixture.vectors[mode])
        for spelling in spellings {
            let encoder = try Model(pooling: spelling).load()
            #expect(encoder.dimension == 8 && encoder.maximumLength == 48)
            for (index, result) in try await encoder.embed(fixture.texts).enumerated() {
                #expect(
                    cosine(result.vector, expected[index]) > 0.99999,
                    "\(mode): \(fixture.texts[index].debugDescription)")
                #expect(result.truncated == (result.tokenCount == 48))
            }
        }
    }

    @Test func severalModesAreConcatenatedAndTheWholeHasUnitLength() async throws {
        let model = try Model(pooling: #"{"embedding_dimension":8,"pooling_mode":["cls","mean"]}"#)
        let encoder = try model.load()
        #expect(encoder.dimension == 16)
        let vector = try await encoder.embed([fixture.texts[0]])[0].vector
        #expect(vector.count == 16 && abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
        let (cls, mean) = (try #require(fixture.vectors["cls"]), try #require(fixture.vectors["mean"]))
        #expect(cosine(Array(vector.prefix(8)), cls[0]) > 0.99999)
        #expect(cosine(Array(vector.suffix(8)), mean[0]) > 0.99999)
    }

    @Test func theMeanIsTakenWithoutModulesAndPoolingConfiguration()
        async throws
    {
        let model = try Model()
        for file in ["modules.json", "sentence_bert_config.json"] {
            try FileManager.default.removeItem(at: model.directory.appending(path: file))
        }
        let encoder = try model.load()
        // The positions of the network.
        #expect(encoder.maximumLength == 64)
        let expected = try #require(fixture.vectors["mean"])
        #expect(cosine(try await encoder.embed([fixture.texts[0]])[0].vector, expected[0]) > 0.99999)
    }

    @Test func theONNXFileMayLieInTheFolderOnnx() throws {
        let model = try Model()
        let folder = model.directory.appending(path: "onnx")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for name in ["model.onnx", "model.safetensors"] {
            try FileManager.default.moveItem(
                at: model.directory.appending(path: name), to: folder.appending(path: name))
        }
        #expect(try model.load().dimension == 8)
    }

    @Test func theFingerprintFollowsTheFilesAndTheSettings() throws {
        let model = try Model()
        let first = try model.load().fingerprint
        #expect(try model.load().fingerprint == first)
        #expect(try Model().load().fingerprint == first)
        try model.write("sentence_bert_config.json", #"{"max_seq_length":20}"#)
        #expect(try model.load().fingerprint != first)
        let other = try Model()
        let weights = other.directory.appending(path: "model.safetensors")
        var bytes = try Data(contentsOf: weights)
        bytes[bytes.count - 1] ^= 1
        try bytes.write(to: weights)
        #expect(try other.load().fingerprint != first)
    }

    @Test(arguments: ["tokenizer.json", "model.onnx", "model.safetensors"])
    func missingFilesAreNamed(_ file: String) throws {
        let model = try Model()
        try FileManager.default.removeItem(at: model.directory.appending(path: file))
        let error = model.problem()
        #expect(error?.code == .modelNotInstalled)
        // The engine is what misses the weights.
        #expect(error?.message.contains(file == "model.safetensors" ? "model.onnx" : file) == true)
    }

    @Test(arguments: [
        ("tokenizer.json", "{"), ("model.onnx", "not a model"), ("modules.json", "{}"),
        ("modules.json", "cut off ["), ("sentence_bert_config.json", "[]"),
        ("sentence_bert_config.json", #"{"max_seq_length":1}"#), ("1_Pooling/config.json", "nonsense"),
        ("1_Pooling/config.json", #"{"pooling_mode":"median"}"#),
    ])
    func damagedFilesAreNamed(_ file: String, _ contents: String) throws {
        let model = try Model()
        try model.write(file, contents)
        let error = model.problem()
        #expect(error?.code == .modelNotInstalled)
        #expect(error?.message.contains(file) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("tiny") == true)
    }

    @Test(arguments: [
        (#"{"idx":0,"name":"0","path":"2_Dense","type":"sentence_transformers.models.Dense"}"#, "\"Dense\""),
        (#"{"idx":0,"name":"0","path":"../../etc","type":"a.Pooling"}"#, "leads out"),
    ])
    func aModuleThatIsNotSupportedOrLeadsElsewhereIsRefused(_ module: String, _ reason: String) throws {
        let model = try Model()
        try model.write("modules.json", "[\(module)]")
        #expect(model.problem()?.message.contains(reason) == true)
    }

    @Test func aHalfWrittenONNXFileIsRefused() throws {
        let model = try Model()
        let file = model.directory.appending(path: "model.onnx")
        let bytes = try Data(contentsOf: file)
        try bytes.prefix(bytes.count / 2).write(to: file)
        #expect(model.problem()?.code == .modelNotInstalled)
    }

    @Test func aBatchIsMadeByRealTokensAndIsOneRun() async throws {
        let encoder = Counting(encoder: try Model().load(), runs: Watched([]))
        // By their bytes they look much longer.
        let texts = (0..<40).map { "a" + String(repeating: " ", count: 100 + $0) }
        let length = encoder.tokenize(texts[0]).ids.count
        _ = try await encoder.embed(texts, tokensPerBatch: 20 * length)
        #expect(length < 5 && encoder.runs.value == [20, 20])
    }

    /// Counts the texts of each run.
    private struct Counting: EmbeddingBackend {
        let encoder: SentenceEncoder
        let runs: Watched<[Int]>
        var modelID: String { encoder.modelID }
        var dimension: Int { encoder.dimension }
        var fingerprint: String { encoder.fingerprint }

        func tokenize(_ text: String) -> TokenizedText { encoder.tokenize(text) }

        func vectors(of texts: [[Int32]], ticket: WorkTicket) async throws -> [[Float]] {
            runs.update { $0.append(texts.count) }
            return try await encoder.vectors(of: texts, ticket: ticket)
        }
    }
}
