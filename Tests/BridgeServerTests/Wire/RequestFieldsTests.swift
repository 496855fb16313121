import BridgeSupport
import NIOCore
import Testing

@testable import BridgeServer

@Suite struct RequestFieldsTests {
    private func values(_ text: String, more limit: Int) -> Bool {
        ByteBuffer(string: text).holdsMoreJSONValues(than: limit)
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
