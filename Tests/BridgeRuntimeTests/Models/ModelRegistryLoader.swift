import BridgeSupport
import BridgeTesting
import Foundation
import Logging
import ModelStore
import Testing

@testable import BridgeRuntime

/// Loads that a test holds up, lets fail, and counts; models of one service whose names end in what they take in memory.
final class Loader: Sendable {
    let gate: Gate
    let clock = ManualClock()
    let started = Watched<[String]>([])
    let files = Watched("1")
    let failure = Watched<(any Error)?>(nil)
    let disk = Watched(ModelInventory(defaults: [.stt: .init(id: "a")]))
    /// Changes with ``disk``.
    let stamp = Watched("1")
    /// How often the disk was read, and looked at.
    let (reads, looks) = (Watched(0), Watched(0))

    init(gate: Gate = Gate(open: true)) { self.gate = gate }

    static func bytes(_ id: String) -> Int { Int(id.filter(\.isNumber)) ?? 0 }

    private func load(_ id: String) async throws -> String {
        started.update { $0.append(id) }
        try await gate.pass()
        if let failure = failure.value { throw failure }
        return "model \(id)"
    }

    func registry(memory: Int = .max, idle: Double = 0, preload: Bool = false) -> ModelRegistry {
        let models = FakeModels(
            inventory: { _ in
                self.reads.update { $0 += 1 }
                return self.disk.value
            },
            stamp: {
                self.looks.update { $0 += 1 }
                return self.stamp.value
            },
            files: { ModelFiles(stamp: self.files.value, bytes: Self.bytes($0.id)) },
            load: { LoadedModel(try await self.load($0.id), bytes: Self.bytes($0.id)) })
        return ModelRegistry(
            models, .init(memory: memory, idleTime: .seconds(idle), preload: preload), clock: clock)
    }
}

extension ModelRegistry {
    var models: ModelSource<String> { source(of: .stt) }

    /// Asks for a model, and lets it go.
    func use(_ id: String) async throws -> String {
        let lease = try await models.lease(id)
        defer { lease.end() }
        return lease.model
    }

    var loadedIDs: [String] {
        get async { await snapshot().models.filter { $0.state == .loaded }.map(\.key.id) }
    }

    var status: ServiceStatus { get async { await snapshot().status(of: .stt) } }
}
