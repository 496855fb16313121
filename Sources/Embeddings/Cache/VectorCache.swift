/// What a cached vector belongs to.
///
/// Texts are compared byte by byte: the same letter composed and decomposed makes two keys, since a model may distinguish them,
/// while Swift's strings would be equal.
public struct VectorCacheKey: Sendable, Hashable {
    /// ``EmbeddingBackend/fingerprint``.
    public let fingerprint: String
    /// Exactly as the client sent it, behind the model's prompt (``EmbeddingBackend/prompt(for:)``).
    public let text: String

    /// The key of `text` for the model with this fingerprint.
    public init(fingerprint: String, text: String) {
        self.fingerprint = fingerprint
        self.text = text
    }

    /// By the bytes of the text, not by its letters.
    public static func == (left: Self, right: Self) -> Bool {
        left.text.utf8.count == right.text.utf8.count && left.text.utf8.elementsEqual(right.text.utf8)
            && left.fingerprint == right.fingerprint
    }

    /// By the same bytes as `==`.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(fingerprint)
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

/// Remembers the vectors of texts. A cache never fails a request: if it cannot be reached it finds nothing.
public protocol VectorCache: Sendable {
    /// The known vectors of `keys`, in their order; counts hits and misses.
    func vectors(for keys: [VectorCacheKey]) async -> [EmbeddedText?]
    /// Remembers `entries`, or as many of them as there is room for; of equal keys the last counts.
    func store(_ entries: [(key: VectorCacheKey, value: EmbeddedText)]) async
    /// Since the cache was made, or cleared.
    func statistics() async -> VectorCacheStatistics
    /// Forgets everything, the counts included.
    func clear() async
}
