import Audio
import BridgeTesting
import Foundation
import OnnxRuntime

@testable import SpeechToText

/// whisper-base as users have it, and real recordings for it.
enum RealSpeech {
    /// Loading takes a second, so all tests share one.
    private static let loaded = Result { try load(.auto) }
    private static let loadedFull = Result { try load(.full) }

    static func backend(_ context: WhisperContext = .auto) throws -> WhisperBackend {
        try (context == .auto ? loaded : loadedFull).get()
    }

    private static func load(_ context: WhisperContext) throws -> WhisperBackend {
        let detector = try VoiceActivityDetector(
            modelAt: TestData.realModel("silero-vad").appending(path: VoiceActivityDetector.fileName).path,
            runtime: TestData.engine())
        return try WhisperBackend(
            modelID: "whisper-base", directory: TestData.realModel("whisper-base"), vad: detector,
            runtime: TestData.engine(), options: WhisperOptions(context: context))
    }

    /// The recording as samples at 16 kHz.
    static func samples(_ name: String) throws -> [Float] { try samples(at: TestData.clip(name).audio) }

    /// Eleven seconds of President Kennedy (public domain).
    static func kennedy() throws -> [Float] { try samples(at: WhisperFixtures.url("speech/jfk.flac")) }
    static func kennedyText() throws -> String {
        try String(contentsOf: WhisperFixtures.url("speech/jfk.txt"), encoding: .utf8)
    }

    private static func samples(at url: URL) throws -> [Float] {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/ffmpeg")
        process.arguments = ["-v", "error", "-i", url.path, "-f", "f32le", "-ac", "1", "-ar", "16000", "-"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    }

    /// The digits of numbers, and their words in both languages, are the same word.
    private static let numbers: [String: String] = {
        let words = [
            "1": "un one", "2": "deux two", "3": "trois three", "4": "quatre four", "5": "cinq five", "6": "six",
            "7": "sept seven", "8": "huit eight", "9": "neuf nine", "10": "dix ten",
        ]
        return Dictionary(
            words.flatMap { digit, words in words.split(separator: " ").map { (String($0), digit) } },
            uniquingKeysWith: { first, _ in first })
    }()

    static func words(_ text: String) -> [String] { WordErrors.words(text).map { numbers[$0] ?? $0 } }

    /// Words that must be put in, left out or replaced, per word of the reference. Whether figures stand apart is spelling: "1, 2, 3" is as
    /// likely as "123" to whisper-base, and the processor's rounding decides.
    static func wordErrorRate(_ heard: String, _ said: String) -> Double {
        [words(heard), joiningFigures(words(heard))].enumerated().map { number, heard in
            let said = number == 0 ? words(said) : joiningFigures(words(said))
            return Double(WordErrors.count(heard, said)) / Double(max(1, said.count))
        }.min() ?? 1
    }

    private static func joiningFigures(_ words: [String]) -> [String] {
        words.reduce(into: []) { joined, word in
            if let last = joined.last, (last + word).allSatisfy(\.isNumber) {
                joined[joined.count - 1] += word
            } else {
                joined.append(word)
            }
        }
    }
}
