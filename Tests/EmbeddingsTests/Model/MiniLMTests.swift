import BridgeTesting
import Foundation
import ModelStore
@testable import OnnxRuntime
import Testing
import WorkScheduling

@testable import Embeddings

/// The real all-MiniLM-L6-v2, converted by our own exporter, against sentence-transformers.
@Suite(.timeLimit(.minutes(5))) struct MiniLMTests {
    /// Loaded once: an unoptimised build takes its time over 30,000 pieces.
    static let shared = Result {
        try SentenceEncoder(modelID: "all-MiniLM-L6-v2", directory: FixtureFiles.miniLM(), runtime: TestData.engine())
    }

    let encoder: SentenceEncoder

    init() throws { encoder = try Self.shared.get() }

    @Test func theEncoderDescribesItself() {
        #expect(encoder.dimension == 384)
        #expect(encoder.maximumLength == 256)
        #expect(!encoder.fingerprint.isEmpty)
    }

    @Test func vectorsOf200TextsAreThoseOfTheReference() async throws {
        let fixture: VectorFixture = try FixtureFiles.decode(from: "Vectors/minilm.json")
        #expect(fixture.texts.count >= 200)
        let results = try await encoder.embed(fixture.texts)
        #expect(results.count == fixture.texts.count)
        for (index, result) in results.enumerated() {
            let expected = try fixture.vector(index)
            #expect(cosine(result.vector, expected) >= 0.99999, "\(fixture.texts[index].prefix(80).debugDescription)")
            #expect(abs(result.vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
            #expect(result.tokenCount == fixture.tokens[index])
        }
    }

    @Test func aTextHasTheSameVectorAloneAndInAPaddedBatch() async throws {
        let texts = ["", "Hello world", "Ceci est un texte à vectoriser", String(repeating: "mot ", count: 120)]
        let together = try await encoder.embed(texts)
        for (text, batched) in zip(texts, together) {
            let alone = try await encoder.embed([text])
            for (a, b) in zip(alone[0].vector, batched.vector) { #expect(abs(a - b) < 2e-6) }
        }
    }

    @Test func longTextsAreCutTo256TokensAndSaySo() async throws {
        let long = String(repeating: "word ", count: 600)
        let result = try await encoder.embed([long, "word"])
        #expect(result[0].truncated && result[0].tokenCount == 256)
        #expect(!result[1].truncated && result[1].tokenCount == 3)
        #expect(abs(result[0].vector[0] + 0.00812368) < 1e-5)
        let megabyte = try await encoder.embed([String(repeating: "été 日本 😀 e\u{301} ", count: 40_000)])
        #expect(megabyte[0].truncated)
    }

    @Test func aTaskCancelledWhileTheNetworkRunsGetsNoVectors() async throws {
        let encoder = encoder
        let scheduler = WorkScheduler()
        await #expect(throws: CancellationError.self) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                // Many seconds of work, were it not stopped.
                group.addTask {
                    let texts = [String](repeating: "a b c d e f g h", count: 4000)
                    _ = try await encoder.embed(texts, ticket: scheduler.ticket(.bulk))
                }
                try await waitUntil { scheduler.computingCount == 1 }
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }
}

/// See Tools/embeddings/make_vector_fixtures.py.
struct VectorFixture: Decodable {
    var texts: [String]
    var tokens: [Int]
    /// Base64 of signed 16-bit little-endian steps of `scale`.
    var vectors: [String]
    var scale: Float

    func vector(_ index: Int) throws -> [Float] {
        let bytes = [UInt8](Data(base64Encoded: vectors[index]) ?? Data())
        return stride(from: 0, to: bytes.count - 1, by: 2).map {
            Float(Int16(bitPattern: UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8)) * scale
        }
    }
}

func cosine(_ a: [Float], _ b: [Float]) -> Float {
    guard a.count == b.count, !a.isEmpty else { return -1 }
    func dot(_ x: [Float], _ y: [Float]) -> Double { zip(x, y).reduce(0) { $0 + Double($1.0) * Double($1.1) } }
    return Float(dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot())
}
