import BridgeRuntime
import BridgeSupport
import Foundation
import HTTPTypes
import Hummingbird
import LanguageModels
import ModelStore
import ServiceLifecycle

/// `/api/models`: what operators do with models while the server runs.
struct ModelRoutes {
    let dependencies: RouteDependencies

    private var models: ModelAdministration { dependencies.runtime.administration }

    func add(to routes: inout RouteTable) {
        let look = RoutePolicy(group: .documents)
        let change = RoutePolicy(role: .admin, group: .documents, bodyLimit: dependencies.textLimit)
        routes.add(.get, "/api/models", policy: look) { try await list($0, $1) }
        routes.add(.put, "/api/models/defaults", policy: change) { try await setDefaults($0, $1) }
        // A model of another server has a slash in its id, which need not be encoded.
        for server in [nil] + dependencies.services.languageModel.serverNames.map(Optional.some) {
            let path = "/api/models/" + (server.map { "\($0)/" } ?? "") + "{id}"
            let id: ID = { context in
                let id = try Self.id(context, of: server)
                try await dependencies.runtime.admit(toModel: id, context.record.snapshot.caller)
                return id
            }
            routes.add(.delete, RouterPath(path), policy: change) { try await remove($0, $1, for: id) }
            routes.add(.post, RouterPath(path + "/pull"), policy: change) { try await pull($0, $1, for: id) }
            routes.add(.post, RouterPath(path + "/load"), policy: change) { try await load($0, $1, for: id) }
            routes.add(.post, RouterPath(path + "/unload"), policy: change) { try await unload($0, $1, for: id) }
        }
    }

    /// The model in the path, once it is known that the caller may do something with it.
    private typealias ID = @Sendable (BridgeContext) async throws -> String

    private static func id(_ context: BridgeContext, of server: String?) throws -> String {
        let written = try context.parameters.require("id")
        guard let name = written.removingPercentEncoding, !name.isEmpty, name.utf8.count <= 256 else {
            throw ServiceError.invalid("id", "The model in the path is no name of 1 to 256 characters.")
        }
        return server.map { "\($0)/\(name)" } ?? name
    }

    private struct Model: Encodable {
        var id: String
        var service: String
        var state: String
        var size_bytes: Int64?
        var memory_bytes: Int?
        var vram_bytes: Int?
        var `default`: Bool
        var pinned: Bool
        var source: String?
        var licence: String?
        var summary: String?
        var last_error: String?

        init(_ model: ListedModel) {
            (id, service, state) = (model.id, model.service.name, model.state.rawValue)
            (size_bytes, memory_bytes) = (model.sizeBytes, model.memoryBytes)
            vram_bytes = model.videoMemoryBytes
            (self.default, pinned) = (model.isDefault, model.isPinned)
            (source, licence, summary) = (model.source, model.licence, model.summary)
            last_error = model.lastError
        }

        private enum Keys: CodingKey {
            case id, service, state, size_bytes, memory_bytes, vram_bytes, `default`, pinned, source, licence, summary,
                last_error
        }

        // What nobody knows of a model is null: a list whose entries have the same fields is easier to read by programs.
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Keys.self)
            try container.encode(id, forKey: .id)
            try container.encode(service, forKey: .service)
            try container.encode(state, forKey: .state)
            try container.encode(size_bytes, forKey: .size_bytes)
            try container.encodeIfPresent(memory_bytes, forKey: .memory_bytes)
            try container.encodeIfPresent(vram_bytes, forKey: .vram_bytes)
            try container.encode(self.default, forKey: .default)
            try container.encode(pinned, forKey: .pinned)
            try container.encode(source, forKey: .source)
            try container.encode(licence, forKey: .licence)
            try container.encodeIfPresent(summary, forKey: .summary)
            try container.encodeIfPresent(last_error, forKey: .last_error)
        }
    }

    private struct List: Encodable { var models: [Model] }

    private func list(_ request: Request, _: BridgeContext) async throws -> Response {
        try .json(List(models: try await models.list().map(Model.init)))
    }

    private struct Progress: Encodable {
        var completed: Int64
        var total: Int64?
        var file: String
        /// The part of the conversion that is done.
        var converted: Double?
        /// What a person should know.
        var note: String?

        init(_ progress: PullProgress) {
            (completed, total, file) = (progress.completed, progress.total, progress.file)
            (converted, note) = (progress.converted, progress.pause ?? progress.warning)
        }
    }

    private struct Pulled: Encodable {
        var done = true
        var id: String
    }

    /// What happens between two messages shows in the second.
    private static let pullPause = Duration.milliseconds(100)

    private func pull(_ request: Request, _ context: BridgeContext, for id: ID) async throws -> Response {
        let id = try await id(context)
        let (models, clock) = (models, dependencies.services.clock)
        let events = EventStream(format: EventFormat(accept: request.headers[.accept]))
        return try await events.response(record: context.record) { sender in
            try await dependencies.perform(nil, for: context) {
                // Who only watches need not keep a server from ending.
                try await cancelWhenGracefulShutdown {
                    for try await progress in models.pull(id) {
                        try await sender.send(Progress(progress))
                        try await clock.sleep(for: Self.pullPause)
                    }
                    try Task.checkCancellation()
                }
                try await sender.send(Pulled(id: id))
            }
        }
    }

    private func load(_ request: Request, _ context: BridgeContext, for id: ID) async throws -> Response {
        let id = try await id(context)
        let pinned = try await request.optionalJSONFields(upTo: context.policy.bodyLimit).flag("pinned")
        try await dependencies.perform(nil, for: context) { [models] in try await models.load(id, pinned: pinned) }
        return try .json(Model(try await models.model(id)))
    }

    private func unload(_ request: Request, _ context: BridgeContext, for id: ID) async throws -> Response {
        let id = try await id(context)
        try await dependencies.perform(nil, for: context) { [models] in try await models.unload(id) }
        return try .json(Model(try await models.model(id)))
    }

    private struct Removed: Encodable {
        var id: String
        var removed = true
    }

    private func remove(_ request: Request, _ context: BridgeContext, for id: ID) async throws -> Response {
        let id = try await id(context)
        // Not given up halfway when its client leaves.
        try await models.remove(id)
        return try .json(Removed(id: id))
    }

    private func setDefaults(_ request: Request, _ context: BridgeContext) async throws -> Response {
        let fields = try await request.jsonFields(upTo: context.policy.bodyLimit)
        var wanted: [Bridge: String] = [:]
        for bridge in Bridge.allCases { wanted[bridge] = try fields.text(bridge.rawValue) }
        for bridge in wanted.keys { try dependencies.runtime.allow(bridge, context.record.snapshot.caller) }
        guard !wanted.isEmpty else {
            let names = Bridge.allCases.map(\.rawValue).joined(separator: ", ")
            throw ServiceError.invalid("body", "No model is named: give at least one of \(names).")
        }
        try await dependencies.perform(nil, for: context) { [models, wanted] in try await models.setDefaults(wanted) }
        let names = await models.defaults().map { ($0.key.rawValue, $0.value) }
        return try .json(Dictionary(uniqueKeysWithValues: names))
    }
}
