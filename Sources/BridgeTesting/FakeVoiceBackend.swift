import BridgeSupport
public import TextToSpeech
public import WorkScheduling

/// "Speaks" each sentence as a quiet ramp of 10 ms per character, shorter at a higher speed.
public final class FakeVoiceBackend: VoiceBackend {
    public let voiceID: String
    public let sampleRate: Int
    public let speakers: [String]
    /// Unknown, so that numbers stay figures.
    public var language: String? { nil }
    /// So that a test sees them in the requests.
    public var takesPhonemes: Bool { true }
    private let gate: Gate
    private let weights: (any Sendable)?
    private let failure: Watched<(any Error)?>
    private let recorded = Watched<[SynthesisRequest]>([])

    /// - Parameters:
    ///   - gate: What each sentence waits at; open unless told otherwise.
    ///   - weights: What is held as long as the voice is, and the sentences that it speaks.
    public init(
        voiceID: String = "fake-voice", sampleRate: Int = 22050, speakers: [String] = [],
        gate: Gate = Gate(open: true), weights: (any Sendable)? = nil, failing error: (any Error)? = nil
    ) {
        self.weights = weights
        self.voiceID = voiceID
        self.sampleRate = sampleRate
        self.speakers = speakers
        self.gate = gate
        failure = Watched(error)
    }

    /// The requests so far, in order of arrival.
    public var calls: [SynthesisRequest] { recorded.value }

    /// Makes every later call throw `error`, or work again if it is nil.
    public func fail(with error: (any Error)?) {
        failure.update { $0 = error }
    }

    /// Waits until there were that many requests, whether or not they wait at the gate.
    public func calls(atLeast count: Int) async throws {
        try await recorded.wait { $0.count >= count }
    }

    public func sentences(of request: SynthesisRequest, ticket: WorkTicket) async throws -> any SentenceSequence {
        recorded.update { $0.append(request) }
        if let error = failure.value { throw error }
        try check(request.speaker)
        let sentences = request.text.split(whereSeparator: { ".!?".contains($0) })
            .map { String($0.drop(while: \.isWhitespace)) }
            .filter { !$0.isEmpty }
        return Sentences(voice: self, request: request, texts: sentences)
    }

    /// A voice without names accepts any speaker.
    private func check(_ speaker: SynthesisRequest.Speaker?) throws {
        let isKnown =
            switch speaker {
            case nil: true
            case .number(let number): speakers.indices.contains(number)
            case .name(let name): speakers.contains(name)
            }
        guard speakers.isEmpty || isKnown else { throw ServiceError.invalid("speaker", "There is no such speaker.") }
    }

    private struct Sentences: AsyncSequence, AsyncIteratorProtocol, Sendable {
        let voice: FakeVoiceBackend
        let request: SynthesisRequest
        let texts: [String]
        var index = 0

        func makeAsyncIterator() -> Self { self }

        mutating func next() async throws -> SpokenSentence? {
            guard index < texts.count else { return nil }
            try await voice.gate.pass()
            try Task.checkCancellation()
            defer { index += 1 }
            return SpokenSentence(
                index: index, text: texts[index], samples: voice.samples(texts[index], request),
                phonemes: "/\(texts[index])/")
        }
    }

    private func samples(_ sentence: String, _ request: SynthesisRequest) -> [Float] {
        let count = Int(Double(sentence.count * sampleRate) / 100 / request.speed)
        return (0..<count).map { Float($0 % 100) / 200 }
    }
}
