import Audio
import BridgeSupport
import BridgeTesting
import Foundation
import OnnxRuntime
import Synchronization
import Testing
import WorkScheduling

@testable import SpeechToText

/// Says that speech is wherever a frame is louder than a whisper.
private struct LoudnessModel: SpeechProbabilityModel {
    /// How urgent each look at the sound was.
    let urgencies = Watched<[Urgency]>([])

    func probabilities(
        frames: [Float], count: Int, state: inout SpeechProbabilityState, ticket: WorkTicket
    ) async throws -> [Float] {
        urgencies.update { $0.append(ticket.urgency) }
        return (0..<count).map { frame in
            let samples = frames[(frame * 576 + 64)..<((frame + 1) * 576)]
            return samples.contains { abs($0) > 0.05 } ? 0.9 : 0.02
        }
    }
}

@Suite(.timeLimit(.minutes(5))) struct WhisperBackendTests {
    private func request(_ samples: [Float], _ change: (inout TranscriptionRequest) -> Void = { _ in })
        -> TranscriptionRequest
    {
        var request = TranscriptionRequest(
            audio: AudioInput(samples: samples), language: "fr", vad: false)
        change(&request)
        return request
    }

    private func clip(_ name: String) throws -> [Float] {
        try ClipRecipe.render(try #require(try ClipRecipe.clips()[name]))
    }

    @Test(arguments: ["whisper-multilingual", "whisper-english", "whisper-v3", "whisper-nano"])
    func whisperKeepsThePromisesOfABackend(model: String) async throws {
        try await SpeechConformance(WhisperFixtures.backend(model), speech: clip("speech-fr-1")).run()
    }

    @Test func theFakeKeepsThePromisesOfABackend() async throws {
        try await SpeechConformance(FakeSpeechBackend(), speech: [Float](repeating: 0.1, count: 40_000)).run()
    }

    @Test(arguments: [100, 16_000, 700_000])
    func silenceIsNoText(_ count: Int) async throws {
        let backend = try WhisperFixtures.backend("whisper-multilingual")
        let made = try await backend.transcribe(request([Float](repeating: 0.0005, count: count)) { $0.language = nil })
        { _ in
            Issue.record("a segment of silence")
        }
        #expect(made.text.isEmpty && made.segments.isEmpty && made.language == nil && made.confidence == 0)
        #expect(abs(made.audioDuration - Double(count) / 16_000) < 1e-9)
    }

    @Test func nothingIsNoText() async throws {
        let backend = try WhisperFixtures.backend("whisper-multilingual")
        let events = try await backend.transcribe(
            request([0]), audio: MemoryPCMSource(samples: [], sampleRate: 16_000), ticket: .alone())
        guard case .done(let made)? = try await events.next() else {
            Issue.record("a segment of nothing")
            return
        }
        #expect(made.text.isEmpty && made.segments.isEmpty && made.audioDuration == 0)
    }

    @Test func aLoudMomentInSilenceIsHeard() {
        var samples = [Float](repeating: 0, count: 480_000)
        #expect(isNearSilent(samples))
        for index in 240_000..<241_600 { samples[index] = index % 2 == 0 ? 0.01 : -0.01 }
        #expect(!isNearSilent(samples))
    }

    /// The last block may be shorter than 100 ms.
    @Test(arguments: [1, 800, 1599, 1600])
    func aLoudEndIsHeardHoweverShort(count: Int) {
        let quiet = [Float](repeating: 0, count: 1600)
        #expect(!isNearSilent(quiet + [Float](repeating: 0.01, count: count)))
        #expect(isNearSilent(quiet + [Float](repeating: 0.0009, count: count)))
        #expect(isNearSilent([Float]()))
    }

    /// A long file that were listened to as somebody's command would keep commands waiting.
    @Test(arguments: [Urgency.interactive, .long])
    func speechIsLookedForAsUrgentlyAsItIsAskedFor(urgency: Urgency) async throws {
        let model = LoudnessModel()
        let backend = try WhisperFixtures.backend("whisper-multilingual", vad: VoiceActivityDetector(model: model))
        let asked = request(try clip("speech-fr-1")) {
            $0.vad = true; $0.temperature = 0
        }
        _ = try await backend.transcribe(asked, ticket: .alone(urgency)) { _ in }
        #expect(Set(model.urgencies.value) == [urgency])
    }

    @Test func vadCutsSilenceOutAndTimesAreThoseOfTheOriginal() async throws {
        let detector = VoiceActivityDetector(model: LoudnessModel())
        let backend = try WhisperFixtures.backend("whisper-multilingual", vad: detector)
        let speech = try clip("speech-fr-1")
        let silence = [Float](repeating: 0.001, count: 16_000 * 12)
        let made = try await backend.transcribe(
            request(silence + speech + silence) {
                $0.vad = true; $0.temperature = 0
            }
        ) { _ in }
        let first = try #require(made.segments.first)
        #expect(first.start > 11)
        let end = 12 + Double(speech.count) / 16_000 + 1
        #expect(made.segments.allSatisfy { $0.start <= $0.end && $0.end <= end })
        #expect(abs(made.audioDuration - 24 - Double(speech.count) / 16_000) < 1e-6)
    }

    @Test func vadOnSilenceNeverAsksTheModel() async throws {
        let backend = try WhisperFixtures.backend(
            "whisper-multilingual", vad: VoiceActivityDetector(model: FrameRecorder()))
        let noise = try clip("noise-quiet")
        let made = try await backend.transcribe(
            request(noise) {
                $0.vad = true; $0.language = nil
            }
        ) { _ in }
        #expect(made.text.isEmpty && made.language == nil)
        #expect(abs(made.audioDuration - 5) < 1e-9)
        let asked = try await backend.transcribe(request(noise) { $0.language = nil }) { _ in }
        #expect(asked.language != nil, "without vad the model hears it")
    }

    @Test func confidenceIsThatOfTheWords() async throws {
        let backend = try WhisperFixtures.backend("whisper-multilingual")
        let samples = try clip("speech-both")
        let job = WindowJob(
            samples: samples, frames: samples.count / 160, language: "fr", task: .transcribe, previous: [],
            temperatures: [0], beamSize: 1, wantsWords: false, seed: 0)
        let window = try backend.decoder.decode(job, permit: nil)
        let made = try await backend.transcribe(request(samples) { $0.temperature = 0 }) { _ in }
        var expected: [Double] = []
        var rest = Array(zip(window.tokens, window.logProbabilities))[...]
        for segment in window.cut.segments {
            let words = rest.prefix(segment.tokens.count).filter { $0.0 < backend.decoder.special.endOfText }
            rest = rest.dropFirst(segment.tokens.count)
            let text = backend.decoder.vocabulary.decode(words.map(\.0))
            guard segment.start != segment.end, !text.allSatisfy(\.isWhitespace) else { continue }
            expected.append(exp(words.reduce(0) { $0 + Double($1.1) } / Double(words.count)))
        }
        try #require(!expected.isEmpty)
        let given = made.segments.prefix(expected.count).map(\.confidence)
        #expect(zip(given, expected).allSatisfy { abs($0 - $1) < 1e-6 }, "\(given) \(expected)")
    }

    @Test func segmentsComeInOrder() async throws {
        let backend = try WhisperFixtures.backend("whisper-multilingual")
        let seen = Mutex<[TranscribedSegment]>([])
        let made = try await backend.transcribe(request(try clip("speech-both"))) { segment in
            seen.withLock { $0.append(segment) }
        }
        #expect(seen.withLock { $0 } == made.segments)
        #expect(made.segments.map(\.id) == Array(0..<made.segments.count))
        // Each has its own.
        if made.segments.count > 2 { #expect(Set(made.segments.map(\.confidence)).count > made.segments.count / 2) }
        #expect(made.segments.allSatisfy { (0...1).contains($0.confidence) && !$0.text.isEmpty && $0.start < $0.end })
    }

    @Test func unknownLanguageNamesTheKnownOnes() async throws {
        let backend = try WhisperFixtures.backend("whisper-multilingual")
        await #expect {
            _ = try await backend.transcribe(request([0.1]) { $0.language = "xx" }) { _ in }
        } throws: { error in
            let error = error as? ServiceError
            return error?.code == .invalidRequest && error?.param == "language"
                && error?.message.contains("fr, ja") == true
        }
    }

    @Test(arguments: ["FR", "French", "fr-FR"])
    func languagesAreAnsweredByTheirCode(_ language: String) async throws {
        let backend = try WhisperFixtures.backend("whisper-multilingual")
        let made = try await backend.transcribe(request(try clip("tone-440")) { $0.language = language }) { _ in }
        #expect(made.language == "fr")
    }

    /// Whisper hears a short "Bonjour" as Russian; where two languages are spoken, it is one of them.
    @Test func aLanguageIsChosenAmongTheCandidates() async throws {
        let backend = try WhisperFixtures.backend("whisper-v3")
        let clip = try clip("tone-440")
        let heard = { (candidates: [String]?) in
            let made = try await backend.transcribe(
                request(clip) { ($0.language, $0.languages) = (nil, candidates) }
            ) { _ in }
            return (try #require(made.language), try #require(made.languageProbability))
        }
        let (first, probability) = try await heard(nil)
        var share = 0.0
        for code in backend.languages {
            let (language, probability) = try await heard([code])
            #expect(language == code)
            share += probability
        }
        #expect(abs(share - 1) < 1e-4, "shares among all languages")
        #expect(try await heard(backend.languages.filter { $0 != first }).0 != first)
        #expect(try await heard([first, "fr"]) == (first, probability))
        let asked = try await backend.transcribe(request(clip) { ($0.language, $0.languages) = ("fr", ["en"]) }) { _ in
        }
        #expect(asked.language == "fr" && asked.languageProbability == nil)
    }

    @Test func aModelKnowsWhatItWasTaught() async throws {
        let backend = try WhisperFixtures.backend("whisper-nano")
        #expect(backend.languages == ["en", "fr"])
        await #expect {
            _ = try await backend.transcribe(request([0.1]) { $0.language = "de" }) { _ in }
        } throws: { error in
            let error = error as? ServiceError
            return error?.param == "language" && error?.message.contains("It knows: en, fr.") == true
        }
    }

    @Test(arguments: [
        ("whisper-small", "models remove whisper-small', then 'models pull whisper-small'"),
        ("whisper-nano", "models pull whisper-base'"),
    ])
    func aWayToWordTimesIsNamed(_ id: String, _ other: String) async throws {
        let backend = try WhisperBackend(
            modelID: id, directory: WhisperFixtures.url("whisper-english"), vad: nil, runtime: WhisperFixtures.runtime()
        )
        let made = try await backend.transcribe(
            request([Float](repeating: 0, count: 16_000)) {
                $0.language = nil; $0.wordTimestamps = true
            }
        ) { _ in }
        #expect(made.warnings.first?.contains(other) == true)
    }

    @Test func englishOnlyModelsKnowEnglish() async throws {
        let backend = try WhisperFixtures.backend("whisper-english")
        #expect(backend.languages == ["en"])
        await #expect(throws: ServiceError.self) { _ = try await backend.transcribe(request([0.1])) { _ in } }
        await #expect {
            _ = try await backend.transcribe(
                request([0.1]) {
                    $0.language = "en"; $0.task = .translate
                }
            ) { _ in }
        } throws: { ($0 as? ServiceError)?.param == "task" }
        let made = try await backend.transcribe(
            request(try clip("tone-440")) {
                $0.language = nil; $0.wordTimestamps = true
            }
        ) { _ in }
        #expect(made.language == "en")
        #expect(made.segments.allSatisfy { $0.words == nil }, "this export has no cross attentions")
        #expect(made.warnings.count == 1 && made.warnings.first?.hasPrefix("word_timestamps: ") == true)
    }

    @Test func translateChangesThePrompt() async throws {
        let backend = try WhisperFixtures.backend("whisper-multilingual")
        let samples = try clip("chord-low")
        let spoken = try await backend.transcribe(request(samples) { $0.temperature = 0 }) { _ in }
        let translated = try await backend.transcribe(
            request(samples) {
                $0.temperature = 0; $0.task = .translate
            }
        ) { _ in }
        #expect(spoken.text != translated.text)
    }

    @Test func sampledAnswersRepeatWithTheirSeed() async throws {
        var options = WhisperOptions(seed: 1)
        let samples = try clip("tone-3500")
        let text = { (options: WhisperOptions) in
            try await WhisperFixtures.backend("whisper-multilingual", options: options)
                .transcribe(request(samples) { $0.temperature = 0.8 }) { _ in }.text
        }
        let first = try await text(options)
        #expect(try await text(options) == first)
        options.seed = 2
        #expect(try await text(options) != first)
    }

    @Test func theLikeliestOfSeveralSampledAnswersCounts() throws {
        let samples = try clip("tone-3500")
        let job = WindowJob(
            samples: samples, frames: samples.count / 160, language: "fr", task: .transcribe, previous: [],
            temperatures: [0.8], beamSize: 1, wantsWords: false, seed: 0)
        let score = { (bestOf: Int) in
            try WhisperFixtures.backend(
                "whisper-multilingual", options: WhisperOptions(bestOf: bestOf, noSpeechThreshold: nil)
            ).decoder.decode(job, permit: nil).averageLogProbability
        }
        #expect(try score(8) > score(1), "the first of the eight is that one")
    }

    @Test func onlyAnswersThatAreNotTooRandomArePrompts() async throws {
        let samples = Array(try clip("long-95-seconds").prefix(45 * 16_000))
        let text = { (temperature: Double, conditions: Bool) in
            let options = WhisperOptions(noSpeechThreshold: nil, conditionsOnPreviousText: conditions)
            return try await WhisperFixtures.backend("whisper-multilingual", options: options)
                .transcribe(request(samples) { $0.temperature = temperature }) { _ in }.text
        }
        #expect(try await text(0.4, true) != text(0.4, false))
        #expect(try await text(0.6, true) == text(0.6, false))
    }

    @Test func fallbackGoesUpTheLadder() throws {
        let samples = try clip("tone-3500")
        let job = WindowJob(
            samples: samples, frames: samples.count / 160, language: "fr", task: .transcribe, previous: [],
            temperatures: [0, 0.2, 1], beamSize: 1, wantsWords: false, seed: 0)
        let temperature = { (options: WhisperOptions) in
            try WhisperFixtures.backend("whisper-multilingual", options: options).decoder.decode(job, permit: nil)
                .temperature
        }
        #expect(try temperature(WhisperOptions(compressionRatioThreshold: nil, logProbabilityThreshold: nil)) == 0)
        #expect(try temperature(WhisperOptions(compressionRatioThreshold: 0, noSpeechThreshold: nil)) == 1)
        #expect(try temperature(WhisperOptions(logProbabilityThreshold: 0, noSpeechThreshold: nil)) == 1)
        #expect(try temperature(WhisperOptions(logProbabilityThreshold: 0, noSpeechThreshold: 0)) == 0, "silence")
    }

    /// Where nothing looks right, the hottest answer is the least right.
    @Test func theLikeliestOfRejectedAnswersCounts() throws {
        let samples = try clip("tone-3500")
        let likelihood = { (temperatures: [Double]) in
            let job = WindowJob(
                samples: samples, frames: samples.count / 160, language: "fr", task: .transcribe, previous: [],
                temperatures: temperatures, beamSize: 1, wantsWords: false, seed: 0)
            let options = WhisperOptions(compressionRatioThreshold: 0, noSpeechThreshold: nil)
            return try WhisperFixtures.backend("whisper-multilingual", options: options).decoder
                .decode(job, permit: nil).averageLogProbability
        }
        let (greedy, hot) = try (likelihood([0]), likelihood([1]))
        #expect(greedy > hot)
        #expect(try likelihood([0, 1]) == greedy)
    }

    /// One permit, which it gives away at each step, and encoder runs that are ended and repeated.
    @Test(arguments: [1, 3]) func steppingAsideChangesNoWord(beams: Int) async throws {
        let backend = try WhisperFixtures.backend("whisper-multilingual")
        let scheduler = WorkScheduler(permits: 1)
        let samples = try clip("long-95-seconds")
        let short = try clip("speech-both")
        let expected = try await backend.transcribe(request(samples) { $0.beamSize = beams }) { _ in }
        let command = try await backend.transcribe(request(short)) { _ in }
        let isDone = Mutex(false)
        async let long = backend.transcribe(
            request(samples) { $0.beamSize = beams }, ticket: scheduler.ticket(.long)
        ) { _ in }
        async let commands: Int = {
            var count = 0
            while !isDone.withLock({ $0 }) {
                let made = try await backend.transcribe(request(short), ticket: scheduler.ticket(.interactive)) { _ in }
                #expect(made.text == command.text)
                count += 1
                try await Task.sleep(for: .milliseconds(5))
            }
            return count
        }()
        let made = try await long
        isDone.withLock { $0 = true }
        #expect(made.text == expected.text && made.segments == expected.segments)
        #expect(try await commands > 0)
    }

    @Test func cancellingStopsTheWork() async throws {
        let backend = try WhisperFixtures.backend("whisper-multilingual")
        let samples = try clip("long-95-seconds")
        let task = Task {
            try await backend.transcribe(request(samples + samples + samples) { $0.beamSize = 5 }) { _ in }
        }
        try await Task.sleep(for: .milliseconds(200))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
