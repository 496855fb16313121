import BridgeSupport
import Synchronization

/// What operators do with the models of the servers, by their full names: `SERVER/NAME`.
extension LanguageModelService {
    /// The names of the servers.
    public var serverNames: [String] { servers.all.map(\.name) }

    /// Has `model` answer requests that name none; the configured one again if it is nil.
    public func setDefault(_ model: String?) {
        state.withLock { state in
            let all = state.servers.all
            state.servers = LanguageModelServers(all, configured: model ?? configuredModel)
        }
    }

    /// The models of all servers that can be asked.
    ///
    /// - Throws: the first server's error if no server can be asked.
    public func stored() async throws -> [StoredLanguageModel] {
        let (servers, standard) = (servers, try await models().default)
        var stored: [StoredLanguageModel] = []
        for server in servers.all {
            for var model in (try? await server.model.stored()) ?? [] {
                model.name = "\(server.name)/\(model.name)"
                model.isDefault = standard.map { areSame($0, model.name) } ?? false
                stored.append(model)
            }
        }
        return stored
    }

    /// Whether two names mean the same model.
    public func areSame(_ name: String, _ other: String) -> Bool {
        let (a, b) = (servers.find(name), servers.find(other))
        return a.server.name == b.server.name
            && a.server.model.canonicalName(a.name) == b.server.model.canonicalName(b.name)
    }

    /// Has its server fetch a model.
    ///
    /// - Throws: `model_not_found` (param `id`) if nobody has it.
    public func pull(_ name: String, progress: @escaping @Sendable (LanguageModelPull) -> Void) async throws {
        let model = servers.find(name)
        try await model.server.model.pull(model.name, progress: progress)
        await probe()
    }

    /// Has its server delete a model.
    ///
    /// - Throws: `model_not_found` if it has none of that name.
    public func remove(_ name: String) async throws {
        let model = servers.find(name)
        try await model.server.model.remove(model.name)
        await probe()
    }

    /// Has its server load a model into memory.
    ///
    /// - Parameter pinned: whether it stays there even if unused; for as long as the server likes if nil or false.
    public func load(_ name: String, pinned: Bool?) async throws {
        let model = servers.find(name)
        try await model.server.model.load(model.name, pinned: pinned)
    }

    /// Has its server let go of the memory of a model.
    public func unload(_ name: String) async throws {
        let model = servers.find(name)
        try await model.server.model.unload(model.name)
    }
}
