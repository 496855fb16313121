import BridgeSupport
import BridgeTesting
import Foundation
import Testing

@testable import Tokenizers

/// The same ids as the `tokenizers` library; see Tools/embeddings/make_tokenizer_fixtures.py.
@Suite(.timeLimit(.minutes(5))) struct TokenizerParityTests {
    let texts: [String]

    init() throws { texts = try FixtureFiles.decode(from: "texts.json") }

    @Test func wordPieceGivesTheIDsOfTheReference() throws {
        let file = try TestData.model("all-MiniLM-L6-v2").appending(path: "tokenizer.json")
        let tokenizer = try Tokenizer(json: [UInt8](Data(contentsOf: file)))
        let answers = try FixtureFiles.decode([[Int]].self, from: "wordpiece.json")
        #expect(texts.count >= 2000)
        expect(tokenizer, gives: answers, for: texts[...])
    }

    private struct Variant: Decodable {
        var normalizer: JSONFragment?
        var pre_tokenizer: JSONFragment?
        var ids: [[Int]]
    }

    @Test func unigramGivesTheIDsOfTheReferenceInEveryShapeOfFile() throws {
        let root = try JSONValue(parsing: FixtureFiles.bytes("unigram.json"))
        let map = try #require(root["normalizer"].flatMap(charactersMap))
        let variants = try FixtureFiles.decode([Variant].self, from: "unigram-ids.json")
        #expect(variants.count == 6)
        for (index, variant) in variants.enumerated() {
            var changed = root
            if let normalizer = variant.normalizer?.value {
                changed = changed.replacing("normalizer", by: normalizer.replacing(string: "$", by: map))
            }
            if let preTokenizer = variant.pre_tokenizer?.value {
                changed = changed.replacing("pre_tokenizer", by: preTokenizer)
            }
            // The first is asked for all texts, its variants for some.
            expect(
                try Tokenizer(json: changed.bytes()), gives: variant.ids,
                for: texts.prefix(index == 0 ? texts.count : 700))
        }
    }

    private func charactersMap(_ value: JSONValue) -> String? {
        value["precompiled_charsmap"]?.stringValue
            ?? value["normalizers"]?.arrayValue?.lazy.compactMap(charactersMap).first
    }

    private func expect(
        _ tokenizer: Tokenizer, gives answers: [[Int]], for texts: ArraySlice<String>,
        _ location: SourceLocation = #_sourceLocation
    ) {
        #expect(answers.count == texts.count, sourceLocation: location)
        var wrong: [String] = []
        for (text, answer) in zip(texts, answers) {
            let expected = unpacked(answer)
            let ids = tokenizer.encode(text).ids.map(Int.init)
            if ids != expected {
                wrong.append("\(text.debugDescription.prefix(200)): \(ids.prefix(40)), not \(expected.prefix(40))")
            }
        }
        #expect(
            wrong.isEmpty, "\(wrong.count) of \(answers.count) differ, such as \(wrong.prefix(5))",
            sourceLocation: location)
    }

    /// `[id, -count]` stands for `count` times the id.
    private func unpacked(_ packed: [Int]) -> [Int] {
        packed.reduce(into: []) { ids, next in
            guard next < 0, let last = ids.last else { return ids.append(next) }
            ids.append(contentsOf: repeatElement(last, count: -next - 1))
        }
    }
}

@Suite(.timeLimit(.minutes(5))) struct TokenizerComponentTests {
    private struct Fixture: Decodable {
        struct Normalizer: Decodable {
            var component: JSONFragment
            var answers: [String]
        }
        struct PreTokenizer: Decodable {
            var component: JSONFragment
            var answers: [[String]]
        }
        var texts: [String]
        var normalizers: [Normalizer]
        var pre_tokenizers: [PreTokenizer]
    }

    private let fixture: Fixture

    init() throws { fixture = try FixtureFiles.decode(from: "components.json") }

    @Test func normalizersGiveTheTextsOfTheReference() throws {
        for (component, answers) in fixture.normalizers.map({ ($0.component, $0.answers) }) {
            let normalizer = try makeNormalizer(component.node())
            for (text, answer) in zip(fixture.texts, answers) {
                let result = normalizer.normalize(Array(text.unicodeScalars))
                #expect(result == Array(answer.unicodeScalars), "\(component.text) on \(text.debugDescription)")
            }
        }
    }

    @Test func preTokenizersGiveTheWordsOfTheReference() throws {
        for (component, answers) in fixture.pre_tokenizers.map({ ($0.component, $0.answers) }) {
            let preTokenizer = try makePreTokenizer(component.node())
            for (text, answer) in zip(fixture.texts, answers) {
                let whole = TextPiece(text: Array(text.unicodeScalars)[...], startsText: true)
                let words = (text.isEmpty ? [] : preTokenizer.split([whole])).map { Array($0.text) }
                #expect(
                    words == answer.map { Array($0.unicodeScalars) }, "\(component.text) on \(text.debugDescription)")
            }
        }
    }
}

/// The Unicode versions that `tokenizers` carries, checked on nearly all characters.
@Suite(.timeLimit(.minutes(5))) struct TokenizerCharacterTests {
    private struct Fixture: Decodable {
        struct Answer: Decodable {
            var component: JSONFragment
            var gone: [UInt32]?
            var kept: [UInt32]?
            var one: [UInt32]?
            var two: [UInt32]?
            var three: [UInt32]?

            enum CodingKeys: String, CodingKey {
                case component, gone, kept
                case one = "1"
                case two = "2"
                case three = "3"
            }
        }
        var ranges: [UInt32]
        var answers: [Answer]
    }

    /// The code points of `[first, last, first, last, …]`.
    private func points(_ ranges: [UInt32]) -> Set<UInt32> {
        Set(stride(from: 0, to: ranges.count, by: 2).flatMap { ranges[$0]...ranges[$0 + 1] })
    }

    @Test func classesOfCharactersAreThoseOfTheReference() throws {
        let fixture: Fixture = try FixtureFiles.decode(from: "characters.json")
        let scalars = points(fixture.ranges).compactMap(Unicode.Scalar.init)
        for answer in fixture.answers {
            if let gone = answer.gone, let kept = answer.kept {
                let normalizer = try makeNormalizer(answer.component.node())
                let results = scalars.map { ($0, normalizer.normalize(["a", $0, "b"])) }
                expect(results.filter { $0.1 == ["a", "b"] }.map(\.0), points(gone), of: answer.component)
                expect(results.filter { $0.1 == ["a", $0.0, "b"] }.map(\.0), points(kept), of: answer.component)
            } else {
                let preTokenizer = try makePreTokenizer(answer.component.node())
                let counts = scalars.map {
                    ($0, preTokenizer.split([TextPiece(text: ["a", $0, "b"], startsText: true)]).count)
                }
                for (count, expected) in [(1, answer.one), (2, answer.two), (3, answer.three)] {
                    expect(counts.filter { $0.1 == count }.map(\.0), points(expected ?? []), of: answer.component)
                }
            }
        }
    }

    private func expect(_ found: [Unicode.Scalar], _ expected: Set<UInt32>, of component: JSONFragment) {
        let different = Set(found.map(\.value)).symmetricDifference(expected).sorted().map { String($0, radix: 16) }
        #expect(different.isEmpty, "\(component.text): \(different.count) characters, such as \(different.prefix(10))")
    }
}
