import WorkScheduling

/// Speech in one signal that comes in pieces of any size.
public struct VoiceActivityStream: Sendable {
    /// Samples of the previous frame that the model sees again.
    private static let contextSamples = 64

    private let model: any SpeechProbabilityModel
    private var segmenter: SpeechSegmenter
    private var state = SpeechProbabilityState()
    private var context = [Float](repeating: 0, count: contextSamples)
    /// The audio heard before, as far as ``VoiceEvidence`` needs it.
    private var heard: [Float] = []
    /// Probabilities of the last frames.
    private var probabilities: [Float] = []
    /// Samples of an unfinished frame.
    private var rest: [Float] = []
    /// Samples taken so far.
    public private(set) var sampleCount = 0
    private let ticket: WorkTicket

    init(model: any SpeechProbabilityModel, options: SpeechSegmenter.Options, ticket: WorkTicket) {
        self.model = model
        self.ticket = ticket
        segmenter = SpeechSegmenter(options: options)
    }

    /// See ``SpeechSegmenter/openSpeech``.
    public var openSpeech: Range<Int>? { segmenter.openSpeech }

    /// See ``SpeechSegmenter/earliestUndecided``.
    public var earliestUndecided: Int { segmenter.earliestUndecided }

    /// Takes the next samples.
    ///
    /// - Parameter samples: mono, 16 kHz.
    /// - Returns: ranges of samples with speech that are final, counted from the start of the signal; usually none.
    public mutating func append(_ samples: [Float]) async throws -> [Range<Int>] {
        sampleCount += samples.count
        rest += samples
        let frames = rest.count / SpeechSegmenter.frameSamples
        guard frames > 0 else { return [] }
        let used = frames * SpeechSegmenter.frameSamples
        let found = try await segment(Array(rest[..<used]), frames: frames)
        rest.removeFirst(used)
        return found
    }

    /// Ends the signal; the stream must not be used afterwards.
    public mutating func finish() async throws -> [Range<Int>] {
        var found: [Range<Int>] = []
        if !rest.isEmpty {
            let silence = [Float](repeating: 0, count: SpeechSegmenter.frameSamples - rest.count)
            found = try await segment(rest + silence, frames: 1)
            rest = []
        }
        return found + segmenter.finish(sampleCount: sampleCount)
    }

    private mutating func segment(_ samples: [Float], frames: Int) async throws -> [Range<Int>] {
        let size = SpeechSegmenter.frameSamples
        let seen = context + samples
        var input: [Float] = []
        input.reserveCapacity(frames * (Self.contextSamples + size))
        for frame in 0..<frames { input += seen[frame * size..<(frame + 1) * size + Self.contextSamples] }
        let before = probabilities.count
        probabilities += try await model.probabilities(
            frames: input, count: frames, state: &state, ticket: ticket)
        context = Array(seen.suffix(Self.contextSamples))
        let found = advance(heard + samples, from: heard.count, before: before)
        heard = Array((heard + samples).suffix(VoiceEvidence.samples))
        probabilities = probabilities.suffix(2)
        return found
    }

    /// - Parameters:
    ///   - known: samples; the frames begin at `start`.
    ///   - before: number of the probabilities that belong to earlier frames.
    private mutating func advance(_ known: [Float], from start: Int, before: Int) -> [Range<Int>] {
        var found: [Range<Int>] = []
        for index in before..<probabilities.count {
            let end = start + (index - before + 1) * SpeechSegmenter.frameSamples
            let recent = known[..<min(end, known.count)].suffix(VoiceEvidence.samples)
            let last = probabilities[...index].suffix(3)
            found += segmenter.append(Double(probabilities[index])) {
                VoiceEvidence.isVoice(recent, probabilities: last)
            }
        }
        return found
    }
}
