public import BridgeSupport
public import Logging
import Tokenizers
public import WorkScheduling

/// Turns texts into unit vectors: model → admission → cache → tokens → batch queue.
public final class EmbeddingService: Sendable {
    /// How texts are batched.
    public struct Batching: Sendable, Hashable {
        /// The most texts of one request.
        public var maximumTexts: Int
        /// Tokens of one run of the network, including padding, over all waiting requests. More gains nothing on a CPU and makes the
        /// engine's memory grow; a longer text is run alone.
        public var tokensPerBatch: Int
        /// The same for bulk work: an interactive request that comes has to wait for the rest of such a run.
        public var tokensPerBulkBatch: Int

        /// The defaults are what a CPU gains from; see each of them.
        public init(maximumTexts: Int = 2048, tokensPerBatch: Int = 1024, tokensPerBulkBatch: Int = 256) {
            self.maximumTexts = maximumTexts
            self.tokensPerBatch = tokensPerBatch
            self.tokensPerBulkBatch = tokensPerBulkBatch
        }
    }

    private let models: ModelSource<any EmbeddingBackend>
    private let cache: (any VectorCache)?
    private let admission: AdmissionLimiter
    private let batching: Batching
    /// One batch of each may run at the same time.
    private let interactive: BatchRunner
    private let bulk: BatchRunner
    private let logger: Logger
    private let elapsed: @Sendable () -> Duration

    /// - Parameters:
    ///   - models: throws `model_not_found` for a model that does not exist.
    ///   - cache: nil computes every text anew.
    ///   - admission: should let more than one request run, otherwise texts of several requests never share a batch.
    ///   - onBatch: told of each batch how many texts and tokens it has, padding left out.
    public init(
        models: ModelSource<any EmbeddingBackend>,
        cache: (any VectorCache)?, admission: AdmissionLimiter, batching: Batching = Batching(), logger: Logger,
        clock: any Clock<Duration> = ContinuousClock(),
        onBatch: @escaping @Sendable (_ texts: Int, _ tokens: Int) -> Void = { _, _ in }
    ) {
        self.models = models
        self.cache = cache
        self.admission = admission
        self.batching = batching
        self.logger = logger
        elapsed = clock.stopwatch()
        interactive = BatchRunner(
            tokensPerBatch: batching.tokensPerBatch, ticket: admission.scheduler.ticket(.interactive), cache: cache,
            clock: clock, onBatch: onBatch)
        bulk = BatchRunner(
            tokensPerBatch: batching.tokensPerBulkBatch, ticket: admission.scheduler.ticket(.bulk), cache: cache,
            clock: clock, onBatch: onBatch)
    }

    /// The vectors of `texts`, in their order. Equal texts are computed once, also those of other requests under
    /// way that are of the same urgency. Cancelling the task stops the work
    /// unless another request needs it; what was computed by then stays in the cache.
    ///
    /// - Parameter type: what the texts are for; models that were not taught the difference give the same vectors for both.
    /// - Throws: `ServiceError`: `invalid_request`, `model_not_installed`, `overloaded`, or what loading the model
    ///   throws; `CancellationError`.
    public func embed(
        _ texts: [String], as type: InputType = .query, model: String? = nil
    ) async throws -> EmbeddingBatch {
        guard !texts.isEmpty else {
            throw ServiceError.invalid("texts", "The field \"texts\" is empty; it needs at least one text.")
        }
        guard texts.count <= batching.maximumTexts else {
            throw ServiceError.invalid(
                "texts",
                "The field \"texts\" has \(texts.count) texts, and at most \(batching.maximumTexts) are taken. Send them in several requests."
            )
        }
        let id = try await models.id(model)
        let start = elapsed()
        let urgency = Urgency(textCount: texts.count)
        return try await admission.withTicket(expecting: urgency) { ticket in
            let (lease, load) = try await ticket.enter(urgency, leasing: id, from: self.models)
            defer { lease.end() }
            let keys = texts.map { lease.model.cacheKey(of: $0, as: type) }
            var batch = try await self.compute(keys, with: lease.model, urgency)
            batch.timings.load = load
            batch.timings.queue += ticket.waited
            batch.timings.total = self.elapsed() - start
            return batch
        }
    }

    /// What the cache contains and how well it works; all zero, under the name "none", without a cache.
    public func cacheStatistics() async -> VectorCacheStatistics {
        await cache?.statistics() ?? VectorCacheStatistics(backend: "none", entries: 0, bytes: 0, hits: 0, misses: 0)
    }

    /// Does the cache's background work until the task is cancelled; to be called once.
    public func run() async { await cache?.run() }

    /// Forgets all cached vectors.
    ///
    /// - Throws: `overloaded` if a part of the cache could not be reached.
    public func clearCache() async throws(ServiceError) { try await cache?.clear() }

    /// - Throws: `overloaded` where no more interactive work is taken now, as a request of that kind would.
    public func checkRoom() throws { try admission.checkRoom(.interactive) }

    /// How many of its requests run and wait.
    public var load: AdmissionSnapshot { admission.snapshot }

    /// The same for each lane.
    public var lanes: [AdmissionLimiter.Lane] { admission.lanes }

    /// Loads the default model and computes one text with it, so that the first request finds it ready.
    public func warmUp() async throws {
        let lease = try await models.lease(try await models.id(nil))
        defer { lease.end() }
        let ids = lease.model.tokenize("Jarvis").ids
        _ = try await lease.model.vectors(of: [ids], ticket: admission.scheduler.ticket(.interactive))
        logger.debug("Embedding model is ready", metadata: ["model": "\(lease.model.modelID)"])
    }

    private func compute(
        _ keys: [VectorCacheKey], with backend: any EmbeddingBackend, _ urgency: Urgency
    ) async throws -> EmbeddingBatch {
        let start = elapsed()
        var known = try await cached(keys)
        let isCached = Set(known.keys)
        var seen = isCached
        let missing = keys.filter { seen.insert($0).inserted }
        var waited = Duration.zero
        if !missing.isEmpty {
            let runner = urgency == .interactive ? interactive : bulk
            let answer = try await runner.embed(missing, with: backend)
            waited = answer.waited
            for (key, value) in zip(missing, answer.texts) { known[key] = value }
        }
        let items = keys.compactMap { key in
            known[key].map { EmbeddingBatch.Item(embedded: $0, cached: isCached.contains(key)) }
        }
        return EmbeddingBatch(
            model: backend.modelID, dimension: backend.dimension, items: items,
            timings: StageTimings(queue: waited, compute: elapsed() - start - waited))
    }

    /// What the cache knows of `keys`, each looked up once.
    private func cached(_ keys: [VectorCacheKey]) async throws -> [VectorCacheKey: EmbeddedText] {
        guard let cache else { return [:] }
        var seen: Set<VectorCacheKey> = []
        let distinct = keys.filter { seen.insert($0).inserted }
        let found = await Stage.cache.measure(["jarvis.texts": .number(distinct.count)]) {
            await cache.vectors(for: distinct)
        }
        guard found.count == distinct.count else { return [:] }
        return Dictionary(
            uniqueKeysWithValues: zip(distinct, found).compactMap { key, value in value.map { (key, $0) } })
    }
}
