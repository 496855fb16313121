public import BridgeSupport
import Foundation
package import ModelStore

/// The default models that were chosen while a server ran, by bridge. They go before the configuration, also after a restart: `defaults.json`
/// in the data folder holds them.
public struct ChosenModels: Sendable, Hashable {
    /// Ids, as requests name models.
    package var models: [Bridge: String]

    /// By default nothing was chosen.
    public init(_ models: [Bridge: String] = [:]) { self.models = models }

    /// Reads the file; without one nothing was chosen.
    ///
    /// - Throws: `invalid_request` (param `data_dir`) that names the file, if it is damaged or cannot be read.
    public init(of configuration: BridgeConfiguration) throws(ServiceError) {
        let file = Self.file(of: configuration)
        guard FileManager.default.fileExists(atPath: file.path) else {
            self.init()
            return
        }
        do {
            let names = try JSONNode(parsing: [UInt8](try Data(contentsOf: file))).decode([String: String].self)
            self.init(
                try names.reduce(into: [:]) { models, entry in
                    guard let bridge = Bridge(rawValue: entry.key), !entry.value.isEmpty else { throw Damaged() }
                    models[bridge] = entry.value
                })
        } catch {
            throw ServiceError(
                .invalidRequest,
                "\(file.path) cannot be read as a list of default models. Delete it, so that the configuration counts again, or give back what it was: {\"stt\": \"MODEL\"}.",
                param: Keys.dataDirectory.name, cause: error)
        }
    }

    private struct Damaged: Error {}

    /// Replaces the file in one step.
    ///
    /// - Throws: `storage_full`, or `internal` if the file cannot be written.
    func write(for configuration: BridgeConfiguration) throws(ServiceError) {
        let file = Self.file(of: configuration)
        let names = Dictionary(uniqueKeysWithValues: models.map { ($0.key.rawValue, $0.value) })
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try encoder.encode(names).write(to: file, options: .atomic)
        } catch let error as CocoaError where error.code == .fileWriteOutOfSpace {
            throw ServiceError(
                .storageFull, "The disk is full, so that the default models cannot be kept. Make room, then try again.",
                cause: error)
        } catch {
            throw ServiceError(
                .internal,
                "The default models cannot be kept: defaults.json in the data folder cannot be written. Check the owner and permissions of the folder.",
                cause: error)
        }
    }

    static func file(of configuration: BridgeConfiguration) -> URL {
        BridgeServices.dataDirectory(configuration).appending(path: "defaults.json")
    }

    /// The choices among the models that this process computes with.
    package var byService: [ModelService: String] {
        models.reduce(into: [:]) { services, entry in
            if let service = entry.key.modelService { services[service] = entry.value }
        }
    }
}
