import Audio
import Testing

@testable import SpeechToText

@Suite(.timeLimit(.minutes(5))) struct LevelledSourceTests {
    private func heard(_ samples: [Float], block: Int = 10_007) async throws -> [Float] {
        var source = LevelledSource(MemoryPCMSource(samples: samples, sampleRate: 16_000))
        var heard: [Float] = []
        while true {
            let next = try await source.read(block)
            if next.isEmpty { return heard }
            heard += next
        }
    }

    private func tone(_ amplitude: Float, seconds: Int = 1) -> [Float] {
        (0..<seconds * 16_000).map { $0 % 40 < 20 ? amplitude : -amplitude }
    }

    @Test(arguments: [0.05, 0.3, 1] as [Float])
    func ordinaryLevelsPassUnchanged(peak: Float) async throws {
        #expect(try await heard(tone(peak)) == tone(peak))
    }

    /// Of one sample, of a block of the source, of one sample beside that, of more than is looked ahead.
    @Test(arguments: [1, 32_767, 32_768, 32_769, 600_000])
    func everyLengthOfReadsGivesTheSame(count: Int) async throws {
        let samples = (0..<31 * 16_000).map { 0.3 * Float($0 % 16_000) / 16_000 }
        let isUnchanged = try await heard(samples, block: count) == samples
        #expect(isUnchanged)
    }

    @Test func nothingIsNothing() async throws {
        #expect(try await heard([]).isEmpty)
    }

    @Test(arguments: [1.49, 2, 16, 32_767, 2e9] as [Float])
    func hotRecordingsAreScaledByTheirPeak(peak: Float) async throws {
        let made = try await heard([peak / 2] + tone(peak))
        #expect(abs((made.max() ?? 0) - 1) < 1e-6)
        #expect(abs((made.first ?? 0) - 0.5) < 1e-6)
    }

    /// A tone of 0.3 with a click: it stays a tone, and the click is full scale.
    @Test(arguments: [16, 1000, 2e9] as [Float])
    func oneClickTurnsNothingDown(click: Float) async throws {
        let made = try await heard(tone(0.3) + [click, -click] + tone(0.3))
        #expect(made.prefix(16_000).max() ?? 0 > 0.2)
        #expect(made[16_000] == 1 && made[16_001] == -1)
    }

    @Test(arguments: [50, 1e6] as [Float])
    func oneClickInSilenceTurnsNothingDown(click: Float) async throws {
        var lead = [Float](repeating: 0, count: 31 * 16_000)
        lead[100] = click
        let made = try await heard(lead + tone(0.3))
        #expect(made[100] == 1)
        let isUnchanged = made.suffix(16_000).elementsEqual(tone(0.3))
        #expect(isUnchanged)
    }

    @Test(arguments: [0.01, 0.003] as [Float])
    func quietRecordingsAreBroughtToAWorkingLevel(peak: Float) async throws {
        let made = try await heard(tone(peak))
        #expect(abs((made.max() ?? 0) - 0.25) < 1e-6)
    }

    @Test(arguments: [0, 0.0005, 0.0009] as [Float])
    func nearSilenceStaysSo(peak: Float) async throws {
        #expect(try await heard(tone(peak)) == tone(peak))
    }

    /// The gain is decided on with what is ahead, and never again for what was heard.
    @Test func aLoudPartWithinHalfAMinuteCountsFromTheStart() async throws {
        let made = try await heard(tone(0.01, seconds: 20) + tone(0.5, seconds: 5))
        #expect(made == tone(0.01, seconds: 20) + tone(0.5, seconds: 5))
    }

    @Test func aLoudPartLaterLowersTheGainFromThereOn() async throws {
        let made = try await heard(tone(0.01, seconds: 40) + tone(2, seconds: 40))
        #expect(made.count == 80 * 16_000)
        #expect(abs((made.prefix(16_000).max() ?? 0) - 0.25) < 1e-6)
        #expect(abs((made.max() ?? 0) - 1) < 1e-6)
        #expect(made.last.map(abs) == 1)
    }
}
