import Testing

@testable import Audio

@Suite(.timeLimit(.minutes(5))) struct ResamplerTests {
    /// The same signal in blocks of any size gives the same samples as in one block.
    @Test(arguments: [1, 7, 160, 4096, 30_000])
    func blocksOfAnySize(block: Int) throws {
        let samples = sine(440, seconds: 0.5, rate: 44_100)
        var whole = try Resampler(from: 44_100, to: 16_000)
        let expected = try whole.process(samples) + whole.finish()
        var parts = try Resampler(from: 44_100, to: 16_000)
        var actual: [Float] = []
        for start in stride(from: 0, to: samples.count, by: block) {
            actual += try parts.process(Array(samples[start..<min(samples.count, start + block)]))
        }
        actual += try parts.finish()
        #expect(actual.count == expected.count)
        #expect(zip(actual, expected).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    @Test(arguments: [(1000, 16_000), (16_000, 48_000), (768_000, 16_000), (44_100, 44_101), (22_050, 16_000)])
    func lengthFollowsTheRates(rates: (Int, Int)) throws {
        let count = rates.0 / 2
        var resampler = try Resampler(from: rates.0, to: rates.1)
        let out = try resampler.process([Float](repeating: 0.1, count: count)).count + resampler.finish().count
        #expect(abs(out - count * rates.1 / rates.0) <= 1)
    }

    @Test func noSamples() throws {
        var resampler = try Resampler(from: 8000, to: 16_000)
        #expect(try resampler.process([]).isEmpty)
        #expect(try resampler.finish().isEmpty)
    }

    @Test func impossibleRatesAreAnError() {
        #expect(throws: (any Error).self) { _ = try Resampler(from: -1, to: 16_000) }
    }

    @Test func theSourceEndsOnlyOnce() async throws {
        var source = try ResampledSource(MemoryPCMSource(samples: [0, 0, 0], sampleRate: 8000), sampleRate: 16_000)
        #expect(abs(try await source.rest().count - 6) <= 1)
        #expect(try await source.read(10).isEmpty)
    }
}
