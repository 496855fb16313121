import BridgeSupport
import HTTPTypes
import Hummingbird
import Testing

@testable import BridgeServer

@Suite(.timeLimit(.minutes(1))) struct RequestFieldsTests {
    @Test(arguments: [
        #"{"text":"a",}"#, "{\"text\":\"a\" ,\r\n\t}", #"{"x":[1,]}"#, #"{"x":[[],],"text":"a"}"#,
        #"{"x":{"y":null,}}"#,
    ]) func aCommaAtTheEndIsRefused(_ text: String) {
        let error = #expect(throws: ServiceError.self) { try RequestFields(json: Array(text.utf8)) }
        #expect(error?.code == .invalidJSON && error?.message.contains("comma") == true, "\(text)")
    }

    @Test(arguments: [#"{"a,":",]","b":",}\",}"}"#, #"{"a":[1 , 2],"b":[{},{}]}"#]) func otherCommasAreNot(
        _ text: String
    ) throws {
        _ = try RequestFields(json: Array(text.utf8))
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
            let error = #expect(throws: ServiceError.self) { try RequestFields(json: Array(body.utf8)) }
            #expect(error?.code == .invalidJSON && error?.param == field, "\(body): \(String(describing: error))")
            #expect(error?.message.contains(words) == true, "\(body): \(String(describing: error))")
        }
    }

    /// Where texts are not told from what is between them for certain, nothing is said that may be wrong.
    @Test(arguments: [
        #"{"text":"say "hi" now"}"#, "{\"text\":\"say \"hi\" now\n\"}", "{\"text\":\"say \"5\" now\n\"}",
        "{'text':\"a\nb\"}",
        "{\"text\":\"a\nb", #"{text:"\x"}"#, #"{"a":1 "b":"\x"}"#, "[1][01]", "", " ", "{", "[1",
    ]) func whatIsNotCertainIsNotSaid(_ body: String) {
        let error = #expect(throws: ServiceError.self) { try RequestFields(json: Array(body.utf8)) }
        #expect(error?.code == .invalidJSON && error?.param == nil)
        let says = ["is not JSON (in UTF-8, of ordinary depth)", "body is empty"]
        #expect(says.contains { error?.message.contains($0) == true }, "\(error?.message ?? "")")
    }

    /// As PowerShell and Windows editors write it.
    @Test func aByteOrderMarkIsSkipped() throws {
        #expect(try RequestFields(json: [0xEF, 0xBB, 0xBF] + Array(#"{"text":"a"}"#.utf8)).text("text") == "a")
    }

    @Test func aTextOfAnySizeIsOneValue() throws {
        let text = String(repeating: #",\""#, count: 200_000)
        #expect(try RequestFields(json: Array(#"{"text":"\#(text)"}"#.utf8)).text("text")?.count == 400_000)
    }

    @Test func tooManyValuesAreRefused() throws {
        let many = Array((#"{"x":["# + String(repeating: "1,", count: RequestFields.maxValues) + "1]}").utf8)
        let error = #expect(throws: ServiceError.self) { try RequestFields(json: many) }
        #expect(error?.code == .invalidJSON && error?.message.contains("65536 values") == true)
        // In two bytes a letter, quotes would be found where there are none.
        let wide = Array(#"{"text":"a"}"#.utf16).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        for mark in [[0xFF, 0xFE], []] as [[UInt8]] {
            #expect(throws: ServiceError.self) { try RequestFields(json: mark + wide) }
        }
    }
}

/// What forms, queries and JSON write differently.
@Suite(.timeLimit(.minutes(1))) struct RequestFieldFormTests {
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
            try RequestFields(json: Array(#"{"vad":"true"}"#.utf8)).flag("vad")
        }
    }

    @Test func emptyFieldsOfFormsAreAbsent() throws {
        for empty in ["", " ", "\r\n", "\t", "undefined"] {
            let fields = RequestFields(texts: ["a": empty])
            #expect(try fields.text("a") == nil && fields.name("a") == nil && fields.flag("a") == nil)
            #expect(try fields.number("a", in: 0...1) == nil && fields.integer("a", in: 0...1) == nil)
            #expect(try fields.choice("a", Choice.self) == nil)
        }
    }

    @Test func emptyNamesAndChoicesOfJSONAreAbsent() throws {
        let fields = try RequestFields(json: Array(#"{"a":"","b":" "}"#.utf8))
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

@Suite(.timeLimit(.minutes(1))) struct JSONResponseTests {
    /// It is logged and answered like every failure, then.
    @Test func whatHasNoFormInJSONIsAnInternalError() throws {
        for value in [Double.nan, .infinity] {
            let error = #expect(throws: ServiceError.self) { _ = try Response.json(["value": value]) }
            #expect(error?.code == .internal && error?.cause != nil)
        }
        #expect(try Response.json(["value": 1.5]).status == .ok)
    }
}
