import BridgeSupport
import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@testable import BridgeServer

@Suite struct RequestFieldsTests {
    private func values(_ text: String, more limit: Int) -> Bool {
        ByteBuffer(string: text).jsonRefusal(valuesUpTo: limit) == .tooManyValues
    }

    @Test func valuesAreCounted() {
        #expect(!values("[1,2,3]", more: 4) && values("[1,2,3]", more: 3))
        #expect(!values(#"{"a":{"b":[]}}"#, more: 4) && values(#"{"a":{"b":[]}}"#, more: 3))
        // What stands in texts counts for nothing.
        for text in [#"{"a":",,,,[[[["}"#, #"{"a":"\",,,,"}"#, #"{"a\\":"\\\",,,,\\"}"#, #"{"a":"",",,,":1}"#] {
            #expect(!values(text, more: 4), "\(text)")
        }
        #expect(values(#"{"a\\":[1,2,3],"b":","}"#, more: 4))
        #expect(!values("", more: 1) && !values(#"{"a"#, more: 2))
    }

    /// The parser would take them.
    @Test(arguments: [
        #"{"text":"a",}"#, "{\"text\":\"a\" ,\r\n\t}", #"{"x":[1,]}"#, #"{"x":[[],],"text":"a"}"#,
        #"{"x":{"y":null,}}"#,
    ]) func aCommaAtTheEndIsRefused(_ text: String) {
        let error = #expect(throws: ServiceError.self) { try RequestFields(json: ByteBuffer(string: text)) }
        #expect(error?.code == .invalidJSON && error?.message.contains("comma") == true, "\(text)")
    }

    @Test(arguments: [#"{"a,":",]","b":",}\",}"}"#, #"{"a":[1 , 2],"b":[{},{}]}"#]) func otherCommasAreNot(
        _ text: String
    ) throws {
        _ = try RequestFields(json: ByteBuffer(string: text))
    }

    /// A body with one value in it, what is said of it, and the words that tell it from others.
    @Test(arguments: [
        ("\"a\nb\"", "raw line break"), ("\"a\tb\"", "raw line break"), ("[\"\u{0}\"]", "raw line break"),
        (#""\x41""#, "backslash"), (#""\u12g4""#, "backslash"), (#"[{"y":"\'"}]"#, "backslash"),
        ("01", "number"), ("-01", "number"), ("1.", "number"), ("1.e3", "number"), ("1e", "number"), ("-", "number"),
        ("1e+", "number"), ("[1.5.2]", "number"),
        (#""\ud83d""#, "surrogate"), (#""\ud83d\ud83d""#, "surrogate"), (#""\uDE42a""#, "surrogate"),
    ]) func whatIsWrongIsSaid(_ value: String, _ words: String) {
        for (body, field) in [
            ("{\"text\": \(value)}", "text"), ("{\"a\":\"\\\"b\",\n\"text\":[true,{\"c\":\(value)}],\"d\":1}", "text"),
            (value, nil),
        ] {
            let error = #expect(throws: ServiceError.self) { try RequestFields(json: ByteBuffer(string: body)) }
            #expect(error?.code == .invalidJSON && error?.param == field, "\(body): \(String(describing: error))")
            #expect(error?.message.contains(words) == true, "\(body): \(String(describing: error))")
        }
    }

    /// Where texts are not told from what is between them for certain, nothing is said that may be wrong.
    @Test(arguments: [
        #"{"text":"say "hi" now"}"#, "{\"text\":\"say \"hi\" now\n\"}", "{\"text\":\"say \"5\" now\n\"}",
        "{'text':\"a\nb\"}",
        "{\"text\":\"a\nb", #"{text:"\x"}"#, #"{"a":1 "b":"\x"}"#, "[1][01]", "", " ", "{", "[1", "\u{FEFF}[01]",
    ]) func whatIsNotCertainIsNotSaid(_ body: String) {
        let bytes = Array(body.utf8)
        #expect(bytes.withUnsafeBytes(JSONFault.first) == nil)
        let error = #expect(throws: ServiceError.self) { try RequestFields(json: ByteBuffer(bytes: bytes)) }
        #expect(error?.code == .invalidJSON && error?.param == nil)
    }

    @Test func aTextOfAnySizeIsOneValue() throws {
        let text = String(repeating: #",\""#, count: 200_000)
        #expect(try RequestFields(json: ByteBuffer(string: #"{"text":"\#(text)"}"#)).text("text")?.count == 400_000)
    }

    @Test func tooManyValuesAreRefused() throws {
        let many = ByteBuffer(string: #"{"x":["# + String(repeating: "1,", count: RequestFields.maxValues) + "1]}")
        let error = #expect(throws: ServiceError.self) { try RequestFields(json: many) }
        #expect(error?.code == .invalidJSON && error?.message.contains("65536 values") == true)
        // In two bytes a letter, quotes would be found where there are none.
        let wide = Array(#"{"text":"a"}"#.utf16).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        for mark in [[0xFF, 0xFE], []] as [[UInt8]] {
            #expect(throws: ServiceError.self) { try RequestFields(json: ByteBuffer(bytes: mark + wide)) }
        }
    }
}

/// What forms, queries and JSON write differently.
@Suite struct RequestFieldFormTests {
    private enum Choice: String, CaseIterable { case wav, auto }

    @Test func formsHaveManyWordsForTrueAndFalse() throws {
        for (flag, words) in [
            (true, ["true", "True", "TRUE", "1", "on", "On", "yes", "YES", " true ", "oui"]),
            (false, ["false", "False", "FALSE", "0", "off", "no", "No", "non\n"]),
        ] {
            for word in words { #expect(try RequestFields(texts: ["vad": word]).flag("vad") == flag, "\(word)") }
        }
        for word in ["2", "truee", "-", "null"] {
            let error = #expect(throws: ServiceError.self) { try RequestFields(texts: ["vad": word]).flag("vad") }
            #expect(error?.param == "vad" && error?.message.contains("true or false") == true)
        }
        #expect(throws: ServiceError.self) {
            try RequestFields(json: ByteBuffer(string: #"{"vad":"true"}"#)).flag("vad")
        }
    }

    @Test func emptyFieldsOfFormsAreAbsent() throws {
        for empty in ["", " ", "\r\n", "\t"] {
            let fields = RequestFields(texts: ["a": empty])
            #expect(try fields.text("a") == nil && fields.name("a") == nil && fields.flag("a") == nil)
            #expect(try fields.number("a", in: 0...1) == nil && fields.integer("a", in: 0...1) == nil)
            #expect(try fields.choice("a", Choice.self) == nil)
        }
    }

    @Test func emptyNamesAndChoicesOfJSONAreAbsent() throws {
        let fields = try RequestFields(json: ByteBuffer(string: #"{"a":"","b":" "}"#))
        #expect(try fields.name("a") == nil && fields.choice("a", Choice.self) == nil)
        #expect(try fields.text("a") == "")
        #expect(try fields.name("b") == " ")
        #expect(throws: ServiceError.self) { try fields.number("a", in: 0...1) }
        #expect(throws: ServiceError.self) { try fields.flag("a") }
    }

    @Test func wordsAndNumbersOfFormsMayHaveSpaceAround() throws {
        let fields = RequestFields(texts: ["a": " WAV\n", "b": " 0.5 ", "c": " name "])
        #expect(try fields.choice("a", Choice.self) == .wav)
        #expect(try fields.number("b", in: 0...1) == 0.5)
        #expect(try fields.name("c") == "name")
    }
}

@Suite struct JSONResponseTests {
    /// It is logged and answered like every failure, then.
    @Test func whatHasNoFormInJSONIsAnInternalError() throws {
        for value in [Double.nan, .infinity] {
            let error = #expect(throws: ServiceError.self) { _ = try Response.json(["value": value]) }
            #expect(error?.code == .internal && error?.cause != nil)
        }
        #expect(try Response.json(["value": 1.5]).status == .ok)
    }
}
