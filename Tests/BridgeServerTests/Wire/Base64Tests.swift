import BridgeSupport
import Foundation
import Testing

@testable import BridgeServer

@Suite(.timeLimit(.minutes(1))) struct Base64Tests {
    /// Every length and all values of a byte.
    private static let samples: [[UInt8]] =
        (0..<70).map { length in (0..<length).map { UInt8(truncatingIfNeeded: $0 * 37 + length) } } + [Array(0...255)]

    private func decode(_ text: String, field: String) throws -> Base64.Upload {
        var bytes = Array(text.utf8)
        let type = try Base64.decode(&bytes, at: .init(range: 0..<bytes.count), field: field)
        return Base64.Upload(bytes: bytes, mediaType: type)
    }

    @Test func everyFormIsRead() throws {
        for bytes in Self.samples {
            let text = Data(bytes).base64EncodedString()
            let bare = text.replacing("=", with: "")
            let url = bare.replacing("+", with: "-").replacing("/", with: "_")
            let lines = Data(bytes).base64EncodedString(options: [.lineLength64Characters, .endLineWithCarriageReturn])
            for form in [text, bare, url, lines, text.map { "\($0)\r\n" }.joined(), " \(text)\t"] {
                #expect(try decode(form, field: "x") == .init(bytes: bytes), "\(form)")
                #expect(
                    try decode("data:audio/ogg;codecs=opus;base64,\(form)", field: "x")
                        == .init(bytes: bytes, mediaType: "audio/ogg"), "\(form)")
            }
        }
        #expect(try decode("data:;base64,AAAA", field: "x").mediaType?.isEmpty == true)
    }

    @Test func whatIsNoneIsRefused() {
        for text in [
            "A", "AAAAA", "AA=", "AAA==", "AAAA=", "AAAA====", "=AAA", "AA==AA==", "AA=A", "AAA.", "AA\u{0}A", "é",
            "data:audio/wav,AAAA", "data:base64,AAAA", "data:audio/wav;base64", "data:audio/wav;base64,A",
            "data:" + String(repeating: "a", count: 2000) + ";base64,AAAA",
        ] {
            let error = #expect(throws: ServiceError.self) { try decode(text, field: "audio_data") }
            #expect(error?.code == .invalidRequest && error?.param == "audio_data", "\(text)")
        }
    }
}
