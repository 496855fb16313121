import BridgeTesting
import Foundation
import Testing

/// What the `tokenizers` library makes of many texts; see Tools/embeddings/make_tokenizer_fixtures.py.
enum FixtureFiles {
    static func url(_ path: String) throws -> URL {
        try #require(Bundle.module.resourceURL).appending(path: "Fixtures").appending(path: path)
    }

    static func bytes(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: url(path))) }

    static func decode<Value: Decodable>(_ type: Value.Type = Value.self, from path: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(contentsOf: url(path)))
    }
}
