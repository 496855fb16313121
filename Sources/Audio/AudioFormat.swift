/// The formats for synthesised speech.
public enum AudioFormat: String, Sendable, CaseIterable {
    /// Bare mono samples, 4 bytes each, little-endian, -1…1.
    case pcmF32LE = "pcm_f32le"
    /// Bare mono samples, 2 bytes each, little-endian.
    case pcmS16LE = "pcm_s16le"
    /// Whole files; all but WAV need FFmpeg. Opus comes in Ogg, AAC in ADTS.
    case wav, mp3, opus, flac, aac

    /// The media type of the bytes. The one for PCM is not registered, but is what speech servers call it.
    public var contentType: String {
        switch self {
        case .pcmF32LE, .pcmS16LE: "audio/pcm"
        case .wav: "audio/wav"
        case .mp3: "audio/mpeg"
        case .opus: "audio/ogg"
        case .flac: "audio/flac"
        case .aac: "audio/aac"
        }
    }

    /// The sample rate in hertz after decoding samples made at `rate`: MP3 and AAC support a few rates and take the nearest, and
    /// Opus is decoded at 48 kHz whatever went in.
    public func sampleRate(of rate: Int) -> Int {
        switch self {
        case .pcmF32LE, .pcmS16LE, .wav, .flac: rate
        case .mp3: Self.nearest(rate, Self.aacRates.filter { (8_000...48_000).contains($0) })
        case .aac: Self.nearest(rate, Self.aacRates)
        case .opus: 48_000
        }
    }

    /// MP3 supports the same rates, from 8 to 48 kHz.
    private static let aacRates = [
        7_350, 8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 64_000, 88_200, 96_000,
    ]

    private static func nearest(_ rate: Int, _ known: [Int]) -> Int {
        known.min { abs($0 - rate) < abs($1 - rate) } ?? rate
    }
}
