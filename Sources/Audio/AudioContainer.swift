/// A kind of audio file, or of video file with sound, recognised by its first bytes.
enum AudioContainer: String, Sendable, CaseIterable {
    case wav = "WAV"
    case wave64 = "Wave64"
    case mp3 = "MP3"
    case aac = "AAC"
    case ac3 = "AC-3"
    case eac3 = "E-AC-3"
    case dts = "DTS"
    case ogg = "Ogg"
    case flac = "FLAC"
    case wavPack = "WavPack"
    case monkeysAudio = "Monkey's Audio"
    case trueAudio = "TTA"
    case tak = "TAK"
    case musepack7 = "Musepack 7"
    case musepack8 = "Musepack 8"
    case dsf = "DSF"
    case mp4 = "MP4"
    case webM = "WebM"
    case avi = "AVI"
    case flashVideo = "FLV"
    case mpegTransport = "MPEG-TS"
    case mpegProgram = "MPEG-PS"
    case aiff = "AIFF"
    case caf = "CAF"
    case amr = "AMR"
    case windowsMedia = "Windows Media"
    case sunAudio = "AU"
    case creativeVoice = "Creative Voice"

    /// Number of leading bytes that ``init(magic:)`` examines: three packets of an MPEG transport stream with time codes.
    static let magicBytes = 3 * 192

    /// - Parameter magic: the first bytes; the result is nil if they are not of a known kind of audio.
    init?(magic: [UInt8]) {
        guard let known = Self.marked(magic) ?? Self.framed(magic) else { return nil }
        self = known
    }

    /// Files that begin with a signature, by its position; all signatures of a row must match.
    private static let marks: [(AudioContainer, [(offset: Int, bytes: [UInt8])])] = [
        (.wav, [(0, text("RIFF")), (8, text("WAVE"))]), (.wav, [(0, text("RIFX")), (8, text("WAVE"))]),
        (.wav, [(0, text("RF64")), (8, text("WAVE"))]),
        (.wav, [(0, text("BW64")), (8, text("WAVE"))]),
        (.wave64, [(0, text("riff") + [0x2E, 0x91, 0xCF, 0x11, 0xA5, 0xD6, 0x28, 0xDB, 0x04, 0xC1, 0, 0])]),
        (.mp3, [(0, text("ID3"))]), (.ogg, [(0, text("OggS"))]), (.flac, [(0, text("fLaC"))]),
        (.wavPack, [(0, text("wvpk"))]), (.monkeysAudio, [(0, text("MAC "))]), (.trueAudio, [(0, text("TTA1"))]),
        (.tak, [(0, text("tBaK"))]), (.musepack7, [(0, text("MP+"))]), (.musepack8, [(0, text("MPCK"))]),
        (.dsf, [(0, text("DSD "))]),
        (.mp4, [(4, text("ftyp"))]), (.mp4, [(4, text("moov"))]), (.mp4, [(4, text("mdat"))]),
        (.mp4, [(4, text("wide"))]),
        (.webM, [(0, [0x1A, 0x45, 0xDF, 0xA3])]), (.avi, [(0, text("RIFF")), (8, text("AVI "))]),
        (.flashVideo, [(0, text("FLV") + [1])]), (.mpegProgram, [(0, [0, 0, 1, 0xBA])]),
        (.mpegTransport, [(0, [0x47]), (188, [0x47]), (376, [0x47])]),
        (.mpegTransport, [(4, [0x47]), (196, [0x47]), (388, [0x47])]),
        (.aiff, [(0, text("FORM")), (8, text("AIFF"))]), (.aiff, [(0, text("FORM")), (8, text("AIFC"))]),
        (.caf, [(0, text("caff"))]), (.amr, [(0, text("#!AMR"))]), (.sunAudio, [(0, text(".snd"))]),
        (.windowsMedia, [(0, [0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11])]),
        (.creativeVoice, [(0, text("Creative Voice File"))]), (.dts, [(0, [0x7F, 0xFE, 0x80, 0x01])]),
    ]

    private static func text(_ text: String) -> [UInt8] { Array(text.utf8) }

    private static func marked(_ magic: [UInt8]) -> AudioContainer? {
        marks.first { $0.1.allSatisfy { mark in magic.dropFirst(mark.offset).starts(with: mark.bytes) } }?.0
    }

    /// Files that begin with their first frame.
    private static func framed(_ magic: [UInt8]) -> AudioContainer? {
        dolbyFrame(magic) ?? AudioContainer(mpegFrame: magic)
    }

    /// Length of an ID3 tag at the start, nil if there is none. Its size is written with 7 bits per byte, and a flag says that ten
    /// more bytes follow.
    static func tagBytes(_ magic: [UInt8]) -> Int? {
        guard magic.count >= 10, magic.starts(with: text("ID3")) else { return nil }
        let footer = magic[5] & 0x10 == 0 ? 0 : 10
        return 10 + magic[6..<10].reduce(0) { $0 << 7 | Int($1 & 0x7F) } + footer
    }

    /// An AC-3 frame begins with 0B 77; the sixth byte's upper bits distinguish the two formats.
    private static func dolbyFrame(_ magic: [UInt8]) -> AudioContainer? {
        guard magic.count >= 6, magic[0] == 0x0B, magic[1] == 0x77 else { return nil }
        switch magic[5] >> 3 {
        case ...10: return .ac3
        case ...16: return .eac3
        default: return nil
        }
    }

    /// An MPEG audio frame begins with 11 set bits, a version and a layer; layer 0 belongs to AAC's ADTS frames.
    init?(mpegFrame magic: [UInt8]) {
        guard magic.count >= 3, magic[0] == 0xFF, magic[1] & 0xE0 == 0xE0 else { return nil }
        if magic[1] & 0xF6 == 0xF0 {
            self = .aac
            return
        }
        let version = magic[1] >> 3 & 3
        let layer = magic[1] >> 1 & 3
        let bitRate = magic[2] >> 4
        let rate = magic[2] >> 2 & 3
        guard version != 1, layer != 0, bitRate != 15, rate != 3 else { return nil }
        self = .mp3
    }

    /// FFmpeg's name of the demuxer. Naming it keeps FFmpeg from guessing, and so from playlists and scripts that name
    /// other files.
    var demuxer: String {
        switch self {
        case .wav: "wav"
        case .wave64: "w64"
        case .mp3: "mp3"
        case .aac: "aac"
        case .ac3: "ac3"
        case .eac3: "eac3"
        case .dts: "dts"
        case .ogg: "ogg"
        case .flac: "flac"
        case .wavPack: "wv"
        case .monkeysAudio: "ape"
        case .trueAudio: "tta"
        case .tak: "tak"
        case .musepack7: "mpc"
        case .musepack8: "mpc8"
        case .dsf: "dsf"
        case .mp4: "mov"
        case .webM: "matroska"
        case .avi: "avi"
        case .flashVideo: "flv"
        case .mpegTransport: "mpegts"
        case .mpegProgram: "mpeg"
        case .aiff: "aiff"
        case .caf: "caf"
        case .amr: "amr"
        case .windowsMedia: "asf"
        case .sunAudio: "au"
        case .creativeVoice: "voc"
        }
    }
}
