import BridgeSupport
import Foundation
import Testing

@testable import Audio

/// WAV files as they are, and not as they should be.
@Suite(.timeLimit(.minutes(5))) struct WAVOddityTests {
    @Test(arguments: [0, 1, 7, 64])
    func aBlockSizeThatContradictsTheRestIsNotBelieved(blockAlign: Int) async throws {
        let mono = WAVBytes(blockAlign: blockAlign, data: [0, 0x40, 0, 0x20]).bytes
        #expect(try await PCMReader(wav: mono).all() == [0.5, 0.25])
        let stereo = WAVBytes(channels: 2, bits: 24, blockAlign: blockAlign, data: [0, 0, 0x40, 0, 0, 0x40]).bytes
        #expect(try await PCMReader(wav: stereo).all() == [0.5])
    }

    @Test func aByteRateThatContradictsTheRestIsNotBelieved() async throws {
        var bytes = WAVBytes(data: [0, 0x40]).bytes
        bytes.replaceSubrange(28..<32, with: [1, 2, 3, 4])
        var reader = try PCMReader(wav: bytes)
        #expect(reader.sampleRate == 16_000)
        #expect(try await reader.rest() == [0.5])
    }

    @Test func bitsThatAreLeftOutFollowFromTheBlock() async throws {
        let wav = WAVBytes(channels: 2, bits: 0, blockAlign: 4, data: [0, 0x40, 0, 0x40]).bytes
        #expect(try await PCMReader(wav: wav).all() == [0.5])
    }

    // MARK: RIFX, with the high bytes first

    private func big(_ value: Int, _ bytes: Int) -> [UInt8] { WAVBytes.little(value, bytes).reversed() }

    private func rifx(tag: Int, channels: Int, bits: Int, data: [UInt8], isExtensible: Bool = false) -> [UInt8] {
        let frame = channels * bits / 8
        var format = big(isExtensible ? 0xFFFE : tag, 2) + big(channels, 2) + big(16_000, 4)
        format += big(16_000 * frame, 4) + big(frame, 2) + big(bits, 2)
        if isExtensible {
            format += big(22, 2) + big(bits, 2) + big(0, 4) + big(tag, 4) + big(0, 2) + big(0x10, 2)
            format += [0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]
        }
        let chunks = Array("fmt ".utf8) + big(format.count, 4) + format + Array("data".utf8) + big(data.count, 4) + data
        return Array("RIFX".utf8) + big(chunks.count + 4, 4) + Array("WAVE".utf8) + chunks
    }

    @Test func highBytesFirst() async throws {
        let sixteen = rifx(tag: 1, channels: 1, bits: 16, data: [0x40, 0, 0xC0, 0])
        #expect(try await opened(sixteen).all() == [0.5, -0.5])
        #expect(try await opened(sixteen, encoding: .wav).all() == [0.5, -0.5])
        let twentyFour = rifx(tag: 1, channels: 2, bits: 24, data: [0x40, 0, 0, 0x40, 0, 0], isExtensible: true)
        #expect(try await PCMReader(wav: twentyFour).all() == [0.5])
        let floats = rifx(tag: 3, channels: 1, bits: 32, data: big(Int(Float(0.25).bitPattern), 4))
        #expect(try await PCMReader(wav: floats).all() == [0.25])
        let doubles = rifx(tag: 3, channels: 1, bits: 64, data: big(Int(Double(0.25).bitPattern), 8))
        #expect(try await PCMReader(wav: doubles).all() == [0.25])
    }

    // MARK: Over full scale

    /// Speech-to-text brings the level down; see its LevelledSource.
    @Test(arguments: [1.49, -2, 32_767] as [Float])
    func hotSamplesAreNeitherClippedNorRefused(value: Float) async throws {
        let samples = WAVBytes.little(Int(value.bitPattern), 4)
        #expect(try await PCMReader(wav: WAVBytes(tag: 3, bits: 32, data: samples).bytes).all() == [value])
        #expect(try await opened(samples, encoding: .pcmF32LE).all() == [value])
    }

    @Test func resamplingClipsNothing() async throws {
        let hot = sine(440, seconds: 0.5, rate: 48_000, amplitude: 1.49)
        let bytes = hot.flatMap { WAVBytes.little(Int($0.bitPattern), 4) }
        let samples = try await opened(bytes, encoding: .pcmF32LE, sampleRate: 48_000).all()
        #expect(abs(try #require(samples.max()) - 1.49) < 0.02)
    }
}
