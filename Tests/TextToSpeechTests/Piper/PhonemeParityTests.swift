import EspeakNG
import Foundation
import Testing
@testable import TextToSpeech

/// Phoneme ids against piper-tts 1.8.0 (Tools/piper), whose wheel holds a newer espeak-ng than Debian 12.
@Suite(.timeLimit(.minutes(5))) struct PhonemeParityTests {
    struct Row: Decodable {
        var voice: String
        var text: String
        var phonemes: [String]
        var ids: [String]
    }

    /// A text that the two versions of espeak-ng speak differently.
    struct Difference: Decodable, Hashable {
        var text: String
        var ours: [String]
        var theirs: [String]
        var why: String
    }

    @Test func idsEqualPipersButForTheListedDifferences() async throws {
        let rows: [Row] = try Fixtures.decode(from: "phonemes.json")
        let listed: [Difference] = try Fixtures.decode(from: "espeak-differences.json")
        var differences = Dictionary(uniqueKeysWithValues: listed.map { ($0.text, $0) })
        #expect(rows.count >= 200)
        let configuration = try PiperConfiguration(contentsOf: Fixtures.url("voices/tones.onnx.json"), voiceID: "tones")
        for row in rows {
            var own = configuration
            own.espeakVoice = row.voice
            let phonemizer = try PiperPhonemizer(configuration: own, espeak: EspeakNG.shared())
            let sentences = try await phonemizer.allSentences(of: row.text)
            let ids = sentences.map { own.ids(of: $0.phonemes).map(String.init).joined(separator: " ") }
            if ids == row.ids { continue }
            let phonemes = sentences.map { $0.phonemes.joined() }
            let difference = differences.removeValue(forKey: row.text)
            let report = Comment(rawValue: try Self.json(row.text, ours: phonemes, theirs: row.phonemes))
            #expect(difference?.ours == phonemes, report)
            #expect(difference?.theirs == row.phonemes, report)
        }
        #expect(differences.isEmpty, "these no longer differ: \(differences.keys)")
        #expect(listed.allSatisfy { !$0.why.isEmpty })
    }

    private static func json(_ text: String, ours: [String], theirs: [String]) throws -> String {
        let object: [String: Any] = ["text": text, "ours": ours, "theirs": theirs]
        return String(decoding: try JSONSerialization.data(withJSONObject: object, options: .sortedKeys), as: UTF8.self)
    }
}
