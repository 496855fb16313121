import BridgeSupport
import BridgeTesting
import Foundation
import Testing

@Suite(.timeLimit(.minutes(1))) struct FileStampTests {
    private let temporary: TemporaryFolder

    init() throws { temporary = try TemporaryFolder() }

    @Test func changesWithTheFilesOnly() throws {
        let folder = temporary.url
        let file = folder.appending(path: "onnx/model.onnx")
        #expect(FileStamp.of(folder) == FileStamp.of(folder))
        let empty = FileStamp.of(folder)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data("cut".utf8).write(to: file)
        let cut = FileStamp.of(folder)
        #expect(cut != empty)
        #expect(FileStamp.of(folder) == cut)
        try Data("whole".utf8).write(to: file)
        let whole = FileStamp.of(folder)
        #expect(whole != cut)
        // Of the same size, and of another time.
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: file.path)
        #expect(FileStamp.of(folder) != whole)
        try FileManager.default.removeItem(at: file.deletingLastPathComponent())
        #expect(FileStamp.of(folder) == empty)
    }

    /// Models may be links to a folder elsewhere, or have files that are.
    @Test func looksBehindLinks() throws {
        let folder = temporary.url
        let real = folder.appending(path: "real")
        try FileManager.default.createDirectory(at: real, withIntermediateDirectories: true)
        let link = folder.appending(path: "link")
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: real)
        let empty = FileStamp.of(link)
        try Data("a".utf8).write(to: real.appending(path: "model.onnx"))
        #expect(FileStamp.of(link) != empty)
    }

    @Test func ignoresWhatIsBeingDownloaded() throws {
        let folder = temporary.url
        let files = { FileStamp.of(folder, ignoring: ".incomplete") }
        let empty = files()
        let part = folder.appending(path: ".incomplete/whisper-base/model.onnx")
        try FileManager.default.createDirectory(at: part.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data("half".utf8).write(to: part)
        #expect(files() == empty)
        try Data("a".utf8).write(to: folder.appending(path: ".incompletely"))
        #expect(files() != empty)
    }

    @Test func countsTheWeightsBesideANetwork() throws {
        let folder = temporary.url
        for (name, size) in [("model.onnx", 3), ("model.onnx_data", 40), ("model_int8.onnx", 500)] {
            try Data(count: size).write(to: folder.appending(path: name))
        }
        #expect(FileStamp.bytes(ofNetwork: folder.appending(path: "model.onnx")) == 43)
        #expect(FileStamp.bytes(ofNetwork: folder.appending(path: "nowhere/model.onnx")) == 0)
    }
}
