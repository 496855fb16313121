import BridgeSupport
import Foundation
import Testing

@testable import Tokenizers

@Suite(.timeLimit(.minutes(5))) struct TokenizerTests {
    /// A hand-made Unigram tokenizer; the ids below were read off the `tokenizers` library.
    private func tiny(
        preTokenizer: String =
            #"{"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},{"type":"Metaspace","replacement":"▁","prepend_scheme":"always"}]}"#,
        bytes: Bool = false, extra: String = ""
    ) throws -> Tokenizer {
        var pieces: [(String, Double)] = [
            ("<s>", 0), ("<pad>", 0), ("</s>", 0), ("<unk>", 0), ("▁", -3), ("a", -2), ("b", -2.5), ("ab", -2.2),
            ("▁ab", -3.1),
            ("c", -4), ("abc", -4.5), ("▁a", -3.5), ("bc", -2.1),
        ]
        if bytes {
            pieces += (0..<256).map { ("<0x\(($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true))>", -10) }
        }
        let vocabulary = pieces.map { "[\"\($0)\",\($1)]" }.joined(separator: ",")
        return try Tokenizer(
            json: Array(
                """
                {"added_tokens":[\(extra)],"normalizer":null,"pre_tokenizer":\(preTokenizer),
                 "post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"</s>","type_id":0}}],
                  "special_tokens":{"<s>":{"id":"<s>","ids":[0],"tokens":["<s>"]},"</s>":{"id":"</s>","ids":[2],"tokens":["</s>"]}}},
                 "model":{"type":"Unigram","unk_id":3,"byte_fallback":\(bytes),"vocab":[\(vocabulary)]}}
                """.utf8))
    }

    @Test(arguments: [
        ("abc", [11, 12]), ("ab c", [8, 4, 9]), ("abab", [8, 7]), ("aéàb", [11, 3, 6]), ("zab", [4, 3, 7]),
        ("cab bc", [4, 9, 7, 4, 12]), ("", []),
        (" ", []), ("ab  ab", [8, 8]), ("éé éa", [4, 3, 4, 3, 5]),
    ])
    func unigramGivesTheIDsOfTheReference(_ text: String, _ ids: [Int32]) throws {
        #expect(try tiny().encode(text) == TokenizedText(ids: [0] + ids + [2], truncated: false))
    }

    @Test func metaspaceAloneKeepsTheSpacesBetweenWords() throws {
        let tokenizer = try tiny(
            preTokenizer: #"{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true}"#)
        #expect(tokenizer.encode("ab  ab").ids == [0, 8, 4, 8, 2])
        #expect(tokenizer.encode(" ab").ids == [0, 8, 2])
    }

    @Test func unknownLettersFallBackToTheirBytes() throws {
        #expect(try tiny(bytes: true).encode("aéb").ids == [0, 11, 208, 182, 6, 2])
        #expect(try tiny(bytes: true).encode("éà").ids == [0, 4, 208, 182, 208, 173, 2])
    }

    @Test(
        arguments: [
            ("ab ab ab", 4, TokenizedText(ids: [0, 8, 8, 2], truncated: true)),
            ("ab ab", 4, TokenizedText(ids: [0, 8, 8, 2], truncated: false)),
            ("ab", 2, TokenizedText(ids: [0, 2], truncated: true)),
        ])
    func longerTextsAreCutAndTheirEndMarkerIsKept(text: String, maximumLength: Int, expected: TokenizedText) throws {
        #expect(try tiny().encode(text, maximumLength: maximumLength) == expected)
    }

    @Test func addedTokensTakeSpacesAndWholeWordsLongestFirst() throws {
        func token(_ content: String, id: Int, _ flags: String = "") -> String {
            #"{"content":"\#(content)","id":\#(id),"special":true,"normalized":false\#(flags)}"#
        }
        let tokenizer = try tiny(
            extra: [
                token("[M]", id: 20, #","lstrip":true,"rstrip":true"#), token("b", id: 21, #","single_word":true"#),
                token("[M][M]", id: 22),
            ]
            .joined(separator: ","))
        #expect(tokenizer.encode("ab  [M]  ab").ids == [0, 8, 20, 8, 2])
        #expect(tokenizer.encode("ab b").ids == [0, 8, 21, 2])
        #expect(tokenizer.encode("a[M][M]").ids == [0, 11, 22, 2])
    }

    @Test(arguments: [
        ("", "not JSON"), ("{", "not JSON"), ("{}", "no \"model\""),
        (#"{"model":{"type":"BPE","vocab":{},"merges":[]}}"#, "\"BPE\""),
        (#"{"model":{"type":"WordPiece","vocab":{"a":0}}}"#, "[UNK]"),
        (#"{"model":{"type":"WordPiece","vocab":{"[UNK]":-1}}}"#, "model.vocab"),
        (#"{"model":{"type":"Unigram","unk_id":3,"vocab":[["a",0]]}}"#, "unk_id"),
        (#"{"model":{"type":"Unigram","unk_id":0,"vocab":[["a"]]}}"#, "pair"),
        (#"{"normalizer":{"type":"Nope"},"model":{"type":"Unigram","unk_id":0,"vocab":[["a",0]]}}"#, "\"Nope\""),
        (#"{"pre_tokenizer":{"type":"Nope"},"model":{"type":"Unigram","unk_id":0,"vocab":[["a",0]]}}"#, "\"Nope\""),
        (
            #"{"post_processor":{"type":"Nope"},"model":{"type":"Unigram","unk_id":0,"vocab":[["a",0]]}}"#,
            "\"Nope\""
        ),
        (
            #"{"normalizer":{"type":"Precompiled","precompiled_charsmap":"AAAA/w=="},"model":{"type":"Unigram","unk_id":0,"vocab":[["a",0]]}}"#,
            "character map"
        ),
        (
            #"{"normalizer":{"type":"Precompiled","precompiled_charsmap":"!"},"model":{"type":"Unigram","unk_id":0,"vocab":[["a",0]]}}"#,
            "character map"
        ),
        (#"{"added_tokens":[{"id":1}],"model":{"type":"Unigram","unk_id":0,"vocab":[["a",0]]}}"#, "added_tokens"),
    ])
    func damagedOrUnsupportedFilesAreExplained(_ json: String, _ part: String) {
        let error = #expect(throws: TokenizerFormatError.self) { try Tokenizer(json: Array(json.utf8)) }
        #expect(error?.reason.contains(part) == true, "\(error?.reason ?? "")")
    }

    @Test func aCharacterMapOfNoiseNeverCrashes() throws {
        var bytes: [UInt8] = [64, 0, 0, 0]
        var seed: UInt64 = 3
        for _ in 0..<400 {
            while bytes.count < 160 {
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes.append(UInt8(truncatingIfNeeded: seed >> 33))
            }
            let fields: JSONValue = ["precompiled_charsmap": .string(Data(bytes).base64EncodedString())]
            _ = try CharacterMap(fields.node()).normalize(Array("aé日😀 \r\n".unicodeScalars))
            bytes.removeSubrange(4...)
        }
    }
}
