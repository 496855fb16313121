import BridgeSupport
import BridgeTesting
import Foundation
import OnnxRuntime
import Testing
import WorkScheduling

@testable import SpeechToText

/// The real Silero model, installed by `./jarvis test`.
@Suite(.timeLimit(.minutes(5))) struct VoiceActivityDetectorTests {
    static func modelPath() throws -> String {
        try TestData.model("silero-vad").appending(path: "silero_vad_16k_sequence.onnx").path
    }

    static let runtime = Result { try TestData.engine() }
    static let model = Result { try SileroModel(modelAt: try modelPath(), runtime: runtime.get()) }
    static let detector = Result { try VoiceActivityDetector(modelAt: try modelPath(), runtime: runtime.get()) }

    private func probabilities(_ samples: [Float]) async throws -> [Float] {
        let padded = [Float](repeating: 0, count: 64) + samples
        let frames = samples.count / 512
        let input = (0..<frames).flatMap { frame in padded[frame * 512..<frame * 512 + 576] }
        var state = SpeechProbabilityState()
        return try await Self.model.get()
            .probabilities(frames: input, count: frames, state: &state, ticket: .alone())
    }

    private func expect(_ actual: [Float], _ expected: [Float]) {
        #expect(actual.count == expected.count)
        for (frame, (value, wanted)) in zip(actual, expected).enumerated() {
            #expect(abs(value - wanted) < 1e-4, "frame \(frame)")
        }
    }

    // MARK: Probabilities

    @Test func silence() async throws {
        expect(
            try await probabilities([Float](repeating: 0, count: 8 * 512)),
            [0.00167, 0.00688, 0.00891, 0.00786, 0.00591, 0.00596, 0.00585, 0.00564])
    }

    @Test func tone() async throws {
        let samples = (0..<4 * 512).map { Float(0.5 * sin(2 * Double.pi * 440 * Double($0) / 16_000)) }
        expect(try await probabilities(samples), [0.00236, 0.00048, 0.00019, 0.00012])
    }

    @Test func voicedBurst() async throws {
        let burst = (0..<8 * 512).map { index -> Float in
            let phase = 2 * Double.pi * 150 * Double(index) / 16_000
            return Float(0.3 * (1...24).reduce(0.0) { $0 + sin(phase * Double($1)) / Double($1) })
        }
        let quiet = [Float](repeating: 0, count: 6 * 512)
        expect(
            try await probabilities(quiet + burst + quiet),
            [
                0.0017, 0.0069, 0.0089, 0.0079, 0.0059, 0.0060, 0.6342, 0.6518, 0.6089, 0.3109, 0.2842, 0.1004, 0.0653,
                0.0430, 0.0128, 0.0046, 0.0161, 0.0168, 0.0109, 0.0094,
            ])
    }

    // MARK: Ranges, against get_speech_timestamps of the silero-vad package

    struct Case: Decodable, CustomTestStringConvertible, Sendable {
        var signal: String
        var options: SileroOptions
        var speech: [[Int]]
        var testDescription: String { "\(signal), \(options)" }
    }

    @Test(arguments: try JSONDecoder().decode([Case].self, from: TestSignals.fixture("VoiceActivity/timestamps.json")))
    func agreesWithSilero(_ expected: Case) async throws {
        let speech = try await Self.detector.get().speech(
            in: try TestSignals.named(expected.signal), options: expected.options.options)
        #expect(speech.map { [$0.lowerBound, $0.upperBound] } == expected.speech)
    }

    /// What a recogniser must never get to hear.
    @Test(arguments: ["noise", "tone", "quiet"])
    func noiseIsNoSpeech(signal: String) async throws {
        #expect(try await Self.detector.get().speech(in: try TestSignals.named(signal)).isEmpty)
    }

    @Test func signalsAtOnceDoNotMix() async throws {
        let detector = try Self.detector.get()
        let (speech, noise) = (try TestSignals.named("speech"), try TestSignals.named("noise"))
        let alone = try await detector.speech(in: speech)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for index in 0..<6 {
                group.addTask {
                    try await detector.speech(in: index % 2 == 0 ? speech : noise) == (index % 2 == 0 ? alone : [])
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }

    // MARK: Files that are no such model

    @Test func aMissingModelIsAnError() throws {
        let runtime = try Self.runtime.get()
        let error = #expect(throws: ServiceError.self) {
            _ = try VoiceActivityDetector(modelAt: "/nonexistent.onnx", runtime: runtime)
        }
        #expect(error?.code == .modelNotInstalled)
    }
}
