/// The servers of language models, by name, and which model of which server answers.
///
/// A name such as `ollama/qwen3` is the model `qwen3` of the server `ollama`; a name that begins with no server's is a model of the first.
struct LanguageModelServers: Sendable {
    struct Server: Sendable {
        var name: String
        var model: any LanguageModel
    }

    /// A model, by the name that its server knows.
    struct Model: Sendable {
        var server: Server
        var name: String
    }

    /// At least one.
    let all: [Server]
    /// For requests that name no model; nil where the first of the first server is meant.
    let configured: String?

    init(_ servers: KeyValuePairs<String, any LanguageModel>, configured: String?) {
        precondition(!servers.isEmpty, "There is no server of language models.")
        all = servers.map(Server.init)
        self.configured = configured.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The server of the model that answers where none is named.
    var standard: Server { configured.map { find($0).server } ?? all[0] }

    /// The model that answers: the named one, else the configured one, else the first server's first, which `first` is. nil where that has
    /// none.
    func answering(_ named: String? = nil, first: String?) -> Model? {
        (named ?? configured).map(find) ?? first.map { Model(server: all[0], name: $0) }
    }

    /// The model that `name` means, whether there is one or not.
    func find(_ name: String) -> Model {
        let parts = name.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].isEmpty, let server = all.first(where: { $0.name == parts[0] }) else {
            return Model(server: all[0], name: name)
        }
        return Model(server: server, name: String(parts[1]))
    }

    /// What clients call a model: its own name where that leads to it, else with its server's.
    func title(of model: Model) -> String {
        let found = find(model.name)
        let leadsThere = found.server.name == model.server.name && found.name == model.name
        return leadsThere ? model.name : "\(model.server.name)/\(model.name)"
    }

    /// What each server has, in their order. A server that cannot be asked has nothing, unless none can.
    ///
    /// - Throws: what the first of them throws, where none can be asked.
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
