import BridgeSupport
import BridgeTesting
import Foundation
import Testing

@Suite(.timeLimit(.minutes(1))) struct JSONDocumentTests {
    private func node(_ text: String, _ limits: JSONLimits = JSONLimits()) throws -> JSONNode {
        try JSONNode(parsing: Array(text.utf8), limits: limits)
    }

    private func error(_ text: String, _ limits: JSONLimits = JSONLimits()) throws -> JSONSyntaxError {
        try #require(throws: JSONSyntaxError.self) { try node(text, limits) }
    }

    @Test func valuesAndEscapesAreRead() throws {
        let node = try node(
            #" {"a":[1,-2.5e2,true,false,null,"\u00e9\n\ud83d\ude00\ud800x\\\/"],"é":1,"é":2} "#,
            JSONLimits(refusesBrokenUnicode: false))
        let array = try #require(node["a"]?.array.map(Array.init))
        #expect(array[0].integer == 1 && array[1].double == -250 && array[2].bool == true && array[3].bool == false)
        #expect(array[4].isNull && array[4].string == nil && array[4].bool == nil)
        #expect(array[5].string == "é\n😀\u{FFFD}x\\/")
        #expect(node["missing"] == nil && node["é"]?.integer == 2)
        #expect(try self.node(#"{"\u0061":{"b":[]},"c":{}}"#)["a"]?["b"]?.array?.isEmpty == true)
    }

    @Test func containersAreGoneOverWithoutWhatTheyHold() throws {
        let node = try node(#"[[1,[2,{"a":3}]],{"b":[4],"c":5},[],{}]"#)
        let array = try #require(node.array)
        #expect(array.count == 4 && array.first?.array?.count == 2)
        #expect(array.dropFirst().first?.object?.map(\.key) == ["b", "c"])
        #expect(array.dropFirst(2).first?.array?.isEmpty == true && array.dropFirst(3).first?.object?.isEmpty == true)
    }

    @Test func membersAreFoundByTheirKeys() throws {
        let node = try self.node(#"{"a":1,"":3,"nested":{"x":5,"a":6},"nothing":null,"reasoning":8,"a":7}"#)
        #expect(node.member("a")?.integer == 7 && node["a"]?.integer == 7 && node.member("")?.integer == 3)
        #expect(node["nested"]?.member("x")?.integer == 5 && node["nested"]?.member("a")?.integer == 6)
        // The last one shares its mark with a key that is there.
        for absent in ["x", "c", "nothing", "nesteds", "reasoning_content"] { #expect(node[absent] == nil) }
        #expect(node["a"]?.member("a") == nil && node["nested"]?.member("b") == nil)
        for (text, key) in [("{}", "a"), (#"[{"a":1}]"#, "a"), (#"{"\u0062":2}"#, "a")] {
            #expect(try self.node(text)[key] == nil)
        }
        #expect(try self.node(#"{"\u0062":2}"#).member("b")?.integer == 2)
    }

    @Test func eachOfManyMembersIsFound() throws {
        let keys = (0..<300).map { String(repeating: "k", count: $0 % 70) + String($0) }
        let members = keys.enumerated().map { "\"\($1)\":\($0)" }.joined(separator: ",")
        let many = try self.node("{\(members)}")
        for (place, key) in keys.enumerated() { #expect(many[key]?.integer == place) }
    }

    @Test func keysThatAreCanonicallyEqualStayApart() throws {
        #expect(try node("{\"\u{E9}\":1,\"e\u{301}\":2}")["\u{E9}"]?.integer == 1)
        #expect(try node("{\"\u{E9}\":1,\"e\u{301}\":2}").object?.count == 2)
    }

    /// A text without escapes is told by its place, as nothing was made of it yet.
    @Test func textsAreToldByTheirPlace() throws {
        let place = try #require(try node(#"{"a":"bc"}"#)["a"]?.placeOfText)
        #expect(place.range == 6..<8 && !place.hasEscapes)
        #expect(try node(#"{"a":"\n"}"#)["a"]?.placeOfText?.hasEscapes == true)
    }

    @Test(
        arguments: [
            ("", .unexpectedEnd, 0), ("[", .unexpectedEnd, 1), ("[1,", .unexpectedEnd, 3),
            ("{\"a\"", .unexpectedEnd, 4),
            ("{\"a\":", .unexpectedEnd, 5), ("{a:1}", .unexpectedByte, 1), ("\"x", .unexpectedEnd, 2),
            ("\"\\", .unexpectedEnd, 2), ("\"\\\"", .unexpectedEnd, 3), (#""\q""#, .unknownEscape, 1),
            (#"["\u12"]"#, .unknownEscape, 2), ("[1]]", .trailingText, 3), ("tru", .unexpectedByte, 0),
            ("nul]", .unexpectedByte, 0), ("-", .malformedNumber, 0), ("[01]", .malformedNumber, 1),
            ("1.", .malformedNumber, 0), (".5", .unexpectedByte, 0), ("+1", .unexpectedByte, 0),
            ("1e", .malformedNumber, 0), ("1.5.2", .malformedNumber, 0), ("1-2", .malformedNumber, 0),
            ("[1 2]", .unexpectedByte, 3), ("{\"a\":1,}", .trailingComma, 7), ("[1 , ]", .trailingComma, 5),
            ("[,1]", .unexpectedByte, 1), ("[1}", .unexpectedByte, 2), ("{\"a\" 1}", .unexpectedByte, 5),
            ("\"a\tb\"", .controlCharacter, 2), ("1e999", .numberTooLarge, 0), ("{\"a\"}", .unexpectedByte, 4),
            (#""\ud800""#, .notUnicode, 1), (#""\udc00\ud800""#, .notUnicode, 1), (#""\ud83d\ud83d""#, .notUnicode, 1),
            ("\u{FEFF}[01]", .malformedNumber, 4), ("[\u{A0}1]", .unexpectedByte, 1), ("\u{0}", .unexpectedByte, 0),
            // Any other fault counts more: the bytes that are not Unicode may not be a text at all.
            (#""\ud800\q""#, .unknownEscape, 7),
        ] as [(String, JSONSyntaxError.Reason, Int)])
    func faultsAreFoundWhereTheyAre(text: String, reason: JSONSyntaxError.Reason, offset: Int) throws {
        let error = try error(text)
        #expect(error.reason == reason && error.offset == offset, "\(text): \(error)")
    }

    @Test(
        arguments: [
            (#"{"a":1,"b":[{"c":01}]}"#, "b"), (#"{"a":"\q"}"#, "a"), (#"{"a":1,"\q":2}"#, nil), ("[01]", nil),
            (#"{"a":{"b":1},"c":1e999}"#, "c"), (#"{"a":1,"b":2} 3"#, nil),
        ] as [(String, String?)])
    func theFieldIsNamed(_ text: String, _ field: String?) throws { #expect(try error(text).field == field) }

    /// Unicode, table 3-7, and its neighbours.
    @Test func brokenUTF8IsFound() throws {
        let broken: [[UInt8]] = [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xE1, 0x80],
            [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xE2, 0x82, 0x41],
            [0xF1, 0x80, 0x80, 0x41],
        ]
        let quote = UInt8(ascii: "\"")
        for bytes in broken {
            for padding in [0, 7, 8, 9] {
                let text = [quote] + [UInt8](repeating: 0x61, count: padding) + bytes + [quote]
                #expect((try? JSONNode(parsing: text)) == nil, "\(bytes)")
                let loose = try JSONNode(parsing: text, limits: JSONLimits(refusesBrokenUnicode: false))
                #expect(loose.string == String(decoding: text.dropFirst().dropLast(), as: UTF8.self))
            }
        }
        let whole = "aé€𐍈\u{7FF}\u{800}\u{D7FF}\u{E000}\u{FFFF}\u{10000}\u{10FFFF}"
        #expect(try JSONNode(parsing: Array("\"\(whole)\"".utf8)).string == whole)
    }

    /// A text is read eight bytes at a time: whatever ends that, at each of the eight places.
    @Test func everyPlaceOfAWordIsLookedAt() throws {
        for count in 0..<40 {
            let filling = String(repeating: "~", count: count)
            #expect(try node("[\"\(filling)\",1]").array?.first?.string == filling)
            #expect(try node("\"\(filling)é\(filling)\"").string == "\(filling)é\(filling)")
            #expect(try node("\"\(filling)\\\"\(filling)\"").string == "\(filling)\"\(filling)")
            #expect(try error("\"\(filling)\u{1F}!\"").offset == count + 1)
            #expect(try error("\"\(filling)\u{1}\"").reason == .controlCharacter)
            #expect(try node("\"\(filling)\u{7F} !#[]\"").string == "\(filling)\u{7F} !#[]")
        }
    }

    @Test func limitsOfDepthAndValuesAreKept() throws {
        #expect(try error("[1,2,3]", JSONLimits(values: 3)).reason == .tooManyValues)
        _ = try node("[1,2,3]", JSONLimits(values: 4))
        #expect(try error(#"{"a":{"b":[]}}"#, JSONLimits(values: 3)).reason == .tooManyValues)
        _ = try node(#"{"a":{"b":[]}}"#, JSONLimits(values: 4))
        // What stands in texts counts for nothing.
        for text in [#"{"a":",,,,[[[["}"#, #"{"a":"\",,,,"}"#, #"{"a\\":"\\\",,,,\\"}"#, #"{"a":"",",,,":1}"#] {
            _ = try node(text, JSONLimits(values: 4))
        }
        #expect(try error(String(repeating: "[", count: 100_000)).reason == .tooDeep)
        #expect(try error("[[[1]]]", JSONLimits(depth: 2)).reason == .tooDeep)
        _ = try node("[[1],[1]]", JSONLimits(depth: 2))
    }

    /// Foundation's reader and ours agree on what is JSON, and on what it says, however a text is broken.
    @Test func itAgreesWithFoundation() throws {
        // No key becomes another by two changes: of equal keys Foundation may choose either.
        let seed = #"{"abc":[1,-2.5e2,true,null,"é\n\u00e9x"],"def":{"ghi":"d","jklmn":0.1},"opq":[[],{}]}"#
        let spare = Array("{}[],:\"\\u0e.-19tfn \u{1}".utf8) + [0xC3, 0xA9]
        var random = Sequence()
        for _ in 0..<4000 {
            var bytes = Array(seed.utf8)
            for _ in 0..<Int.random(in: 1...2, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes.remove(at: place)
                case 1: bytes.insert(spare.randomElement(using: &random) ?? 0, at: place)
                default: bytes[place] = spare.randomElement(using: &random) ?? 0
                }
            }
            guard let ours = try? JSONValue(parsing: bytes) else { continue }
            let theirs = try JSONDecoder().decode(JSONFragment.self, from: Data(bytes)).value
            #expect(ours == theirs, "\(String(decoding: bytes, as: UTF8.self))")
        }
    }

    /// Knuth's MMIX generator: the same numbers in every run.
    private struct Sequence: RandomNumberGenerator {
        var state: UInt64 = 7
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
    }
}
