import BridgeSupport
import Foundation

@testable import Audio

/// Builds WAV headers, honest and dishonest ones.
struct WAVBytes {
    var tag = 1
    var channels = 1
    var rate = 16_000
    var bits = 16
    var blockAlign: Int?
    /// The format tag inside an extensible header.
    var extensible: Int?
    var riff = "RIFF"
    var riffSize: Int?
    var dataSize: Int?
    var data: [UInt8] = []
    /// Chunks before the fmt and before the data chunk.
    var before: [UInt8] = []
    var between: [UInt8] = []
    var after: [UInt8] = []
    var hasFormat = true

    static func little(_ value: Int, _ bytes: Int) -> [UInt8] {
        (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    static func chunk(_ tag: String, _ body: [UInt8]) -> [UInt8] { Array(tag.utf8) + little(body.count, 4) + body }

    var format: [UInt8] {
        let frame = blockAlign ?? (bits + 7) / 8 * channels
        var body = Self.little(extensible == nil ? tag : 0xFFFE, 2) + Self.little(channels, 2) + Self.little(rate, 4)
        body += Self.little(rate &* frame, 4) + Self.little(frame, 2) + Self.little(bits, 2)
        if let extensible {
            body += Self.little(22, 2) + Self.little(bits, 2) + Self.little(0, 4) + Self.little(extensible, 2)
            body += [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]
        }
        return Self.chunk("fmt ", body)
    }

    var bytes: [UInt8] {
        var chunks = before
        if hasFormat { chunks += format }
        chunks += between + Array("data".utf8) + Self.little(dataSize ?? data.count, 4) + data + after
        return Array(riff.utf8) + Self.little(riffSize ?? chunks.count + 4, 4) + Array("WAVE".utf8) + chunks
    }
}

extension PCMSource where Self: ~Copyable {
    /// All samples that are left, read in blocks of an awkward size.
    mutating func rest(_ block: Int = 1013) async throws -> [Float] {
        var samples: [Float] = []
        while case let next = try await read(block), !next.isEmpty { samples += next }
        return samples
    }

    /// All samples, for a source that nothing else is asked of.
    consuming func all(_ block: Int = 1013) async throws -> [Float] { try await rest(block) }
}

extension PCMReader {
    init(wav bytes: [UInt8]) throws { try self.init(wav: MemoryBytes(bytes: bytes)) }
    init(wavFile path: String) throws { try self.init(wav: try FileBytes(path: path, field: "file")) }
}

/// Audio from outside, opened.
func opened(
    _ bytes: [UInt8], encoding: AudioEncoding = .auto, sampleRate: Int = 16_000, targetRate: Int = 16_000,
    limits: AudioLimits = AudioLimits(), field: String = "audio_data", ffmpeg: FFmpeg = FFmpeg(),
    clock: any Clock<Duration> = ContinuousClock()
) async throws -> AudioReader {
    var input = AudioInput(bytes, encoding: encoding, sampleRate: sampleRate, field: field)
    input.limits = limits
    input.ffmpeg = ffmpeg
    input.clock = clock
    return try await input.open(sampleRate: targetRate)
}

/// The error that a body throws; nil if it throws nothing, or another error than a `ServiceError`.
func serviceError(_ body: () async throws -> Void) async -> ServiceError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? ServiceError
    }
}

func sine(_ hertz: Double, seconds: Double, rate: Int, amplitude: Double = 0.5) -> [Float] {
    (0..<Int(seconds * Double(rate))).map { Float(amplitude * sin(2 * Double.pi * hertz * Double($0) / Double(rate))) }
}

func level(_ samples: some Collection<Float>) -> Double {
    (samples.reduce(0) { $0 + Double($1) * Double($1) } / Double(max(1, samples.count))).squareRoot()
}

extension WAVWriter {
    /// A whole file.
    static func file(_ samples: [Float], sampleRate: Int) -> [UInt8] {
        header(sampleRate: sampleRate, dataBytes: samples.count * 2) + signed16(samples)
    }

    static func signed16(_ samples: [Float]) -> [UInt8] {
        var bytes: [UInt8] = []
        appendSigned16(samples, to: &bytes)
        return bytes
    }

    static func float32(_ samples: [Float]) -> [UInt8] {
        var bytes: [UInt8] = []
        appendFloat32(samples, to: &bytes)
        return bytes
    }
}
