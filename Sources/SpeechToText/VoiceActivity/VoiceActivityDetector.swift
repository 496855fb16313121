public import OnnxRuntime
public import WorkScheduling

/// Finds speech in audio, with Silero VAD.
///
/// One instance serves any number of signals at once; the memory of a signal is in its
/// ``VoiceActivityStream``.
public final class VoiceActivityDetector: Sendable {
    /// Hertz of the audio that it accepts.
    public static let sampleRate = 16_000

    private let model: any SpeechProbabilityModel

    /// - Parameter path: `silero_vad_16k_sequence.onnx`.
    /// - Throws: `model_not_installed` when the file can't be loaded or is another model.
    public convenience init(modelAt path: String, runtime: OnnxRuntime) throws {
        self.init(model: try SileroModel(modelAt: path, runtime: runtime))
    }

    init(model: any SpeechProbabilityModel) {
        self.model = model
    }

    /// Ranges of samples with speech, in order and apart from each other.
    ///
    /// - Parameter samples: mono, 16 kHz.
    public func speech(
        in samples: [Float], options: SpeechSegmenter.Options = .transcription, ticket: WorkTicket
    ) async throws -> [Range<Int>] {
        var stream = makeStream(options: options, ticket: ticket)
        var found: [Range<Int>] = []
        // Blocks bound the memory of one run.
        let block = 500 * SpeechSegmenter.frameSamples
        for start in stride(from: 0, to: samples.count, by: block) {
            found += try await stream.append(Array(samples[start..<min(samples.count, start + block)]))
        }
        return found + (try await stream.finish())
    }

    /// Begins a signal that comes in pieces.
    ///
    /// - Parameter ticket: of the listening request.
    public func makeStream(
        options: SpeechSegmenter.Options = .transcription, ticket: WorkTicket
    ) -> VoiceActivityStream {
        VoiceActivityStream(model: model, options: options, ticket: ticket)
    }
}
