import BridgeSupport
import LanguageModels
import ModelStore
import Synchronization
import WorkScheduling

extension ModelAdministration {
    /// Replaces default models. Each new one is loaded and tested while the old one answers; only if all of them pass does anything change,
    /// and then it lasts over a restart. The old ones leave memory when the requests that use them have ended.
    ///
    /// - Parameter wanted: an empty id means the model of the configuration again, which is not tested.
    /// - Throws: `swap_in_progress` while another change goes on; `invalid_request` (param: the bridge) for a model that is unknown, of
    ///   another bridge, or that fails its test; what loading it throws; `storage_full`.
    package func setDefaults(_ wanted: [Bridge: String]) async throws {
        try await whileNobodySwaps { try await swap(to: wanted) }
    }

    /// Runs `body` while the default models stay what they are, but for what it changes itself.
    ///
    /// - Throws: `swap_in_progress`, or what `body` throws.
    func whileNobodySwaps(_ body: () async throws -> Void) async throws {
        let isFirst = isSwapping.withLock { isSwapping in
            defer { isSwapping = true }
            return !isSwapping
        }
        guard isFirst else {
            throw ServiceError(
                .swapInProgress,
                "The default models are being changed, or a model deleted. Try again when that has ended.",
                retryAfter: .seconds(2))
        }
        defer { isSwapping.withLock { $0 = false } }
        try await body()
    }

    private func swap(to wanted: [Bridge: String]) async throws {
        var named: [Bridge: String] = [:]
        for bridge in Bridge.allCases {
            guard let id = wanted[bridge] else { continue }
            named[bridge] = id.isEmpty ? "" : try await check(id, for: bridge)
        }
        for bridge in Bridge.allCases {
            guard let id = named[bridge], !id.isEmpty else { continue }
            try await tryOut(id, for: bridge)
        }
        try await change(to: named)
    }

    /// - Returns: its id in full.
    private func check(_ id: String, for bridge: Bridge) async throws -> String {
        guard services.configuration.isEnabled(bridge) else {
            throw ServiceError.invalid(
                bridge.rawValue,
                "The \(bridge.rawValue) bridge is switched off on this server (\(Keys.enabledBridges.name)).")
        }
        guard let service = bridge.modelService else { return id }
        switch try await naming(bridge, { try await self.place(of: id) }) {
        case .here(let key) where key.service == service: return key.id
        case .here(let key):
            throw ServiceError.invalid(bridge.rawValue, "\(id) is a model for \(key.service.rawValue).")
        case .languageModel: throw ServiceError.invalid(bridge.rawValue, "\(id) is a model for llm.")
        }
    }

    private func tryOut(_ id: String, for bridge: Bridge) async throws {
        let models = services.models
        guard let service = bridge.modelService else {
            return try await naming(bridge) { try await ModelSelfTest(services: self.services).run(bridge, id) }
        }
        let key = ModelKey(service, id)
        let wasLoaded = await models.snapshot().model(key)?.state == .loaded
        do {
            try await naming(bridge) {
                try await models.load(key)
                try await ModelSelfTest(services: self.services).run(bridge, id)
            }
        } catch {
            // It would take memory until it has been idle for long.
            if !wasLoaded { models.retire(key) }
            throw error
        }
    }

    /// What is wrong with a model is wrong with the field that names it.
    private func naming<R>(_ bridge: Bridge, _ body: () async throws -> R) async throws -> R {
        do {
            return try await body()
        } catch var error as ServiceError {
            error.param = bridge.rawValue
            throw error
        }
    }

    private func change(to named: [Bridge: String]) async throws {
        let configuration = services.configuration
        let before = try await aside { try ChosenModels(of: configuration) }
        var after = before
        for (bridge, id) in named { after.models[bridge] = id.isEmpty ? nil : id }
        let old = await services.models.snapshot().models.filter(\.isDefault).map(\.key)
        // First the file: what it cannot hold must not count until the next start only.
        try await aside { [after] in try after.write(for: configuration) }
        do {
            try await apply(after, to: named.keys.map(\.self))
        } catch {
            try? await aside { try before.write(for: configuration) }
            try? await apply(before, to: named.keys.map(\.self))
            throw error
        }
        let new = Set(await services.models.snapshot().models.filter(\.isDefault).map(\.key))
        for key in old where !new.contains(key) { services.models.retire(key) }
    }

    /// Has the configuration's model answer again where one was chosen that is gone.
    func forgetChoice(of place: Place) async throws {
        let configuration = services.configuration
        var chosen = try await aside { try ChosenModels(of: configuration) }
        let bridge: Bridge
        switch place {
        case .here(let key):
            guard chosen.byService[key.service] == key.id else { return }
            bridge = key.service.bridge
        case .languageModel(let name):
            guard let choice = chosen.models[.llm], services.languageModel.areSame(choice, name) else { return }
            bridge = .llm
        }
        chosen.models[bridge] = nil
        try await aside { [chosen] in try chosen.write(for: configuration) }
        try await apply(chosen, to: [bridge])
    }

    private func apply(_ chosen: ChosenModels, to bridges: [Bridge]) async throws {
        for bridge in bridges {
            if let service = bridge.modelService {
                try await services.models.setDefault(chosen.models[bridge], for: service)
            } else {
                services.languageModel.setDefault(chosen.models[bridge])
            }
        }
    }

    /// The id of the model that answers for each bridge; none for a bridge that has none.
    package func defaults() async -> [Bridge: String] {
        Dictionary(
            uniqueKeysWithValues: await services.statuses().compactMap { bridge, status in
                status.model.map { (bridge, $0) }
            })
    }
}
