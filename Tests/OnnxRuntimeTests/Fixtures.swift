import BridgeTesting
import Foundation
import Testing

@testable import OnnxRuntime

/// The models of Tools/onnxruntime/make_fixtures.py.
enum Fixture {
    static func path(_ name: String) throws -> String {
        let url = Bundle.module.url(forResource: name, withExtension: nil, subdirectory: "Fixtures")
        return try #require(url, "The fixture \(name) is missing.").path
    }

    static func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: path(name)))) }

    /// The engine that './jarvis test' has downloaded.
    static func engine() throws -> OnnxRuntime { try TestData.engine() }

    static func session(_ name: String, options: InferenceSession.Options = .init()) throws -> InferenceSession {
        try InferenceSession(engine(), modelAt: path("\(name).onnx"), options: options)
    }

    static func tensor<E: TensorElement>(_ values: [E], _ shape: [Int]? = nil) throws -> Tensor {
        _ = try engine()
        return try Tensor(values, shape: shape ?? [values.count])
    }
}

/// A scratch folder for one test, removed with it.
struct ScratchFolder: ~Copyable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "onnxruntime-test-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
