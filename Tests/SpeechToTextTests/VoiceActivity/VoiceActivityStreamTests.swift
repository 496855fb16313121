import Audio
import OnnxRuntime
import Testing
import WorkScheduling

@testable import SpeechToText

/// A stand-in for the model: a frame is speech when its last sample is not zero.
struct LoudFrameModel: SpeechProbabilityModel {
    func probabilities(
        frames: [Float], count: Int, state: inout SpeechProbabilityState, ticket: WorkTicket
    ) async throws -> [Float] {
        (0..<count).map { frames[$0 * 576 + 575] == 0 ? 0 : 1 }
    }
}

/// Keeps the frames that it gets.
actor FrameRecorder: SpeechProbabilityModel {
    var seen: [Float] = []

    nonisolated func probabilities(
        frames: [Float], count: Int, state: inout SpeechProbabilityState, ticket: WorkTicket
    ) async throws -> [Float] {
        state.hidden[0] += Float(count)
        await record(frames)
        return Array(repeating: 0, count: count)
    }

    private func record(_ frames: [Float]) { seen += frames }
}

@Suite(.timeLimit(.minutes(5))) struct VoiceActivityStreamTests {
    static let options = SpeechSegmenter.Options(
        minimumSpeech: .milliseconds(90), minimumSilence: .milliseconds(200), padding: .milliseconds(50))

    /// Speech of distinct values where frames say so, silence elsewhere.
    static func signal(speech: [Range<Int>], frames: Int) -> [Float] {
        (0..<frames * 512).map { index in speech.contains { $0.contains(index / 512) } ? Float(index + 1) / 1e6 : 0 }
    }

    @Test(arguments: [1, 100, 512, 1000, 5000])
    func everyFrameIsPrecededByItsContext(block: Int) async throws {
        let samples = (0..<2100).map { Float($0 + 1) }
        let recorder = FrameRecorder()
        var stream = VoiceActivityDetector(model: recorder).makeStream()
        for start in stride(from: 0, to: samples.count, by: block) {
            _ = try await stream.append(Array(samples[start..<min(samples.count, start + block)]))
        }
        _ = try await stream.finish()
        let padded = [Float](repeating: 0, count: 64) + samples + [Float](repeating: 0, count: 5 * 512 - 2100)
        let expected = (0..<5).flatMap { padded[$0 * 512..<$0 * 512 + 576] }
        #expect(await recorder.seen == expected)
        #expect(stream.sampleCount == 2100)
    }

    @Test(arguments: [1, 511, 512, 4096, 100_000])
    func partsOfAnySizeGiveTheSameSpeech(block: Int) async throws {
        let samples = Self.signal(speech: [10..<20, 24..<40, 60..<62, 80..<100], frames: 100).dropLast(100)
        let detector = VoiceActivityDetector(model: LoudFrameModel())
        var stream = detector.makeStream(options: Self.options)
        var found: [Range<Int>] = []
        for start in stride(from: 0, to: samples.count, by: block) {
            found += try await stream.append(Array(samples[start..<min(samples.count, start + block)]))
        }
        found += try await stream.finish()
        #expect(found == [5120 - 800..<20_480 + 800, 80 * 512 - 800..<100 * 512 - 100])
        #expect(found == (try await detector.speech(in: Array(samples), options: Self.options)))
    }

    // MARK: SpeechOnlySource

    @Test(arguments: [100, 512, 33_000])
    func onlySpeechIsHandedOut(block: Int) async throws {
        let samples = Self.signal(speech: [10..<20, 60..<62, 80..<400, 500..<520], frames: 600)
        let detector = VoiceActivityDetector(model: LoudFrameModel())
        var source = SpeechOnlySource(
            MemoryPCMSource(samples: samples, sampleRate: 16_000), detector: detector, options: Self.options)
        var heard: [Float] = []
        while true {
            let next = try await source.read(block)
            if next.isEmpty { break }
            #expect(next.count <= block)
            heard += next
        }
        let ranges = try await detector.speech(in: samples, options: Self.options)
        #expect(ranges.count == 3)
        #expect(heard == ranges.flatMap { samples[$0] })
        #expect(source.originalCount == samples.count)
    }

    @Test func timesMapBack() async throws {
        let samples = Self.signal(speech: [10..<20, 80..<90], frames: 120)
        let detector = VoiceActivityDetector(model: LoudFrameModel())
        var source = SpeechOnlySource(
            MemoryPCMSource(samples: samples, sampleRate: 16_000), detector: detector, options: Self.options)
        while !(try await source.read(10_000)).isEmpty {}
        let first = 10 * 512 - 800..<20 * 512 + 800
        let second = 80 * 512 - 800..<90 * 512 + 800
        #expect(source.originalSample(0) == first.lowerBound)
        #expect(source.originalSample(100) == first.lowerBound + 100)
        #expect(source.originalSample(first.count) == second.lowerBound)
        #expect(source.originalSample(first.count, endOfSpeech: true) == first.upperBound)
        #expect(source.originalSample(first.count + second.count, endOfSpeech: true) == second.upperBound)
    }

    /// Each stretch has whole frames of 10 ms, begins where its speech does, and ends where ``endOfStretch(at:)`` says.
    @Test func stretchesAreToldApart() async throws {
        let samples = Self.signal(speech: [10..<20, 80..<95, 100..<300], frames: 320)
        var options = Self.options
        options.maximumSpeech = .seconds(2)
        let detector = VoiceActivityDetector(model: LoudFrameModel())
        var source = SpeechOnlySource(
            MemoryPCMSource(samples: samples, sampleRate: 16_000), detector: detector, options: options,
            byStretches: true)
        var count = 0
        while case let next = try await source.read(700), !next.isEmpty { count += next.count }
        let ranges = try await detector.speech(in: samples, options: options)
        #expect(ranges.count > 4, "the last speech is longer than a stretch may be")
        var start = 0
        for range in ranges {
            #expect(source.originalSample(start) == range.lowerBound)
            let end = source.endOfStretch(at: start)
            #expect(source.endOfStretch(at: end - 1) == end)
            #expect(end - start == range.count / 160 * 160)
            start = end
        }
        #expect(start == count)
    }

    @Test func windowsEndWithTheirStretch() async throws {
        let samples = Self.signal(speech: [10..<20, 80..<95], frames: 120)
        let detector = VoiceActivityDetector(model: LoudFrameModel())
        let source = SpeechOnlySource(
            MemoryPCMSource(samples: samples, sampleRate: 16_000), detector: detector, options: Self.options,
            byStretches: true)
        var reader = WindowReader(source)
        var windows: [[Float]] = []
        var at = 0
        while let window = try await reader.window(at: at) {
            windows.append(window.samples)
            at += window.frames
        }
        let ranges = try await detector.speech(in: samples, options: Self.options)
        #expect(windows == ranges.map { Array(samples[$0].prefix($0.count / 160 * 160)) })
    }

    @Test func silenceGivesNothing() async throws {
        var source = SpeechOnlySource(
            MemoryPCMSource(samples: [Float](repeating: 0, count: 500_000), sampleRate: 16_000),
            detector: VoiceActivityDetector(model: LoudFrameModel()))
        #expect(try await source.read(16_000).isEmpty)
        #expect(source.originalCount == 500_000)
        #expect(source.originalSample(0) == 0)
    }
}
