import BridgeRuntime
import BridgeSupport
import Embeddings
import HTTPTypes
import Hummingbird
import LanguageModels
import WorkScheduling

/// `/api/embeddings`: texts in, vectors out.
struct EmbeddingRoutes {
    let dependencies: RouteDependencies

    func add(to routes: inout RouteTable) {
        let work = RoutePolicy(group: .bridge(.embeddings), cost: .texts, bodyLimit: dependencies.textLimit)
        let one = RoutePolicy(
            group: .bridge(.embeddings), cost: .texts, bodyLimit: dependencies.textLimit,
            interactiveLimit: dependencies.textLimit)
        routes.add(.post, "/api/embeddings/embed", policy: one) { try await embed($0, $1) }
        routes.add(.post, "/api/embeddings/embed-batch", policy: work) { try await embedBatch($0, $1) }
        let look = RoutePolicy(group: .bridge(.embeddings))
        let change = RoutePolicy(role: .admin, group: .bridge(.embeddings))
        routes.add(.get, "/api/embeddings/cache", policy: look) { try await cache($0, $1) }
        routes.add(.delete, "/api/embeddings/cache", policy: change) { try await clearCache($0, $1) }
    }

    enum Encoding: String, CaseIterable { case base64, float }

    /// A vector in the encoding that the client asked for.
    enum Vector: Encodable {
        case base64(String)
        case floats([Float])

        init(_ vector: [Float], _ encoding: Encoding) {
            self = encoding == .float ? .floats(vector) : .base64(Base64.encode(vector))
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .base64(let text): try container.encode(text)
            case .floats(let values): try container.encode(values)
            }
        }
    }

    private struct Item: Encodable {
        var text: String
        var vector: Vector
        var dimension: Int
        /// Present only if the end of the text was cut off.
        var truncated: Bool?
        // The following are only in the answer to a single text.
        var model: String?
        var cached: Bool?

        init(_ text: String, _ item: EmbeddingBatch.Item, encoding: Encoding) {
            self.text = text
            vector = Vector(item.embedded.vector, encoding)
            dimension = item.embedded.vector.count
            truncated = item.embedded.truncated ? true : nil
        }
    }

    private struct Batch: Encodable {
        var embeddings: [Item]
        var count: Int
        var model: String
    }

    private func embed(_ request: Request, _ context: BridgeContext) async throws -> Response {
        let fields = try await request.jsonFields(upTo: context.policy.bodyLimit)
        let text = try fields.requiredText("text")
        let (batch, encoding) = try await compute([text], fields: fields, context: context)
        guard let first = batch.items.first else { throw ServiceError(.internal, "The model gave no vector.") }
        var item = Item(text, first, encoding: encoding)
        (item.model, item.cached) = (batch.model, first.cached)
        return try .json(item)
    }

    private func embedBatch(_ request: Request, _ context: BridgeContext) async throws -> Response {
        let fields = try await request.jsonFields(upTo: context.policy.bodyLimit)
        guard let texts = try fields.texts("texts") else {
            throw ServiceError.invalid("texts", "texts is missing; it must be a list of 1 to 2048 texts.")
        }
        let (batch, encoding) = try await compute(texts, fields: fields, context: context)
        // Writing a megabyte of numbers or more takes a while.
        return try await aside { () throws(ServiceError) in
            let items = zip(texts, batch.items).map { Item($0, $1, encoding: encoding) }
            return try Response.json(Batch(embeddings: items, count: items.count, model: batch.model))
        }
    }

    private func compute(
        _ texts: [String], fields: RequestFields, context: BridgeContext
    ) async throws -> (EmbeddingBatch, Encoding) {
        let encoding = try fields.choice("encoding", Encoding.self) ?? .base64
        let type = try fields.choice("input_type", InputType.self) ?? .query
        let model = try fields.name("model")
        let service = dependencies.services.embeddings
        let batch = try await dependencies.perform(.embeddings, for: context) {
            try await service.embed(texts, as: type, model: model)
        }
        context.record.note(batch.timings, model: batch.model, usage: RequestUsage(texts: texts.count))
        return (batch, encoding)
    }

    private struct Cache: Encodable {
        var backend: String
        var entries: Int
        var bytes: Int
        var hits: Int
        var misses: Int
        var hit_rate: Double
        var tiers: [Tier]

        init(_ statistics: VectorCacheStatistics) {
            (backend, entries, bytes) = (statistics.backend, statistics.entries ?? 0, statistics.bytes ?? 0)
            (hits, misses, hit_rate) = (statistics.hits, statistics.misses, statistics.hitRate)
            tiers = (statistics.tiers.isEmpty ? [statistics] : statistics.tiers).map(Tier.init)
        }

        /// One of the caches that the cache is made of, in the order in which they are asked.
        struct Tier: Encodable {
            var backend: String
            var up: Bool
            /// Left out where nobody counts them, as in Redis.
            var entries: Int?
            var bytes: Int?
            var hits: Int
            var misses: Int
            var hit_rate: Double
            var failures: Int

            init(_ statistics: VectorCacheStatistics) {
                (backend, up, failures) = (statistics.backend, statistics.isUp, statistics.failures)
                (entries, bytes) = (statistics.entries, statistics.bytes)
                (hits, misses, hit_rate) = (statistics.hits, statistics.misses, statistics.hitRate)
            }
        }
    }

    private func cache(_ request: Request, _: BridgeContext) async throws -> Response {
        return try .json(Cache(await dependencies.services.embeddings.cacheStatistics()))
    }

    private func clearCache(_ request: Request, _: BridgeContext) async throws -> Response {
        try await dependencies.services.embeddings.clearCache()
        return try .json(Cache(await dependencies.services.embeddings.cacheStatistics()))
    }
}
