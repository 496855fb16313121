/// The first bytes of a frame of MPEG audio (MP3 and its older layers) or of AAC in ADTS, which say where the next one begins.
struct MPEGFrame: Hashable {
    /// Bytes of the whole frame.
    let length: Int
    /// What all frames of a stream have in common.
    private let stream: [UInt8]
    var container: AudioContainer

    /// Bytes that ``init(_:)`` examines.
    static let headerBytes = 6

    /// Kilobits a second by layer, for MPEG 1 and for MPEG 2 and 2.5.
    private static let bitRates: [[Int]] = [
        [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
        [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
        [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
    ]
    private static let lowBitRates: [[Int]] = [
        [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
        [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
        [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    ]
    private static let sampleRates = [44_100, 48_000, 32_000]

    /// nil for bytes that do not begin a frame, or begin one of free length.
    init?(_ bytes: ArraySlice<UInt8>) {
        let header = Array(bytes.prefix(Self.headerBytes))
        guard header.count == Self.headerBytes, let container = AudioContainer(mpegFrame: header),
            let length = container == .aac ? Self.adts(header) : Self.layered(header)
        else { return nil }
        self.container = container
        self.length = length
        // Version, layer and sample rate.
        stream = [header[1] & 0xFE, header[2] & (container == .aac ? 0x3C : 0x0C)]
    }

    func continues(_ other: MPEGFrame) -> Bool { stream == other.stream && container == other.container }

    private static func adts(_ header: [UInt8]) -> Int? {
        let length = Int(header[3] & 3) << 11 | Int(header[4]) << 3 | Int(header[5]) >> 5
        return length > headerBytes ? length : nil
    }

    private static func layered(_ header: [UInt8]) -> Int? {
        let isFirstVersion = header[1] >> 3 & 3 == 3
        let isHalfRate = header[1] >> 3 & 3 == 0
        let layer = 4 - Int(header[1] >> 1 & 3)
        let rates = isFirstVersion ? bitRates : lowBitRates
        guard (1...3).contains(layer), header[2] >> 4 < 15, header[2] >> 2 & 3 < 3 else { return nil }
        let bits = rates[layer - 1][Int(header[2] >> 4)] * 1000
        let rate = sampleRates[Int(header[2] >> 2 & 3)] / (isFirstVersion ? 1 : isHalfRate ? 4 : 2)
        guard bits > 0 else { return nil }
        let padding = Int(header[2] >> 1 & 1)
        if layer == 1 { return (12 * bits / rate + padding) * 4 }
        return (layer == 3 && !isFirstVersion ? 72 : 144) * bits / rate + padding
    }
}
