/// A kind of audio file, known by its first bytes.
enum AudioContainer: String, Sendable, CaseIterable {
    case wav = "WAV"
    case mp3 = "MP3"
    case aac = "AAC"
    case ogg = "Ogg"
    case flac = "FLAC"
    case mp4 = "MP4"
    case webM = "WebM"
    case aiff = "AIFF"
    case caf = "CAF"
    case amr = "AMR"
    case windowsMedia = "Windows Media"
    case sunAudio = "AU"

    /// Number of leading bytes that ``init(magic:)`` looks at.
    static let magicBytes = 16

    /// - Parameter magic: the first bytes; nil comes back when they are of no audio that is known.
    init?(magic: [UInt8]) {
        func holds(_ text: String, at offset: Int = 0) -> Bool {
            magic.dropFirst(offset).starts(with: Array(text.utf8))
        }
        switch true {
        case ["RIFF", "RF64", "BW64"].contains(where: { holds($0) }) && holds("WAVE", at: 8): self = .wav
        case holds("ID3"): self = .mp3
        case holds("OggS"): self = .ogg
        case holds("fLaC"): self = .flac
        case holds("ftyp", at: 4): self = .mp4
        case magic.starts(with: [0x1A, 0x45, 0xDF, 0xA3]): self = .webM
        case holds("FORM") && (holds("AIFF", at: 8) || holds("AIFC", at: 8)): self = .aiff
        case holds("caff"): self = .caf
        case holds("#!AMR"): self = .amr
        case magic.starts(with: [0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11]): self = .windowsMedia
        case holds(".snd"): self = .sunAudio
        default:
            guard let kind = Self.mpegFrame(magic) else { return nil }
            self = kind
        }
    }

    /// Length of an ID3 tag at the start, nil when there is none. Its size is written in 7 bits a byte.
    static func tagBytes(_ magic: [UInt8]) -> Int? {
        guard magic.count >= 10, magic.starts(with: Array("ID3".utf8)) else { return nil }
        return 10 + magic[6..<10].reduce(0) { $0 << 7 | Int($1 & 0x7F) }
    }

    /// An MPEG audio frame begins with 11 set bits, a version and a layer; layer 0 is that of AAC's ADTS frames.
    private static func mpegFrame(_ magic: [UInt8]) -> AudioContainer? {
        guard magic.count >= 3, magic[0] == 0xFF, magic[1] & 0xE0 == 0xE0 else { return nil }
        if magic[1] & 0xF6 == 0xF0 { return .aac }
        let version = magic[1] >> 3 & 3
        let layer = magic[1] >> 1 & 3
        let bitRate = magic[2] >> 4
        let rate = magic[2] >> 2 & 3
        return version != 1 && layer != 0 && bitRate != 15 && rate != 3 ? .mp3 : nil
    }

    /// FFmpeg's name of the demuxer. Naming it keeps FFmpeg from guessing, and so from playlists and scripts that name
    /// other files.
    var demuxer: String {
        switch self {
        case .wav: "wav"
        case .mp3: "mp3"
        case .aac: "aac"
        case .ogg: "ogg"
        case .flac: "flac"
        case .mp4: "mov"
        case .webM: "matroska"
        case .aiff: "aiff"
        case .caf: "caf"
        case .amr: "amr"
        case .windowsMedia: "asf"
        case .sunAudio: "au"
        }
    }
}
