import BridgeSupport
import Testing

@testable import BridgeServer

/// The one long text of a JSON body, decoded where it stands.
@Suite(.timeLimit(.minutes(1))) struct JSONUploadTests {
    private func upload(_ json: String) throws -> JSONUpload { try JSONUpload(Array(json.utf8), field: "audio_data") }

    @Test(arguments: [
        (#"{"audio_data":"QUJD"}"#, "ABC", nil),
        (#"{ "a" : [ {"audio_data":"no"} ] , "audio_data" : "QUJD" , "b":"é\"x" }"#, "ABC", "é\"x"),
        (#"{"audio_data":"first","audio_data":"QUJDRA==","b":"x"}"#, "ABCD", "x"),
        (#"{"b":"audio_data","audio_data":""}"#, "", "audio_data"),
        // As PHP, and as programs with lines of 76 characters write it.
        (#"{"audio_data":"Pz8\/","b":"a\/b"}"#, "???", "a/b"), (#"{"audio_data":"QU\nJD\r\n"}"#, "ABC", nil),
        (#"{"audio_data":"\u0051UJ\u0044","b":"\u00e9"}"#, "ABC", "é"),
        (#"{"audio_data":"data:audio\/wav;base64,QUJD"}"#, "ABC", nil),
    ])
    func theTextIsDecodedAndTheRestIsKept(json: String, expected: String, rest: String?) throws {
        let found = try upload(json)
        #expect(found.upload.bytes == Array(expected.utf8))
        #expect(try found.fields.text("b") == rest)
        #expect(try found.fields.text("audio_data") == nil)
    }

    @Test(arguments: [
        ("{}", "is missing"), (#"{"audio_data":null}"#, "is missing"), (#"{"b":{"audio_data":"AAAA"}}"#, "is missing"),
        (#"{"audio_data":1}"#, "must be a text"), (#"{"audio_data":"AAAA","audio_data":7}"#, "must be a text"),
        (#"{"audio_data":"é"}"#, "not base64"), (#"{"audio_data":"\u0000AAA"}"#, "not base64"),
    ])
    func whatIsNoUploadIsSaid(json: String, words: String) {
        let error = #expect(throws: ServiceError.self) { try upload(json) }
        #expect(error?.code == .invalidRequest && error?.param == "audio_data")
        #expect(error?.message.contains(words) == true)
    }

    @Test(arguments: [
        "", "[\"audio_data\"]", "{\"audio_data\":\"a\nb\"}", #"{"audio_data":"cut"#, #"{"audio_data""#,
        #"{"audio_data":"#,
    ])
    func whatIsNoObjectIsSaid(json: String) {
        #expect(throws: ServiceError.self) { try upload(json) }
    }

    /// Else a recording would take the memory of two: its body, and a copy that was changed.
    @Test(arguments: ["AAAA", #"AAA\/"#]) func theBytesStayWhereTheyAre(digits: String) throws {
        let text = #"{"audio_data":""# + String(repeating: digits, count: 100_000) + #"","vad":false}"#
        let body = Handover(Array(text.utf8))
        let before = body.place()
        let found = try JSONUpload(body.take(), field: "audio_data")
        #expect(found.upload.bytes.count == 300_000)
        #expect(found.upload.bytes.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) } == before)
    }
}

extension Handover {
    /// Where the bytes lie in memory.
    fileprivate func place() -> UInt { look { $0.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) } } }
}
