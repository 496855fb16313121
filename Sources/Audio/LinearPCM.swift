/// Raw samples in the media types `audio/L8`, `L16` and `L24` (RFC 2586, RFC 3190): big-endian, 8 bits with 128 as
/// silence, channels interleaved.
public struct LinearPCM: Sendable, Hashable {
    /// The numbers of channels that a media type may have.
    public static let channelCounts = 1...64

    /// Bits per sample: 8, 16 or 24.
    public var bits: Int
    /// Hertz.
    public var sampleRate: Int
    /// Side by side in each frame.
    public var channels: Int

    /// - Parameters:
    ///   - bits: 8, 16 or 24.
    ///   - sampleRate: one of ``AudioEncoding/sampleRates``.
    ///   - channels: one of ``channelCounts``.
    public init(bits: Int, sampleRate: Int, channels: Int) {
        self.bits = bits
        self.sampleRate = sampleRate
        self.channels = channels
    }

    /// The samples as a WAV file, in the byte order that they really have: many writers use their machine's instead of the type's.
    public func wav(_ samples: [UInt8]) -> [UInt8] {
        let last = bits / 8 - 1
        let isBig =
            bits == 8 || 2 * roughness(samples, high: last, next: last - 1) >= roughness(samples, high: 0, next: 1)
        func number(_ value: Int, _ count: Int) -> [UInt8] {
            let little = (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
            return isBig ? little.reversed() : little
        }
        let frame = channels * bits / 8
        var format = number(1, 2) + number(channels, 2) + number(sampleRate, 4)
        format += number(sampleRate * frame, 4) + number(frame, 2) + number(bits, 2)
        let header = Array("WAVEfmt ".utf8) + number(format.count, 4) + format + Array("data".utf8)
        return Array((isBig ? "RIFX" : "RIFF").utf8) + number(header.count + 4 + samples.count, 4) + header
            + number(samples.count, 4) + samples
    }

    /// How far each channel jumps from sample to sample, relative to its range: in the wrong byte order, it is noise.
    private func roughness(_ samples: [UInt8], high: Int, next: Int) -> Double {
        let size = bits / 8
        let value = { (start: Int) in
            Int(Int16(bitPattern: UInt16(samples[start + high]) << 8 | UInt16(samples[start + next])))
        }
        var (leaps, swing) = (0, 0)
        for start in stride(from: 0, through: samples.count - size * (channels + 1), by: size) {
            leaps += abs(value(start + size * channels) - value(start))
            swing += abs(value(start))
        }
        // Silence tells nothing.
        return swing > 0 ? Double(leaps) / Double(swing) : .infinity
    }
}
