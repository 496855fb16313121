import BridgeSupport
import Foundation
import Subprocess
import SystemPackage

/// A program of the system that plays WAV files.
struct SoundPlayer {
    var path: String
    var arguments: [String]
    /// Whether its exit status is 0 even when it could not play, so that only its words tell.
    var hidesFailure: Bool

    /// The sound servers' own players first; `ffplay` comes with FFmpeg and needs no server.
    private static let known: [(name: String, arguments: [String], hidesFailure: Bool)] = [
        ("pw-play", [], false), ("paplay", [], false), ("aplay", ["-q"], false),
        ("ffplay", ["-nodisp", "-autoexit", "-v", "error"], true),
    ]

    /// - Throws: `invalid_request` saying what to install if there is none.
    static func find(path: String = ProcessInfo.processInfo.environment["PATH"] ?? "") throws -> SoundPlayer {
        let folders = path.split(separator: ":")
        for (name, arguments, hidesFailure) in known {
            for file in folders.map({ "\($0)/\(name)" }) where FileManager.default.isExecutableFile(atPath: file) {
                return SoundPlayer(path: file, arguments: arguments, hidesFailure: hidesFailure)
            }
        }
        throw ServiceError(
            .invalidRequest,
            "No program that plays sound was found (\(known.map(\.name).joined(separator: ", "))). Write a file with -o, or install one of them (Debian: apt-get install alsa-utils)."
        )
    }

    /// Plays to the end.
    ///
    /// - Throws: `internal` with the player's own words if it fails, for instance because there is no sound card.
    func play(wav: [UInt8]) async throws {
        // A file, because not all of them read from a pipe; only the user can read it.
        let folder = FileManager.default.temporaryDirectory.appending(path: "jarvis-say-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "speech.wav")
        try Data(wav).write(to: file)
        let ended = try await Subprocess.run(
            .path(FilePath(path)), arguments: Arguments(arguments + [file.path]),
            environment: .inherit, output: .discarded,
            error: .string(limit: 4096))
        // ffplay mentions the file last, and the device first.
        let lacksDevice = ["cannot find card", "audio open failed", "no such audio device"].contains {
            ended.standardError.lowercased().contains($0)
        }
        let words =
            lacksDevice ? "no sound device was found" : ended.standardError.split(separator: "\n").last.map(String.init)
        guard ended.terminationStatus.isSuccess, !hidesFailure || words == nil else {
            throw ServiceError(
                .internal,
                "\(path) could not play the sound\(words.map { " (\($0))" } ?? ""). Check the sound card, or write a file with -o."
            )
        }
    }
}
