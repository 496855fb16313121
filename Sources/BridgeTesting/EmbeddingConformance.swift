public import Embeddings
import Tokenizers

/// What every `EmbeddingBackend` must do. Each backend's tests run all of it against their own model.
///
/// A check throws ``ConformanceViolation``. The model must accept texts of a few words, and truncate one of ten thousand.
public struct EmbeddingConformance: Sendable {
    private let backend: any EmbeddingBackend
    private let texts = ["Bonjour", "allume la lumière", "", "what is the weather like in Paris tomorrow?"]

    /// - Parameter backend: ready to compute.
    public init(_ backend: any EmbeddingBackend) { self.backend = backend }

    /// - Throws: ``ConformanceViolation`` for the first broken promise, or what the backend throws.
    public func run() async throws {
        try describesItself()
        try tokenizesAlike()
        try cutsLongTexts()
        try await givesUnitVectors()
        try await ordersVectorsAsTexts()
        try await paddingChangesNothing()
        try await requireCancellation("a run") { cancel in
            await cancel()
            _ = try await vectors(texts)
        }
    }

    private func describesItself() throws {
        try require(!backend.modelID.isEmpty, "the model has no name")
        try require(!backend.fingerprint.isEmpty, "the model has no fingerprint")
        try require(backend.dimension > 0, "the vectors have no dimension")
    }

    private func tokenizesAlike() throws {
        for text in texts {
            let once = backend.tokenize(text)
            try require(once == backend.tokenize(text), "the same text was tokenised in two ways")
            try require(!once.truncated, "a text of a few words was cut")
        }
    }

    private func cutsLongTexts() throws {
        let (long, longer) = (10_000, 20_000)
        let cut = [long, longer].map { backend.tokenize(String(repeating: "mot ", count: $0)) }
        try require(cut.allSatisfy(\.truncated), "a text of ten thousand words was not cut")
        try require(cut[0].ids.count == cut[1].ids.count, "two texts that were cut have different lengths")
    }

    private func givesUnitVectors() async throws {
        for vector in try await vectors(texts) {
            try require(vector.count == backend.dimension, "a vector has \(vector.count) values")
            try require(vector.allSatisfy(\.isFinite), "a vector has values that are no numbers")
            let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
            try require(abs(length - 1) < 1e-4, "a vector has the length \(length)")
        }
    }

    private func ordersVectorsAsTexts() async throws {
        let (one, other) = (try await vectors(texts), try await vectors(texts.reversed()))
        try require(one.count == texts.count, "\(texts.count) texts have \(one.count) vectors")
        for (a, b) in zip(one, other.reversed()) { try require(distance(a, b) < 1e-4, "the order of texts was lost") }
        for (index, vector) in one.enumerated() {
            try require(
                one[..<index].allSatisfy { distance($0, vector) > 1e-3 }, "two different texts have the same vector")
        }
    }

    private func paddingChangesNothing() async throws {
        for (text, together) in zip(texts, try await vectors(texts)) {
            try require(
                distance(try await vectors([text])[0], together) < 1e-4, "a text's vector depends on its company")
        }
    }

    private func vectors(_ texts: [String]) async throws -> [[Float]] {
        try await backend.vectors(of: texts.map { backend.tokenize($0).ids }, ticket: .alone())
    }

    private func distance(_ a: [Float], _ b: [Float]) -> Float {
        zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }
}
