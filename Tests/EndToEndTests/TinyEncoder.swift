import Foundation

/// What a hub serves for a model of the catalogue that is converted when it is fetched: the tiny encoder of the embeddings' tests.
enum TinyEncoder {
    static let id = "paraphrase-multilingual-MiniLM-L12-v2"

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "EmbeddingsTests/Fixtures/TinyEncoder")

    /// The content of the file that a path of the hub ends with; nil for one that only has to be there.
    static func content(_ path: String) -> [UInt8]? {
        let name = (path as NSString).lastPathComponent
        guard !path.contains("Pooling"), let data = try? Data(contentsOf: folder.appending(path: name)) else {
            return nil
        }
        return [UInt8](data)
    }
}
