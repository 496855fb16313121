import BridgeTesting
import Foundation
import Logging
import ModelStore
import OnnxRuntime
import Testing

@testable import SpeechToText

/// The tiny models of Tools/whisper and what openai-whisper makes of them.
enum WhisperFixtures {
    static func url(_ path: String) throws -> URL {
        try #require(Bundle.module.resourceURL).appending(path: "Fixtures/\(path)")
    }

    static func runtime() throws -> OnnxRuntime { try TestData.engine() }

    static func backend(
        _ name: String, options: WhisperOptions = WhisperOptions(), vad: VoiceActivityDetector? = nil
    ) throws -> WhisperBackend {
        // The engine keeps what it has mapped of files that are gone.
        let home = try TemporaryFolder()
        defer { withExtendedLifetime(home) {} }
        let directory =
            switch name {
            case "whisper-nano": try nano()
            case "imported-multilingual": try ImportFixture.multilingual.imported(as: .float32, in: home)
            case "imported-v3": try ImportFixture.v3.imported(as: .float32, in: home)
            default: try url(name)
            }
        return try WhisperBackend(
            modelID: name, directory: directory, vad: vad, runtime: runtime(), options: options)
    }

    /// The model that comes with the program.
    private static func nano() throws -> URL {
        let store = ModelStore(
            directory: TestData.nowhere, catalogue: try Catalogue.bundled(),
            formats: ModelFormats(
                service: { _, _ in nil }, complete: { _, _, _, _ in Completion() },
                select: { _, _ in ModelSelection(service: .stt, files: [:]) }),
            hub: HubSettings(environment: [:]), logger: Logger(label: "tests"))
        return try #require(try store.installedModel("whisper-nano")).directory
    }

    static func json<Value: Decodable>(_ name: String, as: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(Value.self, from: Data(contentsOf: url("WhisperReferences/\(name).json")))
    }
}

/// What references.py writes about one model.
struct WhisperReference: Decodable {
    struct Window: Decodable {
        var tokens: [Int]
        var logprob: Double
        var noSpeech: Double
    }

    struct Word: Decodable {
        var text: String
        var start: Double
        var end: Double
        var probability: Double

        init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            text = try container.decode(String.self)
            start = try container.decode(Double.self)
            end = try container.decode(Double.self)
            probability = try container.decode(Double.self)
        }
    }

    struct Segment: Decodable {
        var start: Double
        var end: Double
        var seek: Int
        var tokens: [Int]
        var words: [Word]?
    }

    struct File: Decodable {
        var language: String
        var beam: Bool
        var prompt: Bool
        var segments: [Segment]
    }

    var prompt: String
    var promptTokens: [Int]
    var windows: [String: [String: Window]]
    var languages: [String: String]
    var files: [String: [File]]
}

/// Makes the clips of Tools/whisper/clips.py from the same recipes.
struct ClipRecipe: Decodable {
    var kind: String
    var samples: Int
    var amplitude: Double?
    var frequency: Double?
    var frequency2: Double?
    var seed: UInt64?
    var name: String?

    static func clips() throws -> [String: [ClipRecipe]] { try WhisperFixtures.json("clips") }

    static func render(_ recipe: [ClipRecipe]) throws -> [Float] { try recipe.flatMap { try $0.rendered() } }

    private func rendered() throws -> [Float] {
        try signal().map { Float(min(32767, max(-32768, ($0 * 32767 + 0.5).rounded(.down))) / 32768) }
    }

    private func signal() throws -> [Double] {
        let (amplitude, frequency) = (amplitude ?? 0, frequency ?? 0)
        let times = (0..<samples).map { Double($0) / 16_000 }
        switch kind {
        case "silence": return times.map { _ in 0 }
        case "tone": return times.map { amplitude * sin(2 * .pi * frequency * $0) }
        case "sweep":
            let rise = ((frequency2 ?? 0) - frequency) / (Double(samples) / 16_000)
            return times.map { amplitude * sin(2 * .pi * (frequency * $0 + rise * $0 * $0 / 2)) }
        case "chord":
            return times.map { time in
                let inside = time.truncatingRemainder(dividingBy: 0.25)
                let step = (time / 0.25).rounded(.down).truncatingRemainder(dividingBy: 4)
                let note = frequency * (1 + step / 4)
                let signal = (1...3).reduce(0.0) { $0 + sin(2 * .pi * note * Double($1) * inside) / Double($1) }
                return amplitude * signal * exp(-6 * inside) / 2
            }
        case "pulses":
            return times.map { time in
                amplitude * (1...12).reduce(0.0) { $0 + sin(2 * .pi * frequency * Double($1) * time) / Double($1) } / 3
            }
        case "noise":
            var state = seed ?? 0
            return times.map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return amplitude * (Double(state >> 48) / 32768 - 1)
            }
        case "speech":
            let bytes = try Data(contentsOf: WhisperFixtures.url("WhisperReferences/\(name ?? "").u8"))
            return bytes.map { (Double($0) - 128) / 128 }
        default:
            Issue.record("unknown kind \(kind)")
            return []
        }
    }
}
