import BridgeSupport
import BridgeTesting
import Foundation
import Testing

@testable import SpeechToText

/// Weights that are damaged or not Whisper's: a sentence that names the file and says why, and no graph.
@Suite(.timeLimit(.minutes(2))) struct BadWeightsTests {
    private let home: TemporaryFolder

    init() throws { home = try TemporaryFolder() }

    private func change(_ file: URL, _ change: (inout Data) throws -> Void) throws {
        var data = try Data(contentsOf: file)
        try change(&data)
        try data.write(to: file)
    }

    /// Puts `value` behind the name of a variable: rank, dimensions, type, size.
    private func change(_ variable: String, in folder: URL, at place: Int, to bytes: [UInt8]) throws {
        try change(folder.appending(path: "model.bin")) { data in
            let name = try #require(data.range(of: Data((variable + "\0").utf8)))
            data.replaceSubrange(name.upperBound + place..<name.upperBound + place + bytes.count, with: bytes)
        }
    }

    @Test func halfAFile() throws {
        let folder = try ImportFixture.float16.folder(in: home)
        try change(folder.appending(path: "model.bin")) { $0 = $0.prefix($0.count / 2) }
        let sentence = try ImportFixture.refusal(of: folder)
        #expect(sentence.contains("model.bin"))
        #expect(sentence.contains("half of it is missing"))
    }

    @Test(arguments: [0, 3, 10, 40]) func almostNothing(_ count: Int) throws {
        let folder = try ImportFixture.float16.folder(in: home)
        try change(folder.appending(path: "model.bin")) { $0 = $0.prefix(count) }
        #expect(try ImportFixture.refusal(of: folder).contains("model.bin: it is cut off"))
    }

    @Test func moreThanAFile() throws {
        let folder = try ImportFixture.float16.folder(in: home)
        try change(folder.appending(path: "model.bin")) { $0.append(0) }
        #expect(try ImportFixture.refusal(of: folder).contains("it goes on after its end"))
    }

    @Test func anotherVersion() throws {
        let folder = try ImportFixture.float16.folder(in: home)
        try change(folder.appending(path: "model.bin")) { $0[0] = 9 }
        #expect(try ImportFixture.refusal(of: folder).contains("version 6 of CTranslate2's format"))
    }

    @Test func anotherNetwork() throws {
        let folder = try ImportFixture.float16.folder(in: home)
        try change(folder.appending(path: "model.bin")) {
            let name = try #require($0.range(of: Data("WhisperSpec".utf8)))
            $0.replaceSubrange(name, with: Data("TransfoSpec".utf8))
        }
        #expect(try ImportFixture.refusal(of: folder).contains("the kind \"TransfoSpec\""))
    }

    @Test func anotherRevision() throws {
        let folder = try ImportFixture.float16.folder(in: home)
        try change("WhisperSpec", in: folder, at: 0, to: [7, 0, 0, 0])
        #expect(try ImportFixture.refusal(of: folder).contains("revision 7"))
    }

    /// The first dimension, the type, and the size of a tensor, each against the rest.
    @Test(
        arguments: [
            (1, [255, 255, 255, 255], "does not fit its shape"), (9, [77], "unknown type 77"),
            (10, [255, 255, 255, 127], "does not fit its shape"), (0, [255], "does not fit its shape"),
        ] as [(Int, [UInt8], String)])
    func aTensorThatLies(place: Int, bytes: [UInt8], reason: String) throws {
        let folder = try ImportFixture.float16.folder(in: home)
        try change("decoder/embeddings/weight", in: folder, at: place, to: bytes)
        let sentence = try ImportFixture.refusal(of: folder)
        #expect(sentence.contains("model.bin"))
        #expect(
            sentence.contains(reason) || sentence.contains("cut off") || sentence.contains("unknown type"),
            "\(sentence)")
    }

    @Test func valuesThatAreNoNumbers() throws {
        let folder = try ImportFixture.float16.folder(in: home)
        // Half-precision infinity in the first value, behind rank 2, two dimensions, type and size.
        try change("decoder/embeddings/weight", in: folder, at: 14, to: [0x00, 0x7C])
        #expect(try ImportFixture.refusal(of: folder).contains("holds values that are no numbers"))
    }

    @Test func integersOfOtherSizes() throws {
        let folder = try ImportFixture.float16.folder(in: home)
        try change("decoder/embeddings/weight", in: folder, at: 9, to: [2])
        #expect(try ImportFixture.refusal(of: folder).contains("quantised to int16"))
    }

    @Test func anotherModelType() throws {
        let folder = try ImportFixture.multilingual.folder(in: home)
        try #"{"model_type":"wav2vec2"}"#.write(
            to: folder.appending(path: "config.json"), atomically: true, encoding: .utf8)
        #expect(try ImportFixture.refusal(of: folder).contains("its model_type is \"wav2vec2\""))
    }

    @Test(arguments: [
        ("../outside.safetensors", "which is not in its own folder"), ("model-3.safetensors", "which is missing"),
    ])
    func anIndexThatNamesAnotherFile(_ name: String, _ reason: String) throws {
        let folder = try ImportFixture.v3.folder(in: home)
        try #"{"weight_map":{"model.encoder.conv1.weight":"\#(name)"}}"#.write(
            to: folder.appending(path: "model.safetensors.index.json"), atomically: true, encoding: .utf8)
        let sentence = try ImportFixture.refusal(of: folder)
        #expect(sentence.contains(name))
        #expect(sentence.contains(reason))
    }

    @Test func anIndexThatIsNone() throws {
        let folder = try ImportFixture.v3.folder(in: home)
        try "[]".write(to: folder.appending(path: "model.safetensors.index.json"), atomically: true, encoding: .utf8)
        #expect(try ImportFixture.refusal(of: folder).contains("model.safetensors.index.json: it is not the index"))
    }

    @Test func aShardIsMissingItsTensor() throws {
        let folder = try ImportFixture.v3.folder(in: home)
        try #"{"weight_map":{"model.encoder.conv1.weight":"model-00001-of-00002.safetensors"}}"#.write(
            to: folder.appending(path: "model.safetensors.index.json"), atomically: true, encoding: .utf8)
        #expect(try ImportFixture.refusal(of: folder).contains("it lacks the tensor"))
    }

    @Test func headsThatDoNotDivideTheWidth() throws {
        let folder = try ImportFixture.multilingual.folder(in: home)
        try #"{"model_type":"whisper","encoder_attention_heads":3,"decoder_attention_heads":3}"#.write(
            to: folder.appending(path: "config.json"), atomically: true, encoding: .utf8)
        #expect(try ImportFixture.refusal(of: folder).contains("cannot be divided among 3 heads"))
    }

    @Test func aVocabularyOfAnotherSize() throws {
        let folder = try ImportFixture.multilingual.folder(in: home)
        try #"{"model":{"vocab":{"a":0,"b":1},"merges":[]}}"#.write(
            to: folder.appending(path: "tokenizer.json"), atomically: true, encoding: .utf8)
        #expect(
            try ImportFixture.refusal(of: folder).contains(
                "tokenizer.json: it knows 2 tokens and model.safetensors has"))
    }
}
