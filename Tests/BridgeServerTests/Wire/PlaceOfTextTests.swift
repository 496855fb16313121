import NIOCore
import Testing

@testable import BridgeServer

/// Where the one long text of a JSON body stands.
@Suite struct PlaceOfTextTests {
    private func text(_ json: String, _ name: String = "audio_data") -> (text: String, rest: String)? {
        // As a body that was read in pieces: the bytes do not begin where the buffer does.
        var buffer = ByteBuffer(string: "xyz" + json)
        buffer.moveReaderIndex(forwardBy: 3)
        guard let place = buffer.placeOfText(name) else { return nil }
        let start = json.utf8.index(json.startIndex, offsetBy: place.lowerBound)
        let end = json.utf8.index(json.startIndex, offsetBy: place.upperBound)
        return (String(json[start..<end]), String(buffer: buffer.without(place)))
    }

    @Test(arguments: [
        (#"{"audio_data":"AAAA"}"#, "AAAA", #"{"audio_data":""}"#),
        (
            #"{ "a" : [ {"audio_data":"no"} ] , "audio_data" : "QUJD" , "b":"é\"x" }"#, "QUJD",
            #"{ "a" : [ {"audio_data":"no"} ] , "audio_data" : "" , "b":"é\"x" }"#
        ),
        (#"{"audio_data":"first","audio_data":"last"}"#, "last", #"{"audio_data":"first","audio_data":""}"#),
        (#"{"x":"audio_data","audio_data":""}"#, "", #"{"x":"audio_data","audio_data":""}"#),
    ])
    func theTextIsFoundAndTheRestIsKept(json: String, expected: String, rest: String) throws {
        let found = try #require(text(json))
        #expect(found.text == expected && found.rest == rest)
    }

    @Test(arguments: [
        "", "{}", "[\"audio_data\"]", #"{"audio_data":1}"#, #"{"audio_data":null}"#, #"{"audio_data":"a\/b"}"#,
        "{\"audio_data\":\"a\nb\"}", #"{"audio_data":"é"}"#, #"{"audio_data":"cut"#, #"{"audio_data""#,
        #"{"audio_data":"#,
        #"{"audio_data":"AAAA","audio_data":7}"#, #"{"b":{"audio_data":"AAAA"}}"#,
    ])
    func whatDoesNotStandForItselfIsLeftToTheParser(json: String) { #expect(text(json) == nil) }
}
