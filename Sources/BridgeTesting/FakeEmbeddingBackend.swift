public import Embeddings
public import WorkScheduling

/// Vectors that depend on the text alone: the same text always gives the same unit vector, other texts others.
public final class FakeEmbeddingBackend: EmbeddingBackend {
    public let modelID: String
    public let dimension: Int
    public let fingerprint: String
    /// Words after which a text counts as truncated.
    public let maxWords: Int
    private let gate: Gate
    private let failure: Watched<(any Error)?>
    private let recorded = Watched<[[String]]>([])

    /// - Parameter gate: What every call waits at; open unless told otherwise.
    public init(
        modelID: String = "fake-embeddings", dimension: Int = 8, maxWords: Int = 256, fingerprint: String = "fake",
        gate: Gate = Gate(open: true), failing error: (any Error)? = nil
    ) {
        self.modelID = modelID
        self.dimension = dimension
        self.maxWords = maxWords
        self.fingerprint = fingerprint
        self.gate = gate
        failure = Watched(error)
    }

    /// The texts of each call so far.
    public var calls: [[String]] { recorded.value }

    /// Makes every later call throw `error`, or work again for nil.
    public func fail(with error: (any Error)?) {
        failure.update { $0 = error }
    }

    public func calls(atLeast count: Int) async throws {
        try await recorded.wait { $0.count >= count }
    }

    public func embed(_ texts: [String], ticket: WorkTicket) async throws -> [EmbeddedText] {
        recorded.update { $0.append(texts) }
        try await gate.pass()
        if let error = failure.value { throw error }
        try Task.checkCancellation()
        return texts.map(encode)
    }

    private func encode(_ text: String) -> EmbeddedText {
        let words = text.split(whereSeparator: \.isWhitespace).count
        return EmbeddedText(
            vector: Self.vector(for: text, dimension: dimension), tokenCount: min(words, maxWords) + 2,
            truncated: words > maxWords)
    }

    /// The unit vector that stands for `text`.
    public static func vector(for text: String, dimension: Int) -> [Float] {
        // FNV-1a seeds a linear congruential generator: any fixed mapping does.
        var state = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        let raw = (0..<dimension).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(Int32(truncatingIfNeeded: state >> 32)) / Float(Int32.max)
        }
        let length = raw.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return raw.map { $0 / max(length, .leastNormalMagnitude) }
    }
}
