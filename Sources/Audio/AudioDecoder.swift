import BridgeSupport
import SystemPackage
import WorkScheduling

/// The door for audio from outside: any encoding in, mono samples at one rate out, in flat memory.
///
/// WAV and raw PCM are read here; everything else by an FFmpeg child process.
public enum AudioDecoder {
    /// Opens bytes that are in memory.
    ///
    /// - Parameters:
    ///   - sampleRate: hertz of raw PCM; other encodings say it themselves.
    ///   - targetRate: hertz of the result.
    ///   - field: the request's field that errors about its content name.
    /// - Throws: `invalid_request` for no audio, part of a sample, samples that are no numbers or out of range, and
    ///   audio over the limit; `undecodable_audio` for bytes that are not what they should be;
    ///   `unsupported_media_type` where FFmpeg is needed and missing; `timeout`, `storage_full` and `internal` where it is cut
    ///   short on this side. Reading can throw the same.
    public static func open(
        _ bytes: [UInt8], encoding: AudioEncoding = .auto, sampleRate: Int = 16_000, targetRate: Int = 16_000,
        limits: AudioLimits = AudioLimits(), field: String = "audio_data", ffmpeg: FFmpeg = FFmpeg()
    ) async throws -> any PCMSource {
        let input = Input(bytes: MemoryBytes(bytes: bytes), field: field, limits: limits, ffmpeg: ffmpeg)
        return try await input.open(encoding, sampleRate: sampleRate, targetRate: targetRate)
    }

    /// Opens a file, which is read as the samples are.
    ///
    /// Parameters and errors as for bytes in memory; `invalid_request` also when the file can't be opened.
    public static func open(
        file path: String, encoding: AudioEncoding = .auto, sampleRate: Int = 16_000, targetRate: Int = 16_000,
        limits: AudioLimits = AudioLimits(), field: String = "file", ffmpeg: FFmpeg = FFmpeg()
    ) async throws -> any PCMSource {
        let input = Input(
            bytes: try FileBytes(path: path, field: field), field: field, limits: limits, ffmpeg: ffmpeg)
        return try await input.open(encoding, sampleRate: sampleRate, targetRate: targetRate)
    }

    static func empty(_ field: String) -> ServiceError {
        .invalid(field, "\(field) holds no audio; send at least one sample.")
    }
}

/// Bytes that someone calls audio.
private struct Input {
    var bytes: any ByteSource
    var field: String
    var limits: AudioLimits
    var ffmpeg: FFmpeg

    func open(_ encoding: AudioEncoding, sampleRate: Int, targetRate: Int) async throws -> any PCMSource {
        guard bytes.count > 0 else { throw AudioDecoder.empty(field) }
        let decoded: any PCMSource =
            switch encoding {
            case .pcmF32LE: try RawPCMReader(bytes, sampleType: .float32, sampleRate: sampleRate, field: field)
            case .pcmS16LE: try RawPCMReader(bytes, sampleType: .signed16, sampleRate: sampleRate, field: field)
            case .wav: try await wav()
            case .auto: try await sniffed()
            }
        let resampled =
            decoded.sampleRate == targetRate ? decoded : try ResampledSource(decoded, sampleRate: targetRate)
        return try await LimitedSource(resampled, limit: limits.maximumDuration, field: field)
    }

    private func sniffed() async throws -> any PCMSource {
        guard let start = try AudioStart.find(in: bytes) else {
            throw ServiceError(
                .undecodableAudio,
                "The bytes in \(field) are no audio that is known here. Send WAV, MP3, MP4/M4A, Ogg, Opus, FLAC, WebM, "
                    + "AIFF or another usual file, or name the encoding of raw PCM.")
        }
        if start.container == .wav { return try await wav(at: start.offset) }
        return try await throughFFmpeg(start, oddities: aside { try oddities(of: start) })
    }

    private func oddities(of start: AudioStart) throws -> [String] {
        switch start.container {
        case .ogg where try OggChain.changesCodec(bytes, at: start.offset):
            return ["It has more than one part, of different codecs; the first was heard."]
        case .flac where try FLACChain.hasMoreParts(bytes, at: start.offset):
            return ["It has more than one part (files joined); the first was heard."]
        default: return []
        }
    }

    private func wav(at offset: Int = 0) async throws -> any PCMSource {
        let bytes = offset > 0 ? LaterBytes(source: bytes, offset: offset) : bytes
        let header = try WAVHeader(bytes)
        if case .other = header.coding {
            let start = AudioStart(container: .wav, offset: offset, isOutgrown: header.isOutgrown)
            return try await throughFFmpeg(start, oddities: header.warnings)
        }
        return try WAVReader(bytes, header: header)
    }

    private func throughFFmpeg(_ start: AudioStart, oddities: [String] = []) async throws -> any PCMSource {
        if let file = bytes as? FileBytes {
            return try await decoder(file.descriptor, owner: file, start, oddities)
        }
        let scratch = try await aside { [bytes] in try ScratchFile(holding: bytes.read(at: 0, count: bytes.count)) }
        return try await decoder(scratch.descriptor, owner: scratch, start, oddities)
    }

    private func decoder(
        _ file: FileDescriptor, owner: any Sendable, _ start: AudioStart, _ oddities: [String]
    ) async throws -> any PCMSource {
        let stream = try FFmpegStream(file, owner: owner, start: start, limits: limits, ffmpeg: ffmpeg)
        return try await FFmpegDecoder(stream, oddities: oddities)
    }
}
