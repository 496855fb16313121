import Audio
import BridgeTesting
import Foundation
import SpeechToText

/// A program in FFmpeg's place that makes silence, which tells no length before it is read, and notes its processes.
struct StandInDecoder: Sendable {
    private let folder: String
    /// What is said to be compressed.
    private let bytes: [UInt8]

    /// - Parameter waits: for ``begin()``, before it writes anything.
    init(seconds: Int, waits: Bool = false) async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        bytes = Array("OggS".utf8) + [UInt8](repeating: 0, count: seconds * 8000)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let header = try await AudioEncoder.encode(samples: [], sampleRate: 16_000, format: .wav)
        try Data(header).write(to: URL(filePath: "\(folder)/header"))
        let script = """
            #!/bin/sh
            here=$(dirname "$0")
            echo $$ >> $here/pids
            \(waits ? "while [ ! -e $here/begin ]; do sleep 0.05; done" : "")
            cat $here/header
            exec head -c \(seconds * 16_000 * 4) /dev/zero
            """
        try Data(script.utf8).write(to: URL(filePath: "\(folder)/ffmpeg"))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder)/ffmpeg")
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    func begin() throws { try Data().write(to: URL(filePath: "\(folder)/begin")) }

    /// A new one each time, as each is opened once.
    var request: TranscriptionRequest {
        var audio = AudioInput(bytes)
        audio.ffmpeg = FFmpeg(searchPath: folder)
        return TranscriptionRequest(audio: audio)
    }

    /// The ids of its processes so far.
    var started: [Int32] {
        let text = (try? String(contentsOfFile: "\(folder)/pids", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { Int32($0) }
    }

    private var running: Int { started.filter { kill($0, 0) == 0 }.count }

    /// Waits until so many have started, and run.
    func settle(started: Int, running: Int) async throws {
        try await waitUntil(every: .milliseconds(20)) { self.started.count == started && self.running == running }
    }
}
