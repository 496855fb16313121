import BridgeTesting
import Foundation
import Testing

@testable import ModelStore

/// The wheels that Tools/catalogue/make_test_wheel.py makes.
enum TestWheels {
    static func bytes(_ name: String) throws -> [UInt8] {
        let url = try #require(
            Bundle.module.url(forResource: "Fixtures/\(name)-0.1-py3-none-any", withExtension: "whl"))
        return Array(try Data(contentsOf: url))
    }

    static func wheel(
        _ name: String, at endpoint: String, files: [ModelDescription.RemoteFile]
    ) throws -> ModelDescription.Wheel {
        let bytes = try bytes(name)
        return .init(
            url: "\(endpoint)/packages/\(name)-0.1-py3-none-any.whl", sha256: Samples.sha256(bytes),
            sizeBytes: Int64(bytes.count), files: files)
    }

    /// - Parameter path: ends in "?" if the model works without it.
    static func file(_ path: String, to destination: String? = nil) -> ModelDescription.RemoteFile {
        let name = path.split(separator: "?").first.map(String.init) ?? path
        return .init(
            path: name, destination: destination ?? (name as NSString).lastPathComponent, optional: path.hasSuffix("?"))
    }
}
