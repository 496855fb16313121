import WorkScheduling

/// Speech in one signal that comes in pieces of any size.
public struct VoiceActivityStream: Sendable {
    /// Samples of the previous frame that the model sees again.
    private static let contextSamples = 64

    private let model: any SpeechProbabilityModel
    private var segmenter: SpeechSegmenter
    private var state = SpeechProbabilityState()
    /// The audio heard before, as far as ``VoiceEvidence`` and the model need it.
    private var heard = [Float](repeating: 0, count: contextSamples)
    /// Samples of `heard` that are not of the signal: the context of its first frame.
    private var silence = contextSamples
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
        let waiting = rest.isEmpty ? samples : rest + samples
        let frames = waiting.count / SpeechSegmenter.frameSamples
        let used = frames * SpeechSegmenter.frameSamples
        rest = Array(waiting[used...])
        return frames > 0 ? try await segment(waiting[..<used], frames: frames) : []
    }

    /// Ends the signal; the stream must not be used afterwards.
    public mutating func finish() async throws -> [Range<Int>] {
        var found: [Range<Int>] = []
        if !rest.isEmpty {
            let padding = [Float](repeating: 0, count: SpeechSegmenter.frameSamples - rest.count)
            found = try await segment((rest + padding)[...], frames: 1)
            rest = []
        }
        return found + segmenter.finish(sampleCount: sampleCount)
    }

    private mutating func segment(_ samples: ArraySlice<Float>, frames: Int) async throws -> [Range<Int>] {
        let size = SpeechSegmenter.frameSamples
        let known = heard + samples
        var input: [Float] = []
        input.reserveCapacity(frames * (Self.contextSamples + size))
        for frame in 0..<frames {
            let start = heard.count + frame * size
            input += known[start - Self.contextSamples..<start + size]
        }
        let before = probabilities.count
        probabilities += try await model.probabilities(
            frames: input, count: frames, state: &state, ticket: ticket)
        let found = advance(known[silence...], from: heard.count, before: before)
        // A frame is longer than the context.
        heard = Array(known[silence...].suffix(VoiceEvidence.samples))
        silence = 0
        probabilities = probabilities.suffix(2)
        return found
    }

    /// - Parameters:
    ///   - known: samples; the frames begin at `start`.
    ///   - before: number of the probabilities that belong to earlier frames.
    private mutating func advance(_ known: ArraySlice<Float>, from start: Int, before: Int) -> [Range<Int>] {
        var found: [Range<Int>] = []
        for index in before..<probabilities.count {
            let end = start + (index - before + 1) * SpeechSegmenter.frameSamples
            let recent = known[..<min(end, known.endIndex)].suffix(VoiceEvidence.samples)
            let last = probabilities[...index].suffix(3)
            found += segmenter.append(Double(probabilities[index])) {
                VoiceEvidence.isVoice(recent, probabilities: last)
            }
        }
        return found
    }
}
