public import BridgeSupport

/// Where vectors are comparable with each other: those of one model.
public struct VectorSpace: Sendable, Hashable {
    /// ``EmbeddingBackend/modelID``.
    public let model: String
    /// ``EmbeddingBackend/fingerprint``.
    public let fingerprint: String
    /// Values of a vector.
    public let dimension: Int

    /// The space of vectors of a model with this name and fingerprint.
    public init(model: String, fingerprint: String, dimension: Int) {
        (self.model, self.fingerprint, self.dimension) = (model, fingerprint, dimension)
    }
}

/// What a cached vector belongs to.
///
/// Texts are compared byte by byte: the same letter composed and decomposed makes two keys, since a model may distinguish them,
/// while Swift's strings would be equal.
public struct VectorCacheKey: Sendable, Hashable {
    /// The model.
    public let space: VectorSpace
    /// What the text is for; `query` throughout where it makes no difference to the model.
    public let type: InputType
    /// Exactly as the client sent it, behind the model's prompt (``EmbeddingBackend/prompt(for:)``).
    public let text: String

    /// The key of `text` for the model of this space.
    public init(space: VectorSpace, type: InputType = .query, text: String) {
        (self.space, self.type, self.text) = (space, type, text)
    }

    /// By the bytes of the text, not by its letters.
    public static func == (left: Self, right: Self) -> Bool {
        left.text.utf8.count == right.text.utf8.count && left.text.utf8.elementsEqual(right.text.utf8)
            && left.type == right.type && left.space == right.space
    }

    /// By the same bytes as `==`.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(space.fingerprint)
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension EmbeddingBackend {
    /// Where its vectors are.
    var space: VectorSpace { VectorSpace(model: modelID, fingerprint: fingerprint, dimension: dimension) }

    /// The key of a text of this type, which gets the model's prompt in front of it.
    func cacheKey(of text: String, as type: InputType) -> VectorCacheKey {
        let prompt = prompt(for: type)
        let isOneForAll = InputType.allCases.allSatisfy { self.prompt(for: $0) == prompt }
        return VectorCacheKey(space: space, type: isOneForAll ? .query : type, text: prompt + text)
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
    ///
    /// - Throws: `overloaded` if a part of the cache could not be reached, and may have kept what it holds.
    func clear() async throws(ServiceError)
    /// Does the cache's background work until the task is cancelled; to be called once.
    func run() async
}

extension VectorCache {
    /// Nothing.
    public func run() async {}
}
