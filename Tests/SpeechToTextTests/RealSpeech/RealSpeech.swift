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

    /// Words without case, marks and accents of typing; numbers as words of both languages.
    static func words(_ text: String) -> [String] {
        let numbers = [
            "1": "un one", "2": "deux two", "3": "trois three", "4": "quatre four", "5": "cinq five", "6": "six",
            "7": "sept seven", "8": "huit eight", "9": "neuf nine", "10": "dix ten",
        ]
        let spoken = Dictionary(
            numbers.flatMap { digit, words in words.split(separator: " ").map { (String($0), digit) } },
            uniquingKeysWith: { first, _ in first })
        return text.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "'") }
            .map { spoken[String($0)] ?? String($0) }
    }

    /// Words that must be put in, left out or replaced, per word of the reference.
    static func wordErrorRate(_ heard: String, _ said: String) -> Double {
        let (heard, said) = (words(heard), words(said))
        var row = Array(0...heard.count)
        for (index, word) in said.enumerated() {
            var next = [index + 1]
            for (place, other) in heard.enumerated() {
                next.append(min(next[place] + 1, row[place + 1] + 1, row[place] + (word == other ? 0 : 1)))
            }
            row = next
        }
        return Double(row[heard.count]) / Double(max(1, said.count))
    }
}
