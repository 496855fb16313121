public import BridgeSupport
public import Tokenizers
public import WorkScheduling

/// What a text is for. Models that are taught to find passages by questions want to be told which of the two it is.
public enum InputType: String, Sendable, Hashable, CaseIterable {
    /// A question, or a text that is compared with others of its kind.
    case query
    /// What is to be found: an entry of an index.
    case passage
}

/// One text as a vector.
public struct EmbeddedText: Sendable, Hashable {
    /// Unit length, `dimension` values.
    public var vector: [Float]
    /// Token ids fed to the network, special tokens included.
    public var tokenCount: Int
    /// Whether the text was longer than the model allows, so that its end was cut off.
    public var truncated: Bool

    /// Everything is taken as it is: nothing is normalised or checked.
    public init(vector: [Float], tokenCount: Int, truncated: Bool) {
        self.vector = vector
        self.tokenCount = tokenCount
        self.truncated = truncated
    }
}

/// The answer to one embedding request.
public struct EmbeddingBatch: Sendable {
    /// One text of the request.
    public struct Item: Sendable {
        /// Its vector, and how the model read it.
        public var embedded: EmbeddedText
        /// Whether it came from the cache.
        public var cached: Bool

        /// A text of the answer, found or computed.
        public init(embedded: EmbeddedText, cached: Bool) {
            self.embedded = embedded
            self.cached = cached
        }
    }

    /// The model that answered.
    public var model: String
    /// Values of each vector.
    public var dimension: Int
    /// In the order of the request.
    public var items: [Item]
    /// `queue` is the wait for a place and for the first batch; `compute` covers the cache, tokenising and all batches.
    public var timings: StageTimings

    /// Everything is taken as it is; `items` has the order of the request.
    public init(model: String, dimension: Int, items: [Item], timings: StageTimings) {
        self.model = model
        self.dimension = dimension
        self.items = items
        self.timings = timings
    }
}

/// A loaded sentence encoder.
public protocol EmbeddingBackend: Sendable {
    /// The name that requests and answers give it.
    var modelID: String { get }
    /// Values of a vector.
    var dimension: Int { get }
    /// Changes with everything that changes the vector of a text (model file digest, pooling); part of every cache key.
    var fingerprint: String { get }
    /// What the model wants to find in front of a text of this type; empty where it makes no difference to it, as by default. The code
    /// that asks for vectors puts it there, before ``tokenize(_:)``.
    func prompt(for type: InputType) -> String
    /// The token ids of `text` for the network. Computes on the calling thread, in time linear in the text's length.
    func tokenize(_ text: String) -> TokenizedText
    /// The unit vectors of `texts` (at least one, each given as the ids from ``tokenize(_:)``), in their order, computed together.
    /// The other texts change a vector by no more than float32 rounding. Cancelling the task stops the computation.
    ///
    /// - Parameter ticket: gives the permit to compute.
    /// - Throws: `ServiceError` naming the model and its file, `CancellationError`.
    func vectors(of texts: [[Int32]], ticket: WorkTicket) async throws -> [[Float]]
    /// The same.
    ///
    /// - Parameter whenCoreIsFree: called from any thread, once at most, when a core has nothing left to do for these texts while others
    ///   still compute them. Never called by default, nor by a run that keeps all cores to its end.
    func vectors(
        of texts: [[Int32]], ticket: WorkTicket, whenCoreIsFree: @escaping @Sendable () -> Void
    ) async throws -> [[Float]]
}

extension EmbeddingBackend {
    /// On all cores to the end.
    public func vectors(
        of texts: [[Int32]], ticket: WorkTicket, whenCoreIsFree: @escaping @Sendable () -> Void
    ) async throws -> [[Float]] { try await vectors(of: texts, ticket: ticket) }

    /// None: the model was not taught the difference.
    public func prompt(for type: InputType) -> String { "" }
}

/// What a vector cache contains and how well it works.
public struct VectorCacheStatistics: Sendable, Hashable {
    /// `memory`, `redis`, or both with a plus between them.
    public var backend: String
    /// Number of vectors that it holds; nil where nobody counts them.
    public var entries: Int?
    /// Its size in memory, roughly; nil where nobody counts it.
    public var bytes: Int?
    /// Texts that were looked up and found.
    public var hits: Int
    /// Texts that were looked up and not found.
    public var misses: Int
    /// Whether all of it can be reached.
    public var isUp: Bool
    /// How often it could not be asked, or did not answer.
    public var failures: Int
    /// Vectors that it did not store, for it stores more slowly than they are computed.
    public var unstored = 0
    /// The caches that it is made of, in the order in which they are asked; empty for one that is made of none.
    public var tiers: [VectorCacheStatistics]

    /// What a cache tells of itself.
    public init(
        backend: String, entries: Int?, bytes: Int?, hits: Int, misses: Int, isUp: Bool = true, failures: Int = 0,
        tiers: [VectorCacheStatistics] = []
    ) {
        (self.isUp, self.failures, self.tiers) = (isUp, failures, tiers)
        self.backend = backend
        self.entries = entries
        self.bytes = bytes
        self.hits = hits
        self.misses = misses
    }

    /// Hits over lookups, 0 when nothing was looked up.
    public var hitRate: Double { hits + misses == 0 ? 0 : Double(hits) / Double(hits + misses) }
}
