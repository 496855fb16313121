import AsyncAlgorithms
import Foundation
import Synchronization
import Testing

@testable import Audio

@Suite(.timeLimit(.minutes(2))) struct AudioEncoderTests {
    /// The integers are those of piper-tts: 0.5 · 32767 = 16383.5 loses its fraction, on both sides of zero.
    @Test func wavIsAnHonestHeaderAndSixteenBits() async throws {
        let bytes = try await AudioEncoder.encode(samples: [1, -1, 0.5, -0.5], sampleRate: 22_050, format: .wav)
        #expect(bytes.count == 44 + 8)
        #expect(bytes[4..<8] == [44, 0, 0, 0])
        #expect(Array(bytes[44...]) == [0xFF, 0x7F, 0x01, 0x80, 0xFF, 0x3F, 0x01, 0xC0])
        let reader = try PCMReader(wav: bytes)
        #expect(reader.sampleRate == 22_050 && reader.layout.channels == 1 && reader.frameCount == 4)
    }

    @Test func rawFloatsKeepTheirBits() async throws {
        let samples: [Float] = [0, 0.1, -0.25, 1]
        let bytes = try await AudioEncoder.encode(samples: samples, sampleRate: 22_050, format: .pcmF32LE)
        var source = try await opened(bytes, encoding: .pcmF32LE)
        #expect(try await source.rest() == samples)
    }

    @Test func valuesOutOfRangeAreClipped() async throws {
        let bytes = try await AudioEncoder.encode(
            samples: [3, -3, .nan, .infinity], sampleRate: 16_000, format: .pcmS16LE)
        #expect(bytes == [0xFF, 0x7F, 0x01, 0x80, 0, 0, 0xFF, 0x7F])
    }

    @Test func wavRoundTrip() async throws {
        let samples = sine(440, seconds: 0.3, rate: 16_000)
        let bytes = try await AudioEncoder.encode(samples: samples, sampleRate: 16_000, format: .wav)
        let back = try await opened(bytes).all()
        #expect(back.count == samples.count)
        #expect(zip(back, samples).allSatisfy { abs($0 - $1) < 1e-4 })
    }

    // MARK: In pieces

    @Test(arguments: AudioFormat.allCases) func piecesMakeTheSameFile(format: AudioFormat) async throws {
        let samples = sine(440, seconds: 1, rate: 22_050)
        let pieces = stride(from: 0, to: samples.count, by: 5000).map {
            Array(samples[$0..<min($0 + 5000, samples.count)])
        }
        let encoder = AudioEncoder(format, sampleRate: 22_050)
        let whole = try await AudioEncoder.encode(samples: samples, sampleRate: 22_050, format: format)
        #expect(try await encoder.whole(pieces.async) == whole)
    }

    /// Only headers may differ: those of a stream can't tell its length.
    @Test(arguments: AudioFormat.allCases) func aStreamHoldsTheSameSound(format: AudioFormat) async throws {
        let samples = sine(440, seconds: 1, rate: 16_000)
        let pieces = stride(from: 0, to: samples.count, by: 3000).map {
            Array(samples[$0..<min($0 + 3000, samples.count)])
        }
        let written = Mutex<[[UInt8]]>([])
        try await AudioEncoder(format, sampleRate: 16_000).stream(pieces.async) { bytes in
            written.withLock { $0.append(bytes) }
        }
        let bytes = written.withLock { Array($0.joined()) }
        let whole = try await AudioEncoder.encode(samples: samples, sampleRate: 16_000, format: format)
        let encoding = AudioEncoding(rawValue: format.rawValue) ?? .auto
        let (streamed, expected) = try await (
            opened(bytes, encoding: encoding).all(), opened(whole, encoding: encoding).all()
        )
        // What an MP3's header says of the silence that the encoder adds is missing from a stream.
        #expect(abs(streamed.count - expected.count) <= (format == .mp3 ? 4000 : 0))
        #expect(abs(streamed.loudness - expected.loudness) < 0.05 * expected.loudness)
        if format == .wav || format == .pcmF32LE || format == .pcmS16LE {
            #expect(written.withLock { $0.count } == pieces.count + (format == .wav ? 1 : 0))
        }
    }

    /// A stream goes out while it is made, and no piece is asked for that there is no room for.
    @Test(arguments: [AudioFormat.pcmS16LE, .mp3]) func aReaderThatWaitsKeepsTheRestFromBeingMade(format: AudioFormat)
        async throws
    {
        let asked = Mutex(0)
        let second = sine(440, seconds: 1, rate: 16_000)
        let pieces = AsyncStream<[Float]>(unfolding: {
            asked.withLock {
                $0 += 1
                return $0 <= 10_000 ? second : nil
            }
        })
        let encoding = Task {
            try await AudioEncoder(format, sampleRate: 16_000).stream(pieces) { _ in
                try await Task.sleep(for: .seconds(3600))
            }
        }
        // Until the pipes are full.
        var before = -1
        while before < 1 || asked.withLock({ $0 }) != before {
            before = asked.withLock { $0 }
            try await Task.sleep(for: .milliseconds(200))
        }
        #expect(before < 200, "\(before) s of sound are made for nobody")
        encoding.cancel()
        await #expect(throws: CancellationError.self) { try await encoding.value }
    }

    private struct Enough: Error {}

    @Test(arguments: [AudioFormat.wav, .mp3]) func whatMakesTheSamplesMayFail(format: AudioFormat) async throws {
        let samples = sine(440, seconds: 1, rate: 16_000)
        let pieces = AsyncThrowingStream<[Float], any Error> { continuation in
            continuation.yield(samples)
            continuation.finish(throwing: Enough())
        }
        let encoder = AudioEncoder(format, sampleRate: 16_000)
        await #expect(throws: Enough.self) { _ = try await encoder.whole(pieces) }
        await #expect(throws: Enough.self) {
            try await encoder.stream(Array(repeating: samples, count: 20).async) { _ in throw Enough() }
        }
    }
}

extension [Float] {
    fileprivate var loudness: Float { (reduce(0) { $0 + $1 * $1 } / Float(Swift.max(1, count))).squareRoot() }
}
