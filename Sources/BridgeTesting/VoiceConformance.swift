import BridgeSupport
public import TextToSpeech

/// What every `VoiceBackend` must do. Each backend's tests run all of it against their own voice.
///
/// A check throws ``ConformanceViolation``.
public struct VoiceConformance: Sendable {
    private let voice: any VoiceBackend
    private let text = "Bonjour tout le monde. Il fait beau ! Et demain ?"

    /// - Parameter voice: ready to speak, in any language.
    public init(_ voice: any VoiceBackend) { self.voice = voice }

    /// - Throws: ``ConformanceViolation`` for the first broken promise, or what the voice throws.
    public func run() async throws {
        try require(!voice.voiceID.isEmpty && voice.sampleRate > 0, "the voice has no name, or no sample rate")
        try await speaksInOrder()
        try await honoursSpeed()
        try await saysNothingOfNothing()
        try await refusesSpeakersThatItLacks()
        try await requireCancellation("speech") { cancel in
            for try await _ in try await voice.sentences(of: SynthesisRequest(text: text), ticket: .alone()) {
                await cancel()
            }
        }
    }

    private func speaksInOrder() async throws {
        let sentences = try await sentences(SynthesisRequest(text: text))
        try require(sentences.count == 3, "three sentences were spoken as \(sentences.count)")
        try require(sentences.map(\.index) == [0, 1, 2], "the sentences are not counted from 0")
        for (sentence, word) in zip(sentences, ["Bonjour", "beau", "demain"]) {
            try require(sentence.text.contains(word), "sentences come in another order, or without their text")
            try require(!sentence.samples.isEmpty, "a sentence has no sound")
            try require(sentence.samples.allSatisfy { abs($0) <= 1 }, "a sample lies outside -1…1")
        }
    }

    private func honoursSpeed() async throws {
        let normal = try await length(SynthesisRequest(text: text))
        let fast = try await length(SynthesisRequest(text: text, speed: 2))
        try require(fast < normal, "twice the speed made no shorter speech")
    }

    private func saysNothingOfNothing() async throws {
        try require(try await sentences(SynthesisRequest(text: " ... ")).isEmpty, "something was spoken of nothing")
    }

    private func refusesSpeakersThatItLacks() async throws {
        for speaker in [SynthesisRequest.Speaker.number(1000), .number(-1), .name("nobody")] {
            do {
                _ = try await sentences(SynthesisRequest(text: text, speaker: speaker))
            } catch let error as ServiceError where error.code == .invalidRequest && error.param == "speaker" {
                continue
            }
            throw ConformanceViolation(description: "a speaker that the voice lacks was not refused")
        }
    }

    private func length(_ request: SynthesisRequest) async throws -> Int {
        try await sentences(request).reduce(0) { $0 + $1.samples.count }
    }

    private func sentences(_ request: SynthesisRequest) async throws -> [SpokenSentence] {
        var gathered: [SpokenSentence] = []
        for try await sentence in try await voice.sentences(of: request, ticket: .alone()) { gathered.append(sentence) }
        return gathered
    }
}
