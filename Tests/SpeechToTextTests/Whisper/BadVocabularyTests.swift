import BridgeTesting
import Foundation
import Testing

@testable import SpeechToText

/// Tokens that do not belong to the network beside them.
@Suite(.timeLimit(.minutes(2))) struct BadVocabularyTests {
    private let home: TemporaryFolder

    init() throws { home = try TemporaryFolder() }

    private func folder(_ files: [String: String]) throws -> URL {
        let folder = try ImportFixture.multilingual.folder(in: home)
        try FileManager.default.removeItem(at: folder.appending(path: "tokenizer.json"))
        for (name, text) in files {
            try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
        }
        return folder
    }

    /// As many tokens as the fixture's network has of text, in the files of older models.
    private func vocabulary(_ count: Int) -> String {
        "{" + (0..<count).map { "\"t\($0)\":\($0)" }.joined(separator: ",") + "}"
    }

    @Test(arguments: [Int.max, -7, .min, 100_000]) func anIdOutsideIsRefused(_ id: Int) throws {
        let sentence = try ImportFixture.refusal(
            of: try folder(["tokenizer.json": #"{"model":{"vocab":{"a":0,"b":\#(id)},"merges":[]}}"#]))
        #expect(sentence.contains("tokenizer.json: it gives a token the id \(id)"), "\(sentence)")
    }

    @Test func theOlderFilesAreCheckedAsWell() throws {
        let sentence = try ImportFixture.refusal(
            of: try folder(["vocab.json": vocabulary(200), "merges.txt": "#version: 0.2\n"]))
        #expect(sentence.contains("vocab.json: it knows 200 tokens and model.safetensors has 1928"), "\(sentence)")
        try ImportFixture.complete(
            try folder(["vocab.json": vocabulary(320), "merges.txt": "#version: 0.2\n"]), .int8)
    }

    @Test func wordsThatWouldVanishAreCounted() throws {
        let few = #"{"model":{"vocab":{"a":0,"b":1927},"merges":[]}}"#
        let sentence = try ImportFixture.refusal(of: try folder(["tokenizer.json": few]))
        #expect(sentence.contains("it lacks 1926 of the tokens up to its last, which has the id 1927"), "\(sentence)")
    }

    @Test func anOlderFileThatIsNoneIsNamed() throws {
        let sentence = try ImportFixture.refusal(of: try folder(["vocab.json": "[1]", "merges.txt": "x"]))
        #expect(sentence.contains("vocab.json: it is not the JSON that it should be"), "\(sentence)")
    }

    @Test func theLackOfAnyIsSaid() throws {
        #expect(try ImportFixture.refusal(of: try folder([:])).contains("tokenizer.json: it is missing"))
    }
}
