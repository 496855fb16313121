import Testing

@testable import Audio

@Suite(.timeLimit(.minutes(2))) struct LinearPCMTests {
    @Test(
        arguments: [(8, [0xC0, 0x40]), (16, [0x40, 0, 0xC0, 0]), (24, [0x40, 0, 0, 0xC0, 0, 0])] as [(Int, [UInt8])])
    func rawSamplesWithHighBytesFirst(bits: Int, samples: [UInt8]) async throws {
        let wav = LinearPCM(bits: bits, sampleRate: 16_000, channels: 1).wav(samples)
        #expect(try await opened(wav).all() == [0.5, -0.5])
        let stereo = try PCMReader(wav: LinearPCM(bits: bits, sampleRate: 44_100, channels: 2).wav(samples))
        #expect(stereo.sampleRate == 44_100)
        #expect(try await stereo.all() == [0])
    }

    @Test func rawSamplesInTheOtherByteOrder() async throws {
        let little = WAVWriter.signed16(sine(300, seconds: 1, rate: 16_000))
        let big = stride(from: 0, to: little.count, by: 2).flatMap { [little[$0 + 1], little[$0]] }
        let type = LinearPCM(bits: 16, sampleRate: 16_000, channels: 1)
        let heard = try await opened(type.wav(big)).all()
        let isSame = try await opened(type.wav(little)).all() == heard
        #expect(isSame)
        #expect(abs(level(heard) - 0.5 / 2.0.squareRoot()) < 0.01)
        #expect(type.wav([]).count == 44 && type.wav([1]).count == 45)
    }
}
