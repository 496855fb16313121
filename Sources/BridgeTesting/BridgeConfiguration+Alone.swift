public import BridgeRuntime
import Foundation

extension BridgeConfiguration {
    /// Without a file, as the one in the folder that the tests run in belongs to its user.
    public static func loadAlone(
        environment: [String: String], flags: [String: String] = [:]
    ) throws -> BridgeConfiguration {
        try load(environment: environment, flags: flags, folder: TestData.nowhere.path)
    }
}
