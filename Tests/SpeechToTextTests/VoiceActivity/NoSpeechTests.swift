import Audio
import Foundation
import Testing

@testable import SpeechToText

/// Music that Silero alone takes for speech. `./jarvis bench faults sounds` plays 64 sounds to a whole server.
@Suite(.timeLimit(.minutes(5))) struct NoSpeechTests {
    struct Tune: Sendable, CustomTestStringConvertible {
        var name: String
        /// Semitones below middle C, where it begins.
        var key: Int
        var harmonics: [Double]
        var seconds: Double
        var vibrato = 0.0
        var decay: Double?
        var testDescription: String { "\(name) \(key)" }

        /// Ten notes of a major scale, in fourths.
        var samples: [Float] {
            let scale = [0, 2, 4, 5, 7, 9, 11, 12]
            let notes = (0..<10).flatMap { note(261.6 * exp2(Double(key + scale[$0 * 3 % 8] - 12) / 12)) }
            let peak = notes.map(abs).max() ?? 1
            return notes.map { Float($0 / peak / 2) }
        }

        private func note(_ pitch: Double) -> [Double] {
            (0..<Int(seconds * 16_000)).map { index in
                let time = Double(index) / 16_000
                let phase =
                    2 * Double.pi * pitch * time - vibrato * pitch / 5.5 * cos(2 * Double.pi * 5.5 * time)
                let tone = harmonics.enumerated().reduce(0) { $0 + $1.element * sin(Double($1.offset + 1) * phase) }
                let level = min(1, time / 0.02, (seconds - time) / 0.02) * (decay.map { exp(-time / $0) } ?? 1)
                return tone * level
            }
        }
    }

    static let flute: [Double] = [1, 0.25, 0.08, 0.03]
    static let brass = [0.6, 1, 0.9, 0.7, 0.5, 0.35, 0.25, 0.15]
    static let piano = [1, 0.6, 0.35, 0.2, 0.12, 0.08, 0.05]
    static let reed = [1, 0.2, 0.7, 0.15, 0.5, 0.1, 0.3]
    static let tunes =
        [0, 3, 6, 9].map { Tune(name: "flute", key: $0, harmonics: flute, seconds: 0.4, vibrato: 0.006) }
        + [3, 6].map { Tune(name: "brass", key: $0, harmonics: brass, seconds: 0.5) }
        + [0, 3, 6, 9, 12].map { Tune(name: "piano", key: $0, harmonics: piano, seconds: 0.2, decay: 0.25) }
        + [6, 9].map { Tune(name: "reed", key: $0, harmonics: reed, seconds: 0.4, vibrato: 0.004) }
        + [Tune(name: "whistle", key: 3, harmonics: [1], seconds: 0.5)]

    @Test(arguments: tunes)
    func musicIsNoSpeech(tune: Tune) async throws {
        let detector = try VoiceActivityDetectorTests.detector.get()
        var silero = SpeechSegmenter.Options.transcription
        silero.requiresVoice = false
        #expect(!(try await detector.speech(in: tune.samples, options: silero)).isEmpty, "Else it shows nothing.")
        for options in [SpeechSegmenter.Options.transcription, .stretches(upTo: .seconds(8))] {
            #expect(try await detector.speech(in: tune.samples, options: options).isEmpty)
        }
    }

    @Test func speechStaysSpeechAmongMusic() async throws {
        let detector = try VoiceActivityDetectorTests.detector.get()
        let voice = try TestSignals.named("speech")
        let tune = Self.tunes[0].samples
        let gap = [Float](repeating: 0, count: 3 * 16_000)
        let found = try await detector.speech(in: tune + gap + voice + gap + tune)
        let place = tune.count + gap.count..<tune.count + gap.count + voice.count
        #expect(!found.isEmpty && found.allSatisfy { $0.overlaps(place) })
        let alone = try await detector.speech(in: voice).reduce(0) { $0 + $1.count }
        #expect(found.reduce(0) { $0 + $1.count } > alone * 4 / 5)
    }

    /// Pure, with a model that calls everything speech: the gate must let go of what it holds.
    @Test func whatIsInDoubtForLongIsLetGo() {
        var segmenter = SpeechSegmenter(options: .transcription)
        var farthest = 0
        for frame in 0..<10_000 {
            #expect(segmenter.append(1) { false }.isEmpty)
            #expect(segmenter.openSpeech == nil)
            farthest = max(farthest, (frame + 1) * 512 - segmenter.earliestUndecided)
        }
        #expect(farthest <= 31 * 16_000)
        #expect(segmenter.finish(sampleCount: 10_000 * 512).isEmpty)
    }

    @Test func aVoiceThatIsFoundLateCountsFromTheStart() {
        var segmenter = SpeechSegmenter(options: .transcription)
        for frame in 0..<20 { _ = segmenter.append(1) { frame == 15 } }
        #expect(segmenter.finish(sampleCount: 20 * 512) == [0..<20 * 512])
    }

    @Test func everyStretchNeedsAVoiceOfItsOwn() {
        var segmenter = SpeechSegmenter(options: .transcription)
        var found: [Range<Int>] = []
        for frame in 0..<400 {
            let isSpeech = frame < 20 || (200..<220).contains(frame)
            found += segmenter.append(isSpeech ? 1 : 0) { frame < 20 }
        }
        found += segmenter.finish(sampleCount: 400 * 512)
        #expect(found.count == 1 && found.first?.lowerBound == 0)
    }
}
