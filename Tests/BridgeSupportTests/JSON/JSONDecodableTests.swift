import BridgeSupport
import Foundation
import Testing

/// ``JSONNode/decode(_:)`` does what Foundation's decoder does.
@Suite(.timeLimit(.minutes(1))) struct JSONDecodableTests {
    private struct Inner: Decodable, Equatable {
        var name: String
        var sizes: [Int64]
    }

    private struct Outer: Decodable, Equatable {
        var flag: Bool
        var count: Int
        var small: UInt8?
        var ratio: Double
        var gain: Float?
        var inner: Inner?
        var table: [String: [Inner]]
        var pairs: [[String]]?
        var choice: Choice?

        enum Choice: String, Decodable { case one, two }
    }

    private static let good =
        #"{"flag":true,"count":1.0,"small":255,"ratio":1,"gain":0.5,"inner":null,"table":{"a":[{"name":"é","sizes":[9007199254740993]}],"b":[]},"pairs":[["x","y"],[]],"choice":"two"}"#

    private func foundation(_ text: String) throws -> Outer {
        try JSONDecoder().decode(Outer.self, from: Data(text.utf8))
    }
    private func ours(_ text: String) throws -> Outer { try JSONNode(parsing: Array(text.utf8)).decode(Outer.self) }

    @Test func valuesAreTheSame() throws {
        #expect(try ours(Self.good) == foundation(Self.good))
        #expect(try ours(Self.good).table["a"]?.first?.sizes == [9_007_199_254_740_993])
    }

    /// What is wrong, and the path to it.
    @Test(arguments: [
        (#""count":1.0"#, #""count":1.5"#), (#""count":1.0"#, #""count":"1""#), (#""count":1.0"#, #""count":null"#),
        (#""count":1.0,"#, ""), (#""small":255"#, #""small":256"#), (#""flag":true"#, #""flag":1"#),
        (#""ratio":1"#, #""ratio":[]"#), (#""name":"é","#, ""), (#"[9007199254740993]"#, #"[1,"a"]"#),
        (#""b":[]"#, #""b":{}"#), (#""choice":"two""#, #""choice":"three""#), (#"["x","y"]"#, #"["x",null]"#),
    ])
    func faultsAreTheSame(_ part: String, _ wrong: String) throws {
        let text = Self.good.replacing(part, with: wrong)
        let (own, other) = (
            #expect(throws: DecodingError.self) { try ours(text) },
            #expect(throws: DecodingError.self) { try foundation(text) }
        )
        // Foundation forgets the path to a number that does not fit.
        let (path, expected) = (own.map(Self.path), other.map(Self.path))
        #expect(path == expected || expected?.isEmpty == true && path?.isEmpty == false, "\(text)")
    }

    private static func path(_ error: DecodingError) -> [String] {
        let context: DecodingError.Context
        var missing: [any CodingKey] = []
        switch error {
        case .keyNotFound(let key, let found): (context, missing) = (found, [key])
        case .typeMismatch(_, let found), .valueNotFound(_, let found), .dataCorrupted(let found): context = found
        @unknown default: return []
        }
        return (context.codingPath + missing).map { $0.intValue.map(String.init) ?? $0.stringValue }
    }
}
