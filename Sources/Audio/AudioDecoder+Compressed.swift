extension AudioDecoder {
    /// Whether an FFmpeg child process has to decode `bytes`; their length is not known before then.
    ///
    /// For planning only: ``open(_:encoding:sampleRate:targetRate:limits:field:ffmpeg:)`` decides, and says what is wrong.
    public static func isCompressed(_ bytes: [UInt8], encoding: AudioEncoding) -> Bool {
        switch encoding {
        case .pcmF32LE, .pcmS16LE: return false
        case .wav, .auto:
            guard let header = try? WAVHeader(MemoryBytes(bytes: bytes)) else { return true }
            if case .other = header.coding { return true }
            return false
        }
    }
}
