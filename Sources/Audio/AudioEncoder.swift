import AsyncAlgorithms
import BridgeSupport
import Foundation
import Subprocess
import SystemPackage
import WorkScheduling

/// Encodes samples in an audio format, piece by piece as they come.
///
/// PCM and WAV are made here; the others by an FFmpeg child process, which works while the next piece is made. No input is taken
/// before there is room for its output.
public struct AudioEncoder: Sendable {
    /// What the samples become.
    public let format: AudioFormat
    private let sampleRate: Int
    private let limits: AudioLimits
    private let ffmpeg: FFmpeg

    /// - Parameter sampleRate: hertz. MP3, Opus and AAC know a few rates only and are resampled, see ``AudioFormat/sampleRate(of:)``.
    public init(
        _ format: AudioFormat, sampleRate: Int, limits: AudioLimits = AudioLimits(), ffmpeg: FFmpeg = FFmpeg()
    ) {
        self.format = format
        self.sampleRate = sampleRate
        self.limits = limits
        self.ffmpeg = ffmpeg
    }

    /// All of the bytes, with a header that contains their number.
    ///
    /// - Parameter pieces: mono; values out of [-1, 1] are clipped.
    /// - Throws: `invalid_request` (param `format`) when the format needs FFmpeg and it is missing; `storage_full` when the disk is too full
    ///   for its file, `timeout` when it takes too long, `internal` when it fails; what `pieces` throws.
    public func whole<Pieces: AsyncSequence>(_ pieces: Pieces) async throws -> [UInt8] where Pieces.Element == [Float] {
        switch try kind() {
        case .plain(let append):
            var bytes = format == .wav ? WAVWriter.header(sampleRate: sampleRate, dataBytes: nil) : []
            for try await piece in pieces { append(piece, &bytes) }
            if format == .wav { WAVWriter.complete(&bytes) }
            return bytes
        case .compressed(let path):
            // A file rather than a pipe: the headers of MP3 and FLAC are completed last.
            let output = try await aside { try ScratchFile() }
            try await run(
                path, to: "file:/dev/stdout",
                output: FileDescriptorOutput.fileDescriptor(output.descriptor, closeAfterSpawningProcess: false)
            ) { try await feed(pieces, to: $0.standardInputWriter) }
            return try await aside { try output.contents() }
        }
    }

    /// The bytes as they are made, with a header that leaves their number open.
    ///
    /// - Parameters:
    ///   - pieces: as for ``whole(_:)``.
    ///   - write: takes the bytes in order; while it waits, no more are made. An error that it throws ends the encoding.
    /// - Throws: what ``whole(_:)`` throws, and what `write` throws.
    public func stream<Pieces: AsyncSequence>(
        _ pieces: Pieces, to write: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws where Pieces.Element == [Float] {
        switch try kind() {
        case .plain(let append):
            if format == .wav { try await write(WAVWriter.header(sampleRate: sampleRate, dataBytes: nil)) }
            for try await piece in pieces {
                var bytes: [UInt8] = []
                append(piece, &bytes)
                try await write(bytes)
            }
        case .compressed(let path):
            try await run(path, to: "pipe:1", output: .sequence) { execution in
                let output = execution.standardOutput
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        for try await buffer in output {
                            let bytes = unsafe buffer.withUnsafeBytes { unsafe [UInt8]($0) }
                            do { try await write(bytes) } catch { throw Foreign(error: error) }
                        }
                    }
                    try await feed(pieces, to: execution.standardInputWriter)
                    try await group.waitForAll()
                }
            }
        }
    }

    private enum Kind {
        /// Appends samples to bytes, which takes a millisecond for a sentence of a minute.
        case plain(@Sendable ([Float], inout [UInt8]) -> Void)
        /// Encodes by the program at this path.
        case compressed(String)
    }

    private func kind() throws -> Kind {
        guard supportedSampleRates.contains(sampleRate) else {
            throw ServiceError(.internal, "Audio with \(sampleRate) samples a second can't be encoded.")
        }
        switch format {
        case .pcmF32LE: return .plain(WAVWriter.appendFloat32)
        case .pcmS16LE, .wav: return .plain(WAVWriter.appendSigned16)
        case .mp3, .opus, .flac, .aac:
            guard let path = ffmpeg.path() else {
                throw ServiceError.invalid(
                    "format",
                    "The format \(format.rawValue) needs FFmpeg, which was not found: \(FFmpeg.howToInstall), or ask for wav "
                        + "or PCM.")
            }
            return .compressed(path)
        }
    }
}

// MARK: FFmpeg

/// An error of the code that makes the samples or takes the bytes, to distinguish it from a failure of FFmpeg.
private struct Foreign: Error {
    var error: any Error
}

extension AudioEncoder {
    private typealias Input = CustomWriteInput

    /// - Parameter body: feeds the program, and ends when everything has been fed and taken.
    private func run<Output: OutputProtocol>(
        _ path: String, to destination: String, output: Output,
        _ body: (Execution<Input, Output, StringOutput<UTF8>>) async throws -> Void
    ) async throws {
        ignoreBrokenPipes
        do {
            let result = try await Subprocess.run(
                ffmpeg.configuration(path, arguments + [destination], limits: limits), input: .inputWriter,
                output: output, error: .string(limit: 1 << 16), body: body)
            guard result.terminationStatus.isSuccess else {
                throw FFmpegFailure(result.terminationStatus, complaint: result.standardError)
            }
        } catch let foreign as Foreign {
            throw foreign.error
        } catch let error as CancellationError {
            throw error
        } catch {
            try Task.checkCancellation()
            throw FFmpegFailure(starting: error).encoding(format)
        }
    }

    /// Writes the samples, then the end. A program that has ended takes no more of them, and its status tells why.
    private func feed<Pieces: AsyncSequence>(_ pieces: Pieces, to input: StandardInputWriter) async throws
    where Pieces.Element == [Float] {
        var isEmpty = true
        do {
            for try await piece in pieces where !piece.isEmpty {
                var bytes: [UInt8] = []
                WAVWriter.appendFloat32(piece, to: &bytes)
                guard (try? await input.write(bytes)) != nil else { return }
                isEmpty = false
            }
        } catch {
            throw Foreign(error: error)
        }
        // Encoders refuse an empty input; 10 ms of silence is the shortest they all take.
        if isEmpty { _ = try? await input.write([UInt8](repeating: 0, count: sampleRate / 100 * 4)) }
        try await input.finish()
    }

    /// No name of a program and no time in the bytes, so that the same samples give the same file.
    private var arguments: [String] {
        ["-f", "f32le", "-ar", String(sampleRate), "-ac", "1", "-i", "pipe:0"]
            + ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact", "-threads", "1"] + codec
    }

    /// Codec settings for speech, and the container. A stream's bytes go out as they are made.
    private var codec: [String] {
        let rate = String(format.sampleRate(of: sampleRate))
        return switch format {
        case .mp3: ["-c:a", "libmp3lame", "-ar", rate, "-q:a", "2", "-f", "mp3"]
        case .opus: ["-c:a", "libopus", "-b:a", "48k", "-f", "ogg"]
        case .flac: ["-c:a", "flac", "-sample_fmt", "s16", "-f", "flac"]
        case .aac: ["-c:a", "aac", "-ar", rate, "-b:a", "96k", "-f", "adts"]
        case .pcmF32LE, .pcmS16LE, .wav: []
        }
    }
}

/// Writing to a program that has ended must be an error here, not the end of this process. Servers with SwiftNIO ignore the signal anyway.
let ignoreBrokenPipes: Void = { signal(SIGPIPE, SIG_IGN) }()

extension AudioEncoder {
    /// The bytes of samples that are all available, as ``whole(_:)`` makes them.
    public static func encode(
        samples: [Float], sampleRate: Int, format: AudioFormat, limits: AudioLimits = AudioLimits(),
        ffmpeg: FFmpeg = FFmpeg()
    ) async throws -> [UInt8] {
        try await AudioEncoder(format, sampleRate: sampleRate, limits: limits, ffmpeg: ffmpeg).whole([samples].async)
    }
}
