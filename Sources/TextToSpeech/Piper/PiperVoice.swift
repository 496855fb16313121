import BridgeSupport
public import EspeakNG
public import Foundation
public import OnnxRuntime
public import WorkScheduling

/// A Piper voice: a VITS network and its `.onnx.json`, spoken exactly as piper-tts 1.8.0 speaks it.
///
/// Two deviations: a sentence of more than 400 phonemes (about half a minute) is spoken in pieces, so that memory stays
/// bounded whatever the text, see ``phonemeLimit(speed:)``; and the text is prepared, unless `preparesText` is false: letters and spaces
/// are brought into the forms that espeak-ng reads, a line is a sentence, and nothing is lost of long stretches without punctuation.
public final class PiperVoice: VoiceBackend {
    /// The two random amplitudes of the network.
    public struct Noise: Sendable, Hashable {
        /// Amplitude of the noise in the latent.
        public var scale: Float
        /// Amplitude of the noise in the durations.
        public var w: Float

        /// Amplitudes that the voice was not made with change how it sounds.
        public init(scale: Float, w: Float) {
            self.scale = scale
            self.w = w
        }

        /// Makes the sound a function of the text alone, for comparisons. Real voices sound flat with it.
        public static let none = Noise(scale: 0, w: 0)
    }

    /// As it was loaded.
    public let voiceID: String
    /// Hertz, from the voice's configuration.
    public let sampleRate: Int
    /// Names in the order of their numbers; empty for one speaker.
    public let speakers: [String]
    /// Of the voice of espeak-ng that reads for it.
    public var language: String? { configuration.espeakVoice }
    /// Unless its phonemes are the letters of the text.
    public var takesPhonemes: Bool { configuration.phonemeType == .espeak }
    private let configuration: PiperConfiguration
    private let network: PiperNetwork
    private let phonemizer: PiperPhonemizer
    private let noise: Noise
    private let speakerChoice: SpeakerChoice
    private let preparesText: Bool

    /// - Parameters:
    ///   - model: the `.onnx` file.
    ///   - config: the `.onnx.json` file.
    ///   - preparesText: whether the text is brought into the form that espeak-ng reads best. If false, it is spoken literally as in
    ///     piper-tts, which drops the end of long clauses.
    ///   - noise: overrides the amplitudes in `config`.
    /// - Throws: `model_not_installed` naming the file at fault and why.
    public init(
        voiceID: String, model: URL, config: URL, runtime: OnnxRuntime, espeak: EspeakNG, preparesText: Bool = true,
        noise: Noise? = nil
    ) throws {
        configuration = try PiperConfiguration(contentsOf: config, voiceID: voiceID)
        if configuration.phonemeType == .espeak, try !espeak.hasVoice(configuration.espeakVoice) {
            throw ServiceError.unusableVoice(
                voiceID, file: config.lastPathComponent,
                reason: """
                    it needs the espeak-ng voice "\(configuration.espeakVoice)", which espeak-ng \(espeak.version) \
                    on this machine does not have (package espeak-ng-data)
                    """)
        }
        network = try PiperNetwork(
            voiceID: voiceID, model: model, speakerCount: configuration.speakerCount, runtime: runtime)
        phonemizer = PiperPhonemizer(configuration: configuration, espeak: espeak)
        self.voiceID = voiceID
        self.preparesText = preparesText
        self.noise = noise ?? Noise(scale: configuration.noiseScale, w: configuration.noiseW)
        sampleRate = configuration.sampleRate
        speakerChoice = SpeakerChoice(voiceID: voiceID, configuration)
        speakers = speakerChoice.names
    }

    /// The most phonemes that are spoken at once: 400, or fewer if slow speech makes more sound of each; 150 at the slowest speed
    /// that requests may ask for, and even fewer for a slow voice.
    ///
    /// A network of medium quality needs about 25 MB for each second that it speaks at once.
    public static func phonemeLimit(speed: Double) -> Int {
        Int(max(150 * min(1, 4 * speed), 400 * min(1, speed)))
    }

    /// Checks the speaker at once, and reads the text as sentences are asked for.
    public func sentences(of request: SynthesisRequest, ticket: WorkTicket) async throws -> any SentenceSequence {
        let speaker = try speakerChoice.number(request.speaker)
        return Sentences(
            voice: self, request: request, ticket: ticket, speaker: speaker,
            reading: await phonemizer.reading(of: request.text, prepares: preparesText))
    }

    private struct Sentences: AsyncSequence, AsyncIteratorProtocol, Sendable {
        let voice: PiperVoice
        let request: SynthesisRequest
        let ticket: WorkTicket
        let speaker: Int
        var reading: PhonemeReading
        /// The rest of the current sentence.
        var pieces: ArraySlice<PhonemizedSentence> = []
        var index = 0

        func makeAsyncIterator() -> Self { self }

        mutating func next() async throws -> SpokenSentence? {
            try Task.checkCancellation()
            guard let piece = try await nextPiece() else { return nil }
            var samples = try await voice.speak(piece, for: request, ticket: ticket, speaker: speaker)
            if index > 0, !piece.continues {
                let silence = Int(Double(voice.sampleRate) * (request.sentenceSilence ?? 0))
                samples.insert(contentsOf: repeatElement(0, count: silence), at: 0)
            }
            defer { index += 1 }
            return SpokenSentence(
                index: index, text: piece.text.trimmed, samples: samples, phonemes: piece.phonemes.joined().trimmed,
                continues: piece.continues)
        }

        private mutating func nextPiece() async throws -> PhonemizedSentence? {
            if let piece = pieces.popFirst() { return piece }
            let next = try await Stage.phonemes.measure { try await reading.next() }
            guard let sentence = next else { return nil }
            let limit = PiperVoice.phonemeLimit(speed: request.speed / voice.configuration.lengthScale)
            pieces = await asideWhereLong(sentence.text.utf8.count) { sentence.pieces(limit: limit) }[...]
            return pieces.popFirst()
        }
    }

    private func speak(
        _ piece: PhonemizedSentence, for request: SynthesisRequest, ticket: WorkTicket, speaker: Int
    ) async throws -> [Float] {
        let scales = PiperNetwork.Scales(
            noise: noise.scale, length: Float(configuration.lengthScale / request.speed), noiseW: noise.w)
        // Between two sentences of a long text, other work gets its turn.
        var samples = try await network.speak(
            configuration.ids(of: piece.phonemes), scales: scales, speaker: speaker, ticket: ticket)
        SentenceLoudness.adjust(&samples, normalize: request.normalize, volume: request.volume ?? 1)
        return samples
    }
}
