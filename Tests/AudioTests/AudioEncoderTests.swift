import Foundation
import Testing

@testable import Audio

@Suite struct AudioEncoderTests {
    /// The integers are those of piper-tts: 0.5 · 32767 = 16383.5 loses its fraction, on both sides of zero.
    @Test func wavIsAnHonestHeaderAndSixteenBits() async throws {
        let bytes = try await AudioEncoder.encode(samples: [1, -1, 0.5, -0.5], sampleRate: 22_050, format: .wav)
        #expect(bytes.count == 44 + 8)
        #expect(bytes[4..<8] == [44, 0, 0, 0])
        #expect(Array(bytes[44...]) == [0xFF, 0x7F, 0x01, 0x80, 0xFF, 0x3F, 0x01, 0xC0])
        let reader = try WAVReader(bytes: bytes)
        #expect(reader.sampleRate == 22_050 && reader.channels == 1 && reader.frameCount == 4)
    }

    @Test func rawFloatsKeepTheirBits() async throws {
        let samples: [Float] = [0, 0.1, -0.25, 1]
        let bytes = try await AudioEncoder.encode(samples: samples, sampleRate: 22_050, format: .pcmF32LE)
        let source = try await AudioDecoder.open(bytes, encoding: .pcmF32LE)
        #expect(try await source.all() == samples)
    }

    @Test func valuesOutOfRangeAreClipped() async throws {
        let bytes = try await AudioEncoder.encode(
            samples: [3, -3, .nan, .infinity], sampleRate: 16_000, format: .pcmS16LE)
        #expect(bytes == [0xFF, 0x7F, 0x01, 0x80, 0, 0, 0xFF, 0x7F])
    }

    @Test func wavRoundTrip() async throws {
        let samples = sine(440, seconds: 0.3, rate: 16_000)
        let bytes = try await AudioEncoder.encode(samples: samples, sampleRate: 16_000, format: .wav)
        let back = try await AudioDecoder.open(bytes).all()
        #expect(back.count == samples.count)
        #expect(zip(back, samples).allSatisfy { abs($0 - $1) < 1e-4 })
    }
}
