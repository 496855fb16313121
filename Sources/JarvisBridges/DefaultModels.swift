import BridgeRuntime
import BridgeSupport
import Foundation
import ModelStore
import SpeechToText

/// Fetches the default model of each enabled service, or its replacement if that cannot be fetched.
///
/// Nothing here prevents a start: a server with some bridges is better than none, and the start table and `/health` say what
/// is missing.
struct DefaultModels {
    let configuration: BridgeConfiguration
    let store: ModelStore

    /// The enabled services whose models come as files.
    private var services: [ModelService] { ModelInventory.services.filter { configuration.isEnabled($0.bridge) } }

    /// Fetches what is missing, and reports what could not be fetched.
    ///
    /// - Throws: `ServiceError` when the models' directory cannot be read, or `CancellationError`.
    func install() async throws {
        if configuration.isEnabled(.stt) { try await install(VoiceActivityDetector.modelID) }
        let missing = try services.filter(isMissing)
        guard !missing.isEmpty else { return }
        let wanted = missing.compactMap { choice(for: $0)?.preferred }
        if await store.isHubReachable(timeout: .seconds(2)) {
            await refreshVoices()
            for id in wanted { try await install(id) }
            try Task.checkCancellation()
        } else {
            warnOfHub(missing, wanted)
        }
        for service in missing where answering(service) == nil && choice(for: service)?.isFirm == false {
            // Models that are part of the program need no fetching.
            guard let fallback = choice(for: service)?.fallback,
                store.catalogue[fallback]?.isBuiltIn != true
            else { continue }
            try await install(fallback)
        }
    }

    /// For each service that is without a model now, a sentence that says why.
    var unserved: [String] {
        services.filter { answering($0) == nil }.map { service in
            let choice = choice(for: service)
            let id = choice?.preferred ?? ""
            let what =
                choice?.isFirm == true
                ? "\(id), which \(Keys.model(of: service)?.name ?? "") names, is not installed"
                : "neither \(id) nor \(choice?.fallback ?? "another") is installed"
            return "There is no model for \(service.rawValue): \(what)."
        }
    }

    /// The models that answer requests that name none, and the one that tells speech from noise.
    var models: [String] {
        services.compactMap { answering($0) } + (configuration.isEnabled(.stt) ? [VoiceActivityDetector.modelID] : [])
    }

    private func choice(for service: ModelService) -> ModelChoice? { ModelChoice(configuration, for: service) }

    private func answering(_ service: ModelService) -> String? {
        ModelInventory(configuration, store).defaults[service]?.id
    }

    /// Whether the default model is to be fetched.
    private func isMissing(_ service: ModelService) throws -> Bool {
        guard let id = choice(for: service)?.preferred else { return false }
        return try store.catalogue[id]?.isBuiltIn != true && store.installedModel(id) == nil
    }

    private func warnOfHub(_ missing: [ModelService], _ wanted: [String]) {
        let why =
            store.hub.offline
            ? "HF_HUB_OFFLINE forbids the network."
            : store.hub.problem ?? "The model hub (\(store.hub.endpoint)) cannot be reached."
        let (chosen, replaced) = missing.reduce(into: ([String](), [String]())) { lists, service in
            guard let choice = choice(for: service) else { return }
            let id = choice.preferred
            if choice.isFirm { lists.0.append(id) } else { lists.1.append(id) }
        }
        let both = [
            replaced.isEmpty ? nil : "Others stand in for \(replaced.joined(separator: ", ")).",
            chosen.isEmpty
                ? nil : "Nothing takes the place of \(chosen.joined(separator: ", ")), which the configuration names.",
        ]
        let pull = "'\(CommandName.current) models pull \(wanted.joined(separator: " "))' fetches"
        Terminal.warning(
            ([why] + both.compactMap(\.self) + ["\(pull) \(wanted.count > 1 ? "them" : "it") later."])
                .joined(separator: " "))
    }

    /// A mirror without the list is no reason to stop: the program's own list has every default.
    private func refreshVoices() async {
        do {
            try await store.refreshVoices { Terminal.note($0) }
        } catch let error as ServiceError {
            Terminal.note("The newest list of voices was not fetched: \(error.message)")
        } catch {
            // Cancelled, which ends the next step as well.
        }
    }

    private func install(_ id: String) async throws {
        guard try store.installedModel(id) == nil else { return }
        do {
            try await pullWithProgress(id, from: store)
        } catch let error as ServiceError {
            Terminal.warning("\(id) could not be fetched: \(error.message)")
        }
    }
}
