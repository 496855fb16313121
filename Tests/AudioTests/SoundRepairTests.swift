import Foundation
import Testing

@testable import Audio

@Suite(.timeLimit(.minutes(2))) struct SoundRepairTests {
    private static let rate = 16_000

    /// Syllables of 0.2 s with pauses between them, and noise under it all.
    private static func speech(_ scale: Float, seconds: Double = 2, rate: Int = rate) -> [Float] {
        var random = SplitMix(state: 3)
        return sine(170, seconds: seconds, rate: rate, amplitude: 0.5).enumerated().map { index, sample in
            let noise = Float(Int(random.next() % 2001) - 1000) * 1e-6
            let time = Double(index) / Double(rate)
            return scale * (time.truncatingRemainder(dividingBy: 0.5) < 0.2 ? sample + noise : noise)
        }
    }

    private func repaired(_ samples: [Float], channels: Int = 1, block: Int = 4000) -> ([Float], [String]) {
        var repair = SoundRepair(channels: channels, sampleRate: Self.rate)
        var made: [Float] = []
        for start in stride(from: 0, to: samples.count, by: block * channels) {
            made += repair.process(Array(samples[start..<min(samples.count, start + block * channels)]))
        }
        return (made + repair.finish(), repair.warnings)
    }

    /// `#expect` prints arrays that differ, each of their thousands of samples.
    private func expectSame(
        _ some: some Sequence<Float>, _ others: some Sequence<Float>, at place: SourceLocation = #_sourceLocation
    ) {
        if !some.elementsEqual(others) { Issue.record("The samples differ.", sourceLocation: place) }
    }

    private func expectPeak(_ samples: [Float], atMost most: Float, at place: SourceLocation = #_sourceLocation) {
        let peak = samples.reduce(0) { max($0, abs($1)) }
        #expect(peak <= most, sourceLocation: place)
    }

    // MARK: What stays as it is

    @Test(arguments: [1, 80, 4001, 100_000])
    func whatLiesWithinFullScalePassesBitForBit(block: Int) {
        let speech = Self.speech(1)
        var clicked = speech
        clicked[5000] = 1
        clicked[20_000] = -1
        for samples in [[], [0.7], speech, clicked, speech.map { $0 * 1e-5 }] {
            let (made, warnings) = repaired(samples, block: block)
            expectSame(made, samples)
            #expect(warnings.isEmpty)
        }
    }

    @Test(arguments: [2.9, 32_768, 8_388_608, 2_147_483_648] as [Float])
    func recordingsOfAnyScalePassBitForBit(scale: Float) {
        let speech = Self.speech(scale)
        expectSame(repaired(speech).0, speech)
        let late = repaired([Float](repeating: 0, count: 40_000) + speech).0
        expectSame(late.suffix(speech.count), speech)
        #expect(repaired([scale]).0 == [scale])
    }

    /// Deep voices and hum lie on one side of zero for many frames, and never for long.
    @Test(arguments: [20, 25, 30, 40, 50, 60, 85, 199])
    func deepSoundIsNoOffset(hertz: Double) {
        let deep = sine(hertz, seconds: 3, rate: Self.rate, amplitude: 0.99)
        for start in [0, 131, 200, 333] {
            let part = Array(deep[start...])
            expectSame(repaired(part).0, part)
        }
    }

    @Test func blocksMakeNoDifference() {
        var odd = Self.speech(1).map { $0 + 3 }
        odd[9000] = 1e6
        let whole = repaired(odd, block: odd.count).0
        for block in [1, 79, 1013] { expectSame(repaired(odd, block: block).0, whole) }
    }

    @Test func memoryStaysFlat() {
        var repair = SoundRepair(channels: 2, sampleRate: Self.rate)
        let second = Self.speech(2, seconds: 1).flatMap { [$0, $0] }
        var waiting = 0
        for _ in 0..<20 {
            waiting += second.count - repair.process(second).count
            #expect(waiting <= Self.rate)
        }
        #expect(repair.finish().count == waiting)
    }

    // MARK: Clicks

    @Test(arguments: [1, 10, 100, 700, 1600, 1800], [30, 1e4, 2e9] as [Float])
    func clicksAreCutDownAndTheRestStays(count: Int, height: Float) {
        let speech = Self.speech(1)
        for start in [0, 1600, 16_100, speech.count - count] {
            var clicked = speech
            for index in start..<start + count { clicked[index] = index % 2 == 0 ? height : -height }
            let (made, warnings) = repaired(clicked)
            expectPeak(made, atMost: 2.01)
            expectSame(made[..<start], speech[..<start])
            expectSame(made[(start + count)...], speech[(start + count)...])
            #expect(warnings.count == 1 && warnings.first?.contains("clicks") == true)
        }
    }

    @Test func manyClicksAreCutDownToo() {
        var clicked = Self.speech(1, seconds: 4)
        for start in stride(from: 500, to: clicked.count, by: 1600) { clicked[start] = 1e6 }
        expectPeak(repaired(clicked).0, atMost: 2.01)
    }

    @Test func aClickInSilenceIsFullScaleAtMost() {
        var silence = [Float](repeating: 0, count: 50_000)
        silence[30_000] = 1e4
        expectPeak(repaired(silence).0, atMost: 1)
    }

    @Test(arguments: [32_768, 8_388_608] as [Float])
    func aClickInARecordingOfAnotherScaleIsMeasuredByThat(scale: Float) {
        var clicked = Self.speech(scale)
        clicked[1600] = 2e9
        let (made, _) = repaired(clicked)
        let click = made[1600] / scale
        #expect(abs(click - 2) < 0.1)
        expectSame(made[1601...], clicked[1601...])
    }

    @Test func aClickInOneChannelLeavesTheOtherAlone() {
        let speech = Self.speech(1)
        var clicked = speech
        clicked[4410] = 1e5
        let (made, _) = repaired(zip(speech, clicked).flatMap { [$0, $1] }, channels: 2)
        expectSame(stride(from: 0, to: made.count, by: 2).map { made[$0] }, speech)
        expectPeak([made[8821]], atMost: 2.01)
    }

    // MARK: Offsets

    @Test(arguments: [(5, 1), (-5, 1), (1, 0.01), (0.6, 0.01), (1e4, 0.3), (-3e5, 32_768)] as [(Float, Float)])
    func aLargeOffsetIsTakenOff(offset: Float, scale: Float) {
        let speech = Self.speech(scale)
        let (made, warnings) = repaired(speech.map { $0 + offset })
        #expect(made.count == speech.count)
        let difference = zip(made, speech).map { $0 - $1 }
        let most = Double(0.02 * scale + abs(offset) * 1e-6)
        let found = level(difference)
        #expect(found < most)
        #expect(warnings == ["Its samples do not lie around zero (DC offset); the offset was taken off."])
    }

    /// Households talk to microphones whose offset is a small part of full scale, and as loud as they.
    @Test(arguments: [(0.05, 0.6), (-0.1, 0.2), (0.02, 0.2), (0.05, 0.02), (0.2, 0.02)] as [(Float, Float)])
    func anOffsetThatMattersAgainstTheSoundIsTakenOff(offset: Float, scale: Float) {
        let speech = Self.speech(scale)
        for quiet in [[], [Float](repeating: 0, count: 12_000)] {
            let clean = quiet + speech
            let (made, warnings) = repaired(clean.map { $0 + offset })
            let found = level(zip(made, clean).map { $0 - $1 })
            #expect(found < 0.02 * Double(scale))
            // A user need know where the offset is about as large as the sound.
            #expect(warnings.count == (abs(offset) > scale / 4 ? 1 : 0))
        }
    }

    @Test(arguments: [0.2, 0.5, 0.9], [0.2, 0.5])
    func anOffsetThatSettlesIsFollowed(height: Double, seconds: Double) {
        let clean = [Float](repeating: 0, count: 8000) + Self.speech(0.2)
        let settling = clean.enumerated().map { index, sample in
            sample + Float(height * exp(-Double(index) / Double(Self.rate) / seconds))
        }
        let made = repaired(settling).0
        expectPeak(zip(made, clean).map { $0 - $1 }, atMost: 0.04)
        let found = level(zip(made, clean).map { $0 - $1 })
        #expect(found < 0.004)
    }

    @Test func anOffsetThatDriftsIsFollowed() {
        let speech = Self.speech(0.6, seconds: 4)
        let drifts: [(Double) -> Double] = [{ 0.15 * $0 }, { 0.26 * sin(2 * .pi * 0.3 * $0) }]
        for drift in drifts {
            let drifting = speech.enumerated().map { $1 + Float(drift(Double($0) / Double(Self.rate))) }
            let found = level(zip(repaired(drifting).0, speech).map { $0 - $1 })
            #expect(found < 0.012)
        }
    }

    @Test(arguments: [0.001, 0.003, -0.003] as [Float])
    func anOffsetThatIsLittleAgainstTheSoundStays(offset: Float) {
        let samples = Self.speech(0.6).map { $0 + offset }
        expectSame(repaired(samples).0, samples)
    }

    @Test func anOffsetThatComesAndGoes() {
        let speech = Self.speech(0.5, seconds: 2)
        let (made, _) = repaired(speech + speech.map { $0 + 5 } + speech)
        expectPeak(made, atMost: 1.01)
        expectSame(made.suffix(24_000), speech.suffix(24_000))
    }

    @Test func aClickOnAnOffset() {
        var clicked = Self.speech(0.5).map { $0 + 5 }
        clicked[16_000] = 1e8
        let (made, warnings) = repaired(clicked)
        expectPeak(made, atMost: 1.01)
        #expect(warnings.count == 2)
    }

    @Test func anOffsetOfOppositeSignsInTwoChannelsIsNoOppositePhase() {
        let speech = Self.speech(1)
        var feed = MonoFeed(channels: 2, sampleRate: Self.rate)
        feed.put(speech.flatMap { [$0 + 5, $0 - 5] })
        feed.put([])
        let taken = feed.take(.max)
        #expect(taken.count == speech.count)
        expectPeak(zip(taken, speech).map { $0 - $1 }, atMost: 0.06)
        #expect(feed.warnings.count == 1)
    }

    // MARK: Through the decoder

    private static func floats(_ samples: [Float], rate: Int, channels: Int = 1) -> [UInt8] {
        WAVBytes(
            tag: 3, channels: channels, rate: rate, bits: 32,
            data: samples.flatMap { WAVBytes.little(Int($0.bitPattern), 4) }
        ).bytes
    }

    /// AIFF, which FFmpeg decodes.
    private static func aiff(_ wav: [UInt8]) throws -> [UInt8] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (input, output) = (folder.appendingPathComponent("in.wav"), folder.appendingPathComponent("out.aiff"))
        try Data(wav).write(to: input)
        let tool = Process()
        tool.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        tool.arguments = [
            "ffmpeg", "-nostdin", "-v", "error", "-i", input.path, "-c:a", "pcm_f32be", output.path,
        ]
        try tool.run()
        tool.waitUntilExit()
        return [UInt8](try Data(contentsOf: output))
    }

    /// A resampler that gets the click rings for longer than any click lasts.
    @Test(arguments: [44_100, 48_000], [false, true])
    func aClickIsCutDownBeforeItIsResampled(rate: Int, throughFFmpeg: Bool) async throws {
        let speech = Self.speech(1, seconds: 1.5, rate: rate)
        var clicked = speech
        clicked[rate / 10] = 1e9
        func heard(_ samples: [Float], channels: Int = 1) async throws -> [Float] {
            let wav = Self.floats(samples, rate: rate, channels: channels)
            return try await opened(throughFFmpeg ? try Self.aiff(wav) : wav).all()
        }
        let expected = try await heard(speech)
        #expect(abs(expected.count - 24_000) < 20)
        for made in [
            try await heard(clicked), try await heard(zip(clicked, speech).flatMap { [$0, $1] }, channels: 2),
        ] {
            #expect(made.count == expected.count)
            let difference = level(zip(made, expected).map { $0 - $1 })
            #expect(difference < 0.01)
        }
    }

    @Test(arguments: [8000, 16_000, 44_100, 48_000], [false, true])
    func offsetsOfIntegersAreTakenOffAtEveryRate(rate: Int, throughFFmpeg: Bool) async throws {
        func heard(_ samples: [Float]) async throws -> [Float] {
            let wav = WAVWriter.file(samples, sampleRate: rate)
            return try await opened(throughFFmpeg ? try Self.aiff(wav) : wav).all()
        }
        let speech = Self.speech(0.2, rate: rate)
        let expected = try await heard(speech)
        let made = try await heard(speech.map { $0 + 0.1 })
        #expect(made.count == expected.count)
        let found = level(zip(made, expected).map { $0 - $1 })
        #expect(found < 0.004)
    }

    @Test func whatWasRepairedIsSaid() async throws {
        var samples = Self.speech(1)
        samples[100] = 1e6
        var raw = try await opened(
            samples.flatMap { WAVBytes.little(Int($0.bitPattern), 4) }, encoding: .pcmF32LE)
        #expect(try await raw.rest().max() ?? 9 <= 2.01)
        #expect(raw.warnings == ["audio_data: Lone clicks far above the rest of it were cut down."])
    }
}
