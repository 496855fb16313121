public import BridgeSupport
public import WorkScheduling

/// One text as a vector.
public struct EmbeddedText: Sendable, Hashable {
    /// Unit length, `dimension` values.
    public var vector: [Float]
    /// Token ids fed to the network, special tokens included.
    public var tokenCount: Int
    /// Whether the text was longer than the model takes, so that its end was left out.
    public var truncated: Bool

    public init(vector: [Float], tokenCount: Int, truncated: Bool) {
        self.vector = vector
        self.tokenCount = tokenCount
        self.truncated = truncated
    }
}

/// The answer to one embedding request.
public struct EmbeddingBatch: Sendable {
    public struct Item: Sendable {
        public var embedded: EmbeddedText
        /// Whether it came from the cache.
        public var cached: Bool

        public init(embedded: EmbeddedText, cached: Bool) {
            self.embedded = embedded
            self.cached = cached
        }
    }

    /// The model that answered.
    public var model: String
    public var dimension: Int
    /// In the order of the request.
    public var items: [Item]
    public var timings: StageTimings

    public init(model: String, dimension: Int, items: [Item], timings: StageTimings) {
        self.model = model
        self.dimension = dimension
        self.items = items
        self.timings = timings
    }
}

/// A loaded sentence encoder.
public protocol EmbeddingBackend: Sendable {
    var modelID: String { get }
    var dimension: Int { get }
    /// Tells apart everything that changes a vector (model file digest, pooling, prefix); part of every cache key.
    var fingerprint: String { get }
    /// Encodes `texts` (at least one), in their order. Cancelling the task stops the work.
    ///
    /// - Parameter ticket: gives the permits to compute.
    func embed(_ texts: [String], ticket: WorkTicket) async throws -> [EmbeddedText]
    /// About how many tokens `text` has, at no great cost: what batches are made up by.
    func estimatedTokens(_ text: String) -> Int
}

extension EmbeddingBackend {
    public func estimatedTokens(_ text: String) -> Int { text.utf8.count / 4 + 2 }
}

/// What a vector cache holds and how well it does.
public struct VectorCacheStatistics: Sendable, Hashable {
    /// `memory`, or `redis` one day.
    public var backend: String
    public var entries: Int
    public var bytes: Int
    public var hits: Int
    public var misses: Int

    public init(backend: String, entries: Int, bytes: Int, hits: Int, misses: Int) {
        self.backend = backend
        self.entries = entries
        self.bytes = bytes
        self.hits = hits
        self.misses = misses
    }

    /// Hits over lookups, 0 when nothing was looked up.
    public var hitRate: Double { hits + misses == 0 ? 0 : Double(hits) / Double(hits + misses) }
}
