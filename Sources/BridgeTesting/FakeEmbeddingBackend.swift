public import Embeddings
public import Tokenizers
public import WorkScheduling

/// Vectors that depend on the words alone: the same words always give the same unit vector, and different words a different one.
public final class FakeEmbeddingBackend: EmbeddingBackend {
    public let modelID: String
    public let dimension: Int
    public let fingerprint: String
    /// Number of words after which a text counts as truncated.
    public let maxWords: Int
    private let gate: Gate
    private let weights: (any Sendable)?
    private let prompts: [InputType: String]
    private let failure: Watched<(any Error)?>
    private let recorded = Watched<[[[Int32]]]>([])

    /// - Parameters:
    ///   - gate: every call waits at it; open by default.
    ///   - weights: held as long as the backend is.
    ///   - prompts: what it wants in front of texts; none by default.
    public init(
        modelID: String = "fake-embeddings", dimension: Int = 8, maxWords: Int = 256, fingerprint: String = "fake",
        gate: Gate = Gate(open: true), weights: (any Sendable)? = nil, failing error: (any Error)? = nil,
        prompts: [InputType: String] = [:]
    ) {
        self.prompts = prompts
        self.weights = weights
        self.modelID = modelID
        self.dimension = dimension
        self.maxWords = maxWords
        self.fingerprint = fingerprint
        self.gate = gate
        failure = Watched(error)
    }

    /// The ids of the texts of each call so far.
    public var calls: [[[Int32]]] { recorded.value }

    /// Makes every later call throw `error`, or work again if it is nil.
    public func fail(with error: (any Error)?) {
        failure.update { $0 = error }
    }

    /// Waits until there were that many calls, whether or not they wait at the gate.
    public func calls(atLeast count: Int) async throws {
        try await recorded.wait { $0.count >= count }
    }

    public func prompt(for type: InputType) -> String { prompts[type] ?? "" }

    public func tokenize(_ text: String) -> TokenizedText {
        let words = text.split(whereSeparator: \.isWhitespace)
        let ids = words.prefix(maxWords).map { Int32(truncatingIfNeeded: Self.hash($0.utf8.map(UInt64.init))) }
        return TokenizedText(ids: [0] + ids + [1], truncated: words.count > maxWords)
    }

    public func vectors(of texts: [[Int32]], ticket: WorkTicket) async throws -> [[Float]] {
        recorded.update { $0.append(texts) }
        try await gate.pass()
        if let error = failure.value { throw error }
        try Task.checkCancellation()
        return texts.map(vector(of:))
    }

    /// The unit vector that stands for `text`.
    public func vector(for text: String) -> [Float] { vector(of: tokenize(text).ids) }

    private func vector(of ids: [Int32]) -> [Float] {
        // The hash seeds a linear congruential generator; any fixed mapping would do.
        var state = Self.hash(ids.map { UInt64(truncatingIfNeeded: $0) })
        let raw = (0..<dimension).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(Int32(truncatingIfNeeded: state >> 32)) / Float(Int32.max)
        }
        let length = raw.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return raw.map { $0 / max(length, .leastNormalMagnitude) }
    }

    /// FNV-1a.
    private static func hash(_ values: [UInt64]) -> UInt64 {
        values.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ $1) &* 0x100_0000_01b3 }
    }
}
