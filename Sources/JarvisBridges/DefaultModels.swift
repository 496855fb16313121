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
    /// What is there in the end.
    struct Outcome {
        /// The models that answer requests that name none, the voices of the house's other languages, and the model that tells speech from
        /// noise.
        var models: [String]
        /// For each service that is without a model, a sentence that says why.
        var unserved: [String]
    }

    /// The places that answer. Without the hub, models come from the package index, if that has them.
    private enum Reach { case hub, indexOnly, nothing }

    let configuration: BridgeConfiguration
    let store: ModelStore
    /// What was chosen while a server ran goes before the configuration.
    let chosen: ChosenModels

    /// What is on the disk now.
    private var inventory: ModelInventory { ModelInventory(configuration, store, chosen: chosen.byService) }

    /// The enabled services whose models come as files.
    private var services: [ModelService] { ModelInventory.services.filter { configuration.isEnabled($0.bridge) } }

    /// Fetches what is missing, and reports what could not be fetched.
    ///
    /// - Throws: `ServiceError` when the models' directory cannot be read, or `CancellationError`.
    func install() async throws {
        let before = inventory
        let wanted = try missing(before)
        guard !wanted.isEmpty else { return }
        let reach = await reach()
        if reach == .hub { await refreshVoices() } else { warn(of: reach, wanted, before) }
        try Task.checkCancellation()
        // Nobody waits at each start for what cannot come.
        guard reach != .nothing else { return }
        for id in wanted where reach == .hub || isElsewhere(id) {
            try await install(id, skippingHub: reach != .hub)
        }
        try await installStandIns(inventory, skippingHub: reach != .hub)
    }

    var outcome: Outcome {
        let inventory = inventory
        let answering = services.compactMap { inventory.defaults[$0]?.id }
        let others = houseVoices(inventory).filter { (try? store.installedModel($0)) != nil && !answering.contains($0) }
        return Outcome(
            models: answering + others + (configuration.isEnabled(.stt) ? [VoiceActivityDetector.modelID] : []),
            unserved: services.filter { inventory.defaults[$0]?.id == nil }.map {
                reason(for: $0, inventory.choices[$0])
            })
    }

    private func reason(for service: ModelService, _ choice: ModelChoice?) -> String {
        let ids = [choice?.preferred ?? ""] + (choice?.fallbacks ?? [])
        let what =
            if choice?.wasMadeAtRunTime == true {
                "\(ids[0]), which was chosen while a server ran, is not installed; PUT /api/models/defaults chooses another"
            } else if choice?.isFirm == true {
                "\(ids[0]), which \(Keys.model(of: service)?.name ?? "") names, is not installed"
            } else {
                "neither \(ids.joined(separator: " nor ")) is installed"
            }
        return "There is no model for \(service.rawValue): \(what)."
    }
}

// MARK: What is missing

extension DefaultModels {
    private func missing(_ inventory: ModelInventory) throws -> [String] {
        let parts = configuration.isEnabled(.stt) ? [VoiceActivityDetector.modelID] : []
        let defaults = services.compactMap { inventory.choices[$0]?.preferred }
        // Any voice that speaks a language is enough, if it is not the synthetic one.
        let voices = houseVoices(inventory).filter { id in
            let language = store.catalogue[id]?.languages.first ?? ""
            let best = try? inventory.voices.best(speaking: language)
            return best.map { store.catalogue[$0]?.isBuiltIn == true } ?? true
        }
        return try (parts + defaults + voices).filter {
            try store.catalogue[$0]?.isBuiltIn != true && store.installedModel($0) == nil
        }
    }

    /// The recommended voices for the languages of the house other than the default voice's; none where the user has chosen a voice.
    private func houseVoices(_ inventory: ModelInventory) -> [String] {
        guard configuration.isEnabled(.tts), let choice = inventory.choices[.tts], !choice.isFirm else { return [] }
        return configuration.houseLanguages.compactMap { store.catalogue.recommendedVoice(speaking: $0)?.id }
            .filter { store.catalogue[$0]?.languages != store.catalogue[choice.preferred]?.languages }
    }

    /// Whether another place than the hub has the model.
    private func isElsewhere(_ id: String) -> Bool { store.catalogue[id]?.isOnPackageIndex == true }
}

// MARK: Fetching

extension DefaultModels {
    private func reach() async -> Reach {
        // Long enough for a slow line, and for a machine that is busy.
        let timeout = Duration.seconds(5)
        if await store.isHubReachable(timeout: timeout) { return .hub }
        return await store.isPackageIndexReachable(timeout: timeout) ? .indexOnly : .nothing
    }

    /// Where no model answers for a service, or one that falls short of what the house needs, its fallbacks are tried in order.
    private func installStandIns(_ inventory: ModelInventory, skippingHub: Bool) async throws {
        for service in services {
            guard let choice = inventory.choices[service], !choice.isFirm, let answer = inventory.defaults[service],
                answer.id == nil || answer.fallsShort
            else { continue }
            // Models that are part of the program need no fetching, and one that answers already is no better than itself.
            let better = choice.fallbacks.prefix { $0 != answer.id && store.catalogue[$0]?.isBuiltIn != true }
            for fallback in better {
                if try await install(fallback, skippingHub: skippingHub) { break }
            }
        }
    }

    /// - Returns: whether the model is there now.
    @discardableResult
    private func install(_ id: String, skippingHub: Bool) async throws -> Bool {
        guard try store.installedModel(id) == nil else { return true }
        do {
            try await pullWithProgress(id, from: store, skippingHub: skippingHub)
            return true
        } catch let error as ServiceError {
            Terminal.warning("\(id) could not be fetched: \(error.message)")
            return false
        }
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

    private func warn(of reach: Reach, _ wanted: [String], _ inventory: ModelInventory) {
        let absent = reach == .nothing ? wanted : wanted.filter { !isElsewhere($0) }
        var sentences = [
            store.hub.offline
                ? "HF_HUB_OFFLINE forbids the model hub."
                : store.hub.problem ?? "The model hub (\(store.hub.endpoint)) cannot be reached."
        ]
        if reach == .nothing {
            sentences.append("Nor can the Python package index.")
        } else if absent.count < wanted.count {
            let found = wanted.filter { !absent.contains($0) }
            sentences.append("The Python package index is asked for \(found.joined(separator: ", ")).")
        }
        let choices = services.compactMap { inventory.choices[$0] }.filter { absent.contains($0.preferred) }
        let replaced = choices.filter { !$0.isFirm }.map(\.preferred)
        let chosen = choices.filter(\.isFirm).map(\.preferred)
        if !replaced.isEmpty { sentences.append("Others stand in for \(replaced.joined(separator: ", ")).") }
        if !chosen.isEmpty {
            sentences.append(
                "Nothing takes the place of \(chosen.joined(separator: ", ")), which you have chosen.")
        }
        if !absent.isEmpty {
            let pull = "'\(CommandName.current) models pull \(absent.joined(separator: " "))' fetches"
            sentences.append("\(pull) \(absent.count > 1 ? "them" : "it") later.")
        }
        Terminal.warning(sentences.joined(separator: " "))
    }
}
