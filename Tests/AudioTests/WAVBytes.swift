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

extension PCMSource {
    /// All samples, read in blocks of an awkward size.
    func all(_ block: Int = 1013) async throws -> [Float] {
        var samples: [Float] = []
        while true {
            let next = try await read(block)
            if next.isEmpty { return samples }
            samples += next
        }
    }
}

/// The error that a body throws, nil when it throws none of ours.
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
}
