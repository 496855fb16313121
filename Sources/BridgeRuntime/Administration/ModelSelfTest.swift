import BridgeSupport
import Embeddings
import Foundation
import LanguageModels
import ModelStore
import SpeechToText
import TextToSpeech

/// Has a model do a small piece of its work, and looks at the result: a model that loads may still have learnt nothing, or belong to another
/// tokenizer. It works like a request, so that it waits its turn and is measured.
struct ModelSelfTest: Sendable {
    let services: BridgeServices

    /// - Parameter id: of a model that is in memory, or of one of the language-model server's.
    /// - Throws: `invalid_request` (param: the bridge) if the result makes no sense; what the work throws.
    func run(_ bridge: Bridge, _ id: String) async throws {
        let problem =
            switch bridge {
            case .stt: try await hearing(id)
            case .tts: try await speaking(id)
            case .embeddings: try await comparing(id)
            case .llm: try await answering(id)
            }
        guard let problem else { return }
        throw ServiceError.invalid(
            bridge.rawValue, "\(id) failed its test, so that nothing was changed: \(problem) Choose another model.")
    }

    // MARK: Speech to text

    /// "And so, my fellow Americans": two and a half seconds.
    private static let clip = "americans"

    private func hearing(_ id: String) async throws -> String? {
        guard let clip = Bundle.module.url(forResource: Self.clip, withExtension: "wav", subdirectory: "Resources")
        else {
            throw ServiceError(
                .internal, "The clip that tests speech models is missing beside the program; install it again.")
        }
        let source: ModelSource<any SpeechBackend> = services.models.source(of: .stt)
        let knowsEnglish = try await source.lease(id).model.languages.contains("en")
        let heard = try await services.speechToText.transcribe(
            TranscriptionRequest(wav: clip.path, language: knowsEnglish ? "en" : nil, model: id))
        // A model that knows only some sentences of a household hears one of them.
        let isLimited = services.store.catalogue[id]?.limits != nil
        return Self.problem(withTranscript: heard.text, knowsWords: knowsEnglish && !isLimited)
    }

    /// - Parameter knowsWords: whether words of the clip must be among those heard; otherwise any words will do, but not many.
    static func problem(withTranscript text: String, knowsWords: Bool) -> String? {
        let words = text.lowercased().split { !$0.isLetter }
        guard !words.isEmpty else { return "it heard nothing in a clip of speech." }
        guard words.count <= 20 else { return "it heard \(words.count) words in a clip of five." }
        let isHeard = words.contains { ["fellow", "american", "americans"].contains($0) }
        return knowsWords && !isHeard ? "it did not hear one word of a known clip." : nil
    }

    // MARK: Text to speech

    private func speaking(_ id: String) async throws -> String? {
        // Every language has a way to say numbers.
        try await services.textToSpeech.withSpeech(of: SynthesisRequest(text: "1, 2, 3, 4.", voice: id)) { speech in
            let rate = Double(speech.sampleRate)
            var samples: [Float] = []
            for try await sentence in speech { samples += sentence.samples }
            return Self.problem(withSpeech: samples, seconds: Double(samples.count) / rate)
        }
    }

    static func problem(withSpeech samples: [Float], seconds: Double) -> String? {
        guard samples.allSatisfy(\.isFinite) else { return "its samples are not numbers." }
        guard (0.1...20).contains(seconds) else { return "it took \(seconds.short) s to say four digits." }
        let power = samples.reduce(0) { $0 + Double($1 * $1) } / Double(samples.count)
        return power > 1e-7 ? nil : "it was silent."
    }

    // MARK: Embeddings

    private static let texts = [
        "A cat sleeps on the sofa.", "A kitten is asleep on the couch.", "The invoice is due on Friday.",
    ]

    private func comparing(_ id: String) async throws -> String? {
        let batch = try await services.embeddings.embed(Self.texts, as: .passage, model: id)
        return Self.problem(withVectors: batch.items.map(\.embedded.vector))
    }

    /// - Parameter vectors: of two sentences that mean the same, and of one that does not.
    static func problem(withVectors vectors: [[Float]]) -> String? {
        func product(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        guard vectors.count == 3, vectors.allSatisfy({ abs(product($0, $0) - 1) < 0.01 }) else {
            return "its vectors are not of length 1."
        }
        let (alike, different) = (product(vectors[0], vectors[1]), product(vectors[0], vectors[2]))
        return alike > different ? nil : "it finds sentences alike that mean different things."
    }

    // MARK: Language models

    private func answering(_ id: String) async throws -> String? {
        let answer = try await services.languageModel.generate(
            GenerationRequest(
                input: .prompt("Say hello.", system: nil), model: id, temperature: 0, maxTokens: 16))
        let said = answer.text + (answer.thinking ?? "")
        return said.contains { $0.isLetter } ? nil : "it answered nothing."
    }
}
