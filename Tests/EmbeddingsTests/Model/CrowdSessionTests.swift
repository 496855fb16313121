import BridgeTesting
import Foundation
import OnnxRuntime
import Testing

@testable import Embeddings

@Suite(.timeLimit(.minutes(1))) struct CrowdSessionTests {
    /// Of a model of so many megabytes, which are nothing but zeros.
    private func session(weights megabytes: Int, in file: String, linked: Bool = false) throws -> CrowdSession? {
        let directory = FileManager.default.temporaryDirectory.appending(path: "crowd-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let path = directory.appending(path: "model.onnx")
        try Data("no graph".utf8).write(to: path)
        if file != "model.onnx" { try Data().write(to: directory.appending(path: file)) }
        // A file with a hole takes no room on the disk.
        let handle = try FileHandle(forWritingTo: directory.appending(path: file))
        try handle.truncate(atOffset: UInt64(megabytes) << 20)
        try handle.close()
        if linked {
            let target = directory.appending(path: "blob")
            try FileManager.default.moveItem(at: directory.appending(path: file), to: target)
            try FileManager.default.createSymbolicLink(at: directory.appending(path: file), withDestinationURL: target)
        }
        return CrowdSession(try TestData.engine(), modelAt: path.path)
    }

    @Test(arguments: 0...100, [2, 3, 16]) func everyTextIsInOneRun(count: Int, threads: Int) throws {
        let texts = (0..<count).map { [Int32($0)] }
        let parts = CrowdSession.parts(of: texts, threads: threads)
        #expect(Array(parts.joined()) == texts)
        #expect(count < 4 ? parts.count == 1 : parts.count > 1)
        // They get smaller, so that no thread is long alone at the end.
        let sizes = parts.map(\.count)
        #expect(sizes == sizes.sorted(by: >) && sizes.last ?? 0 <= 3, "\(sizes)")
        #expect(sizes.dropLast().allSatisfy { $0 >= 2 }, "\(sizes)")
    }

    @Test(arguments: [
        "model.onnx", "model.onnx_data", "model.onnx.data", "model.safetensors", "model-00001-of-00002.safetensors",
    ])
    func largeModelsAreNotLoadedTwice(_ file: String) throws {
        let hasThreads = try TestData.engine().threads > 1
        #expect(try (session(weights: 120, in: file) != nil) == hasThreads)
        #expect(try session(weights: 129, in: file) == nil)
        #expect(try session(weights: 129, in: file, linked: true) == nil)
    }

    @Test func whatCannotBeLoadedIsDoneWithout() throws {
        let session = try session(weights: 1, in: "model.onnx_data")
        let texts = (0..<4).map { [Int32($0)] }
        #expect(session?.parts(of: texts) != [texts])
        for _ in 0..<2 { #expect(session?.session() == nil) }
        // All threads together do them in one run.
        #expect(session == nil || session?.parts(of: texts) == [texts])
    }
}
