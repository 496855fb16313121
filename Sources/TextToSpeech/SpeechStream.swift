public import BridgeSupport
public import SpokenText
import Synchronization

/// The speech of one request, sentence by sentence as it is made: each one is spoken when the previous one has been taken.
///
/// To be read once. It ends with an error if nothing in the text can be spoken, or if the speech becomes too long.
public struct SpeechStream: AsyncSequence, Sendable {
    /// A sentence as its backend made it, at the volume and with the silence that were asked for.
    public typealias Element = SpokenSentence

    /// The voice that speaks.
    public let voice: String
    /// Hertz.
    public let sampleRate: Int
    /// What the voice is given to say.
    public let spoken: SpokenText
    private let captions: Captions
    private let sentences: any SentenceSequence
    private let settings: TextToSpeechService.Settings
    private let progress: Progress

    /// - Parameter elapsed: tells how long ago the request came.
    init(
        _ sentences: any SentenceSequence, saying spoken: SpokenText, of text: String, by voice: any VoiceBackend,
        settings: TextToSpeechService.Settings,
        timings: StageTimings,
        elapsed: @escaping @Sendable () -> Duration
    ) {
        self.spoken = spoken
        captions = Captions(spoken, of: text)
        self.sentences = sentences
        self.voice = voice.voiceID
        sampleRate = voice.sampleRate
        self.settings = settings
        progress = Progress(timings: timings, elapsed: elapsed)
    }

    /// Seconds of speech made so far.
    public var duration: Double { Double(progress.samples) / Double(sampleRate) }

    /// Where the time went so far; the total includes what was done with the sentences.
    public var timings: StageTimings { progress.timings }

    /// From the request to its first sentence; nil before.
    public var firstSentence: Duration? { progress.first }

    /// To be called once; see ``Iterator``.
    public func makeAsyncIterator() -> Iterator {
        Iterator(speech: self, captions: captions, sentences: sentences.makeAsyncIterator())
    }

    /// One reader's place in the speech; a second one would take sentences away from the first.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let speech: SpeechStream
        fileprivate var captions: Captions
        fileprivate var sentences: any AsyncIteratorProtocol<SpokenSentence, any Error>

        /// The next sentence, made now; nil after the last one.
        ///
        /// - Throws: `invalid_request` where nothing could be spoken or the speech is too long; what the voice throws.
        public mutating func next() async throws -> SpokenSentence? {
            let start = speech.progress.elapsed()
            let next = try await sentences.next(isolation: #isolation)
            speech.progress.add(next?.samples.count ?? 0, made: speech.progress.elapsed() - start)
            guard var sentence = next else {
                guard speech.progress.samples > 0 else {
                    throw ServiceError.invalid(
                        "text", "The text holds nothing that the voice \"\(speech.voice)\" can speak.")
                }
                return nil
            }
            guard speech.progress.samples <= speech.settings.maximumSeconds * speech.sampleRate else {
                throw speech.tooLong
            }
            sentence.text = captions.original(of: sentence.text)
            return sentence
        }
    }

    private var tooLong: ServiceError {
        ServiceError.invalid(
            "text",
            "The speech would be longer than the \(settings.maximumSeconds) s that one request may have. Send less text at once, ask for a higher speed, or raise \(settings.maximumSecondsName) in the configuration."
        )
    }
}

extension SpeechStream {
    private final class Progress: Sendable {
        private let state: Mutex<(samples: Int, timings: StageTimings, first: Duration?)>
        let elapsed: @Sendable () -> Duration

        init(timings: StageTimings, elapsed: @escaping @Sendable () -> Duration) {
            state = Mutex((0, timings, nil))
            self.elapsed = elapsed
        }

        var samples: Int { state.withLock { $0.samples } }
        var first: Duration? { state.withLock { $0.first } }

        var timings: StageTimings {
            var timings = state.withLock { $0.timings }
            timings.total = elapsed()
            return timings
        }

        func add(_ samples: Int, made time: Duration) {
            let now = elapsed()
            state.withLock { state in
                if state.samples == 0, samples > 0 { state.first = now }
                state.samples += samples
                state.timings.compute += time
            }
        }
    }
}
