/// The servers for language models, by name, and which model of which server answers.
///
/// A name such as `ollama/qwen3` means the model `qwen3` of the server `ollama`; a name without a server means a model of the first.
struct LanguageModelServers: Sendable {
    struct Server: Sendable {
        var name: String
        var model: any LanguageModel
    }

    /// A model, by its name on its server.
    struct Model: Sendable {
        var server: Server
        var name: String
    }

    /// At least one.
    let all: [Server]
    /// For requests that name no model; nil if the first model of the first server answers these.
    let configured: String?

    init(_ servers: KeyValuePairs<String, any LanguageModel>, configured: String?) {
        precondition(!servers.isEmpty, "There is no server of language models.")
        self.init(servers.map(Server.init), configured: configured)
    }

    /// - Parameter all: at least one.
    init(_ all: [Server], configured: String?) {
        self.all = all
        self.configured = configured.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The server of the model that answers requests that name none.
    var standard: Server { configured.map { find($0).server } ?? all[0] }

    /// The model that answers: the named one, otherwise the configured one, otherwise `first`, the first model of the first server. nil if
    /// that has none.
    func answering(_ named: String? = nil, first: String?) -> Model? {
        (named ?? configured).map(find) ?? first.map { Model(server: all[0], name: $0) }
    }

    /// The model that `name` means, whether or not it exists.
    func find(_ name: String) -> Model {
        let parts = name.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].isEmpty, let server = all.first(where: { $0.name == parts[0] }) else {
            return Model(server: all[0], name: name)
        }
        return Model(server: server, name: String(parts[1]))
    }

    /// A model's name for clients: its own name if that leads to it, otherwise with its server's.
    func title(of model: Model) -> String {
        let found = find(model.name)
        let leadsThere = found.server.name == model.server.name && found.name == model.name
        return leadsThere ? model.name : "\(model.server.name)/\(model.name)"
    }

    /// The models of each server, in their order. A server that cannot be asked has none, unless no server can be asked.
    ///
    /// - Throws: the first server's error if no server can be asked.
    func lists() async throws -> [[Model]] {
        var lists: [[Model]] = []
        var failures: [any Error] = []
        for server in all {
            do {
                lists.append(try await server.model.models().map { Model(server: server, name: $0) })
            } catch {
                lists.append([])
                failures.append(error)
            }
        }
        if failures.count == all.count { throw failures[0] }
        return lists
    }
}
