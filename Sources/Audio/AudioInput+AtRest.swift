import BridgeSupport
import SystemPackage
import WorkScheduling

// Bytes at rest: all of them are available, so headers are checked against what really follows them.

extension AudioInput {
    func decoded(_ bytes: any ByteSource) async throws -> PCMReader {
        guard bytes.count > 0 else { throw Self.empty(field) }
        switch encoding {
        case .pcmF32LE: return try PCMReader(raw: bytes, sampleType: .float32, sampleRate: rawRate, field: field)
        case .pcmS16LE: return try PCMReader(raw: bytes, sampleType: .signed16, sampleRate: rawRate, field: field)
        case .wav: return try await wav(bytes)
        case .auto:
            guard let start = try AudioStart.find(in: bytes) else { throw unknown }
            if start.container == .wav { return try await wav(bytes, at: start.offset) }
            return try await throughFFmpeg(bytes, start, oddities: aside { try Self.oddities(of: start, in: bytes) })
        }
    }

    var unknown: ServiceError {
        ServiceError(
            .undecodableAudio,
            "The bytes in \(field) are no audio that is known here. Send WAV, MP3, MP4/M4A, Ogg, Opus, FLAC, WebM, "
                + "AIFF or another usual file, or name the encoding of raw PCM.")
    }

    private static func oddities(of start: AudioStart, in bytes: any ByteSource) throws -> [String] {
        switch start.container {
        case .ogg where try OggChain.changesCodec(bytes, at: start.offset):
            return ["It has more than one part, of different codecs; the first was heard."]
        case .flac where try FLACChain.hasMoreParts(bytes, at: start.offset):
            return ["It has more than one part (files joined); the first was heard."]
        default: return []
        }
    }

    private func wav(_ bytes: any ByteSource, at offset: Int = 0) async throws -> PCMReader {
        let later = offset > 0 ? LaterBytes(source: bytes, offset: offset) : bytes
        let header = try WAVHeader(later)
        if case .other = header.coding {
            let start = AudioStart(container: .wav, offset: offset, isOutgrown: header.isOutgrown)
            return try await throughFFmpeg(bytes, start, oddities: header.warnings)
        }
        return try PCMReader(wav: later, header: header)
    }

    func throughFFmpeg(
        _ bytes: any ByteSource, _ start: AudioStart, oddities: [String]
    ) async throws -> PCMReader {
        let input: FFmpegDecoder.Input
        if let file = bytes as? FileBytes {
            input = .file(file.descriptor, owner: file)
        } else {
            let scratch = try await aside { try ScratchFile(holding: bytes) }
            input = .file(scratch.descriptor, owner: scratch)
        }
        return try await PCMReader(
            FFmpegDecoder(input, start: start, limits: limits, ffmpeg: ffmpeg, clock: clock), oddities: oddities)
    }
}
