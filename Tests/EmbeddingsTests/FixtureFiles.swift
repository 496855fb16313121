import BridgeTesting
import Foundation

/// Files that this suite stands on.
enum FixtureFiles {
    static func url(_ path: String) throws -> URL {
        guard let root = Bundle.module.resourceURL else { throw MissingFile(what: "the test bundle's resources") }
        return root.appending(path: "Fixtures").appending(path: path)
    }

    static func bytes(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: url(path))) }

    static func decode<Value: Decodable>(_ type: Value.Type = Value.self, from path: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(contentsOf: url(path)))
    }

    /// The directory of the real all-MiniLM-L6-v2.
    static func miniLM() throws -> URL { try TestData.model("all-MiniLM-L6-v2") }

    /// The one of TokenizersTests: the tiny encoder was made with it.
    static let unigramTokenizer = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "TokenizersTests/Fixtures/unigram.json")

    struct MissingFile: Error, CustomStringConvertible {
        var what: String
        var description: String { "These tests need \(what)." }
    }
}
