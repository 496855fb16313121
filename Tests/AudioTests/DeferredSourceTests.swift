import BridgeSupport
import Synchronization
import Testing

@testable import Audio

/// Tells no length; counts how often it was opened.
private actor UntoldSource: PCMSource {
    nonisolated let sampleRate = 16_000
    private var samplesLeft: Int
    private(set) var samplesRead = 0

    init(seconds: Double) { samplesLeft = Int(seconds * 16_000) }

    func read(_ count: Int) -> [Float] {
        let count = min(count, samplesLeft)
        samplesLeft -= count
        samplesRead += count
        return [Float](repeating: 0.5, count: count)
    }
}

@Suite(.timeLimit(.minutes(5))) struct DeferredSourceTests {
    private let minute = Duration.seconds(60)

    private func samples(_ source: any PCMSource) async throws -> Int {
        var count = 0
        while case let block = try await source.read(10_000), !block.isEmpty { count += block.count }
        return count
    }

    @Test(arguments: [(0.5, false), (15, false), (15.1, false), (60, false), (60.001, true), (3600, true)])
    func theLengthOfWhatTellsNone(seconds: Double, exceeds: Bool) async throws {
        let source = DeferredSource(compressedBytes: 1) { UntoldSource(seconds: seconds) }
        #expect(try await source.exceeds(minute) == exceeds)
        // All of it is there afterwards, once.
        #expect(try await samples(source) == Int(seconds * 16_000))
    }

    @Test func noMoreThanTheLimitIsDecoded() async throws {
        let inner = UntoldSource(seconds: 3600)
        let source = DeferredSource(compressedBytes: 1) { inner }
        #expect(try await source.exceeds(minute))
        #expect(await inner.samplesRead < 62 * 16_000)
    }

    @Test func aLengthThatIsToldNeedsNoReading() async throws {
        let opened = Mutex(0)
        let source = DeferredSource {
            opened.withLock { $0 += 1 }
            return MemoryPCMSource(samples: [Float](repeating: 0, count: 61 * 16_000), sampleRate: 16_000)
        }
        #expect(try await source.exceeds(minute))
        #expect(try await samples(source) == 61 * 16_000)
        #expect(opened.withLock { $0 } == 1)
    }

    @Test func errorsOfOpeningAndReadingComeBack() async {
        let source = DeferredSource { throw ServiceError(.undecodableAudio, "No audio.") }
        #expect(await serviceError { _ = try await source.exceeds(minute) }?.code == .undecodableAudio)
    }

    @Test func whatNeedsADecoderIsKnown() {
        let wav = WAVWriter.file([0, 0.5], sampleRate: 16_000)
        #expect(!AudioDecoder.isCompressed(wav, encoding: .auto) && !AudioDecoder.isCompressed(wav, encoding: .wav))
        #expect(!AudioDecoder.isCompressed(Array("ID3".utf8), encoding: .pcmS16LE))
        #expect(AudioDecoder.isCompressed(Array("ID3".utf8), encoding: .auto))
        // µ-law in WAV, whose format is the 21st byte.
        var law = wav
        law[20] = 7
        #expect(AudioDecoder.isCompressed(law, encoding: .wav))
    }
}
