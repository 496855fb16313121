import EspeakProtocol
import Synchronization

extension EspeakNG {
    /// Words a minute that can be spoken; rates outside the range are clamped.
    public static let rates = SpeechRate.all
    /// Words a minute of ordinary speech.
    public static let normalRate = SpeechRate.normal

    /// Speaks `text` with the library's own synthesiser; mono, -1…1, at ``sampleRate``.
    ///
    /// Other callers may be waiting, so pass one sentence at a time. Cancelling the task stops it within 60 ms of sound.
    ///
    /// The same text does not give the same samples each time: the library reads past the end of its list of phonemes, where phonemes
    /// of earlier texts still stand, so that each pause after a clause varies by up to 60 ms, and all the words of a sentence
    /// together by up to 25. The library offers no way to clear that list.
    ///
    /// - Parameters:
    ///   - rate: words a minute, see ``rates``.
    ///   - endPause: whether the pause after a sentence is part of the sound.
    ///   - hasMnemonics: whether `[[` and `]]` enclose mnemonics, see ``EspeakAlphabet``. Without it they are text.
    /// - Throws: `model_not_installed` for a voice that the library does not have, `internal` for a text that it fails on;
    ///   `CancellationError`.
    public func speak(
        _ text: String, voice: String, rate: Int = normalRate, endPause: Bool = false, hasMnemonics: Bool = false
    ) async throws -> [Float] {
        var request = FrameWriter()
        request.frame(.speak) {
            $0.string(voice)
            $0.uint16(UInt16(min(max(rate, Self.rates.lowerBound), Self.rates.upperBound)))
            $0.bool(endPause)
            $0.bool(hasMnemonics)
            $0.string(Self.readable(text))
        }
        return try await ask(request, of: voice) { Sound() }.samples
    }
}

/// Collects sound as it arrives.
private final class Sound: AnswerFrames {
    private let pieces = Mutex<[[Int16]]>([])

    var samples: [Float] {
        pieces.withLock { pieces in
            var samples: [Float] = []
            samples.reserveCapacity(pieces.reduce(0) { $0 + $1.count })
            for piece in pieces { samples.append(contentsOf: piece.lazy.map { Float($0) / 32768 }) }
            return samples
        }
    }

    func take(_ frame: Frame) throws {
        guard frame.kind == .sound else { throw MalformedFrame() }
        var fields = FieldReader(frame)
        let samples = try fields.samples()
        pieces.withLock { $0.append(samples) }
    }
}
