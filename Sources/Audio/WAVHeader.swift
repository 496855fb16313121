import BridgeSupport

/// The header of a RIFF, RIFX, RF64 or BW64 WAVE file, reconciled with the actual bytes.
///
/// Swift has no WAV library that reads untrusted streams in flat memory, so this is our own. It trusts no size:
/// each one is checked against the file, and no header makes it read or allocate more than a few bytes at a time.
struct WAVHeader: Sendable, Hashable {
    enum Coding: Sendable, Hashable {
        case pcm(SampleType)
        /// A format tag that perhaps only FFmpeg knows: ADPCM, A-law, MP3 in WAV…
        case other(tag: Int)
    }

    var coding: Coding
    var channels: Int
    /// Hertz.
    var sampleRate: Int
    /// The loudspeaker of each channel, as bits; 0 if unknown.
    var speakers: Int
    /// Whether numbers are big-endian, as in RIFX.
    var isBigEndian: Bool
    /// The place of the samples in the file.
    var data: Range<Int>
    /// Whether they go on beyond what their chunk says.
    var isOutgrown: Bool

    /// What is odd about the sizes, a sentence each.
    var warnings: [String] = []

    /// - Throws: `undecodable_audio` with the reason.
    init(_ bytes: any ByteSource) throws {
        let start = try bytes.read(at: 0, count: 12)
        let isBigEndian = start.starts(with: Array("RIFX".utf8))
        guard start.count == 12, AudioContainer(magic: start) == .wav else {
            throw Self.undecodable("does not begin with a RIFF/WAVE header")
        }
        let chunks = try WAVChunks(bytes, isBigEndian: isBigEndian)
        guard let format = chunks.format else {
            throw Self.undecodable("has no fmt chunk, which says how its samples are stored")
        }
        guard let data = chunks.data else { throw Self.undecodable("has no data chunk, which holds the samples") }
        coding = format.coding
        channels = format.channels
        sampleRate = format.sampleRate
        speakers = format.speakers
        self.isBigEndian = isBigEndian
        self.data = data
        isOutgrown = chunks.isOutgrown
        warnings = Self.warnings(chunks)
    }

    private static func warnings(_ chunks: WAVChunks) -> [String] {
        (chunks.isOutgrown
            ? [
                "Its header announces less sound than there is, as a recorder leaves it that was cut off; all was heard."
            ] : [])
            + (chunks.hasMoreParts
                ? ["It has more than one part of sound (data chunks, or files joined); the first was heard."] : [])
    }

    static func undecodable(_ reason: String) -> ServiceError {
        ServiceError(
            .undecodableAudio,
            "The WAV audio \(reason). Send a WAV of 8 to 32-bit integers or of floats, or name the right encoding.")
    }
}
