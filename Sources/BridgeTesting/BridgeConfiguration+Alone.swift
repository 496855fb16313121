public import BridgeRuntime
import Foundation

extension BridgeConfiguration {
    /// Without a file: what lies in the folder that the tests run in is its user's.
    public static func loadAlone(
        environment: [String: String], flags: [String: String] = [:]
    ) throws -> BridgeConfiguration {
        try load(environment: environment, flags: flags, folder: TestData.nowhere.path)
    }
}
