import BridgeSupport
import Subprocess
import SystemPackage

/// Turns samples into the bytes of an audio format.
///
/// PCM and WAV are made here; the others by an FFmpeg child process.
public enum AudioEncoder {
    /// - Parameters:
    ///   - samples: mono; values out of [-1, 1] are clipped.
    ///   - sampleRate: hertz. MP3, Opus and AAC know a few rates only and are resampled, see ``AudioFormat/sampleRate(of:)``.
    /// - Throws: `invalid_request` (param `format`) when the format needs FFmpeg and it is missing; `storage_full` when there
    ///   is no room for its files, `timeout` when it takes too long, `internal` when it fails.
    public static func encode(
        samples: [Float], sampleRate: Int, format: AudioFormat, limits: AudioLimits = AudioLimits(),
        ffmpeg: FFmpeg = FFmpeg()
    ) async throws -> [UInt8] {
        guard supportedSampleRates.contains(sampleRate) else {
            throw ServiceError(.internal, "Audio with \(sampleRate) samples a second can't be encoded.")
        }
        switch format {
        case .pcmF32LE: return await aside { WAVWriter.float32(samples) }
        case .pcmS16LE: return await aside { WAVWriter.signed16(samples) }
        case .wav: return await aside { WAVWriter.file(samples, sampleRate: sampleRate) }
        case .mp3, .opus, .flac, .aac:
            // Encoders refuse an empty input; 10 ms of silence is the shortest they all take.
            let audible = samples.isEmpty ? [Float](repeating: 0, count: sampleRate / 100) : samples
            return try await compress(audible, sampleRate, format, limits, ffmpeg)
        }
    }

    private static func compress(
        _ samples: [Float], _ sampleRate: Int, _ format: AudioFormat, _ limits: AudioLimits, _ ffmpeg: FFmpeg
    ) async throws -> [UInt8] {
        guard let path = ffmpeg.path() else {
            throw ServiceError.invalid(
                "format",
                "The format \(format.rawValue) needs FFmpeg, which was not found: \(FFmpeg.howToInstall), or ask for wav "
                    + "or PCM.")
        }
        let input = ["-f", "f32le", "-ar", String(sampleRate), "-ac", "1", "-i", "pipe:0"]
        // No name of a program and no time in the bytes: the same samples give the same file.
        let reproducible = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact", "-threads", "1"]
        // Files and not pipes: a header can be completed last, and a child that dies early raises no SIGPIPE here.
        let (raw, output) = try await aside {
            (try ScratchFile(holding: WAVWriter.float32(samples)), try ScratchFile())
        }
        do {
            let result = try await Subprocess.run(
                ffmpeg.configuration(
                    path, input + reproducible + codec(format, sampleRate) + ["file:/dev/stdout"], limits: limits),
                input: .fileDescriptor(raw.descriptor, closeAfterSpawningProcess: false),
                output: .fileDescriptor(output.descriptor, closeAfterSpawningProcess: false),
                error: .string(limit: 1 << 16))
            guard result.terminationStatus.isSuccess else {
                throw FFmpegFailure(result.terminationStatus, complaint: result.standardError)
            }
            return try await aside { try output.contents() }
        } catch let error as CancellationError {
            throw error
        } catch {
            try Task.checkCancellation()
            throw FFmpegFailure(starting: error).encoding(format)
        }
    }

    /// Codec settings for speech, and the container.
    private static func codec(_ format: AudioFormat, _ sampleRate: Int) -> [String] {
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
