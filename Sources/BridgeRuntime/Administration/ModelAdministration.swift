import BridgeSupport
import LanguageModels
package import Logging
package import ModelStore
import Synchronization
import WorkScheduling

/// What operators do with models while the server runs. Translates ids into what is asked of the registry, of the store, or of the server
/// of the language model.
package final class ModelAdministration: Sendable {
    /// What an id means.
    enum Place: Sendable {
        /// A model that this process computes with, known or installed.
        case here(ModelKey)
        /// A model of the language model's server, by its whole name, such as `ollama/qwen3`; it need not exist.
        case languageModel(String)
    }

    let services: BridgeServices
    let isSwapping = Mutex(false)

    private let pulls: ModelPulls

    package init(_ services: BridgeServices, logger: Logger) {
        self.services = services
        pulls = ModelPulls(logger: logger) { id, progress in
            guard !services.isOfServer(id) else {
                return try await services.languageModel.pull(id) { pull in
                    progress(PullProgress(file: pull.step, completed: pull.completed, total: pull.total))
                }
            }
            _ = try await services.store.pull(id, progress: progress)
            services.models.noteDiskChanged()
        }
    }

    /// Fetches what clients order, until the task is cancelled.
    package func run() async { await pulls.run() }

    /// Fetches a model, or watches how it is fetched for another client already; ends when it is here. It goes on when nobody watches.
    ///
    /// - Throws: from the stream what fetching throws, such as `model_not_found`, `upstream_error` or `storage_full`.
    package func pull(_ id: String) -> AsyncThrowingStream<PullProgress, any Error> {
        // Under its own name, so that all who mean it share one download.
        pulls.watch(services.store.catalogue[id]?.id ?? id)
    }

    private func isOfServer(_ id: String) -> Bool { services.isOfServer(id) }

    /// - Throws: `model_not_found` for an id that nobody knows.
    func place(of id: String) async throws -> Place {
        guard let place = await known(id) else {
            throw ServiceError(
                .modelNotFound, "There is no model '\(id.prefix(80))'. GET /api/models lists those that there are.",
                param: "id")
        }
        return place
    }

    private func known(_ id: String) async -> Place? {
        if isOfServer(id) { return .languageModel(id) }
        let store = services.store
        let known = store.catalogue[id]
        let service = await aside { known?.service ?? (try? store.installedModel(id))?.service }
        return service.map { .here(ModelKey($0, known?.id ?? id)) }
    }

    /// The bridge that a model serves; nil for one that nobody knows.
    package func bridge(of id: String) async -> Bridge? {
        switch await known(id) {
        case .here(let key): key.service.bridge
        case .languageModel: .llm
        case nil: nil
        }
    }

    /// The same for a model that is to be in memory or not.
    private func loadable(_ id: String) async throws -> Place {
        let place = try await place(of: id)
        if case .here(let key) = place, key.service == .vad {
            throw ServiceError.invalid("id", "\(id) is loaded along with each speech model, and not on its own.")
        }
        return place
    }

    /// Loads a model into memory, where it is not there already.
    ///
    /// - Parameter pinned: whether it stays there even if unused; nil leaves that as it is.
    /// - Throws: `model_not_found`, `model_too_large`, or why it cannot be loaded; `CancellationError`, while the load goes on.
    package func load(_ id: String, pinned: Bool?) async throws {
        switch try await loadable(id) {
        case .here(let key): try await services.models.load(key, pinned: pinned)
        case .languageModel(let name): try await services.languageModel.load(name, pinned: pinned)
        }
    }

    /// Lets go of a model, even of a pinned one; it stays on the disk.
    ///
    /// - Throws: `model_not_found`; `model_in_use` while requests use it.
    package func unload(_ id: String) async throws {
        switch try await loadable(id) {
        case .here(let key): try services.models.unload(key)
        case .languageModel(let name): try await services.languageModel.unload(name)
        }
    }

    /// Deletes a model from the disk and from memory. Where it was chosen as a default, the model of the configuration answers again.
    ///
    /// - Throws: `model_not_found`; `model_in_use` while requests use it or it is being fetched; `swap_in_progress`.
    package func remove(_ id: String) async throws {
        let place = try await place(of: id)
        try await whileNobodySwaps {
            switch place {
            case .here(let key): try await remove(key)
            case .languageModel(let name): try await services.languageModel.remove(name)
            }
            try await forgetChoice(of: place)
        }
    }

    private func remove(_ key: ModelKey) async throws {
        try services.models.unload(key)
        let store = services.store
        defer { services.models.noteDiskChanged() }
        do {
            try await aside { _ = try store.remove(key.id) }
        } catch let error as ServiceError where error.code == .overloaded {
            throw ServiceError(
                .modelInUse, "\(key.id) is being downloaded. Wait until it is here, then delete it.",
                retryAfter: .seconds(5))
        }
        // A request may have had it loaded meanwhile.
        services.models.retire(key)
    }

    // MARK: The list

    /// The models of the catalogue in its order, then installed models that it does not list, then the models of the language
    /// model's server, if that can be asked.
    package func list() async throws -> [ListedModel] {
        let (store, snapshot) = (services.store, await services.models.snapshot())
        let installed = try await aside { try store.installed() }
        let (catalogue, pulling) = (store.catalogue, pulls.ids)
        let byID = Dictionary(installed.map { ($0.id, $0) }) { first, _ in first }
        let memory = Dictionary(snapshot.models.map { ($0.key, $0) }) { first, _ in first }
        let known = catalogue.models.compactMap { model in
            ListedModel(
                known: model, installed: byID[model.id], memory: memory[ModelKey(model.service, model.id)],
                isDownloading: pulling.contains(model.id))
        }
        let others = installed.filter { catalogue[$0.id]?.id != $0.id }.compactMap { model in
            ListedModel(
                known: nil, installed: model, memory: memory[ModelKey(model.service, model.id)], isDownloading: false)
        }
        return known + others + (await languageModels())
    }

    /// One model of ``list()``.
    ///
    /// - Throws: `model_not_found`.
    package func model(_ id: String) async throws -> ListedModel {
        let wanted = services.store.catalogue[id]?.id ?? id
        guard let model = try await list().first(where: { $0.id == wanted || isSame($0, as: wanted) }) else {
            throw ServiceError(.modelNotFound, "\(id.prefix(80)) is not there any more.", param: "id")
        }
        return model
    }

    /// Names of a server's models may leave out its name for the newest version.
    private func isSame(_ model: ListedModel, as id: String) -> Bool {
        model.service == .languageModel && isOfServer(id) && services.languageModel.areSame(model.id, id)
    }

    private func languageModels() async -> [ListedModel] {
        guard services.configuration.isEnabled(.llm) else { return [] }
        // A server that cannot be reached has none to show; health says why.
        let stored = (try? await services.languageModel.stored()) ?? []
        return stored.map { model in
            ListedModel(
                id: model.name, service: .languageModel, state: model.memoryBytes == nil ? .installed : .ready,
                sizeBytes: model.sizeBytes, memoryBytes: model.memoryBytes.map(Int.init(clamping:)),
                videoMemoryBytes: model.videoMemoryBytes.map(Int.init(clamping:)),
                isDefault: model.isDefault, source: String(model.name.prefix { $0 != "/" }))
        }
    }
}

extension BridgeServices {
    /// Whether an id names a model of a server for language models, such as `ollama/qwen3`.
    fileprivate func isOfServer(_ id: String) -> Bool {
        let server = id.prefix { $0 != "/" }
        return server.count < id.count && languageModel.serverNames.contains(String(server))
    }
}
