internal import CEspeakNG
internal import CSonic
import BridgeSupport
import Synchronization

extension EspeakNG {
    /// Words a minute that can be spoken; rates outside are brought to the nearest. Above 450 the library compresses the sound in time
    /// with libsonic, which its header does not tell; below its slowest, 80, this module stretches it in the same way.
    public static let rates = 20...700
    /// Words a minute of ordinary speech.
    public static let normalRate = Int(espeakRATE_NORMAL)
    private static let slowestSpokenRate = Int(espeakRATE_MINIMUM)

    /// Speaks `text` with the library's own synthesiser; mono, -1…1, at ``sampleRate``.
    ///
    /// Other callers wait meanwhile, so give it a sentence at a time. Cancelling the task stops it within 60 ms of sound.
    ///
    /// The same text does not give the same samples each time: the library looks behind the end of its list of phonemes, where
    /// those of earlier texts still stand, so that each pause after a clause varies by up to 60 ms, and the words of a sentence
    /// together by up to 25. Nothing that it offers clears that list.
    ///
    /// - Parameters:
    ///   - rate: words a minute, see ``rates``.
    ///   - endPause: whether the pause after a sentence is part of the sound.
    /// - Throws: `model_not_installed` for a voice that the library does not have; `CancellationError`.
    public func speak(_ text: String, voice: String, rate: Int = normalRate, endPause: Bool = false) async throws
        -> [Float]
    {
        let cancellation = SpeechCancellation()
        return try await withTaskCancellationHandler {
            try await exclusively {
                if cancellation.isCancelled { throw CancellationError() }
                try Self.requireVoice(voice)
                let sound = try Self.speak(Self.readable(text), rate: rate, endPause: endPause, cancellation)
                let factor = Double(max(rate, Self.slowestSpokenRate)) / Double(max(rate, Self.rates.lowerBound))
                return factor > 1 ? Self.stretched(sound, by: factor, sampleRate: self.sampleRate) : sound
            }
        } onCancel: {
            cancellation.cancel()
        }
    }

    private static func speak(
        _ text: String, rate: Int, endPause: Bool, _ cancellation: SpeechCancellation
    ) throws -> [Float] {
        let rate = min(max(rate, slowestSpokenRate), rates.upperBound)
        defer { forgetLookAhead() }
        _ = espeak_SetParameter(espeakRATE, Int32(rate), 0)
        recording.withLock { $0 = Recording(cancellation: cancellation) }
        let flags = UInt32(espeakCHARS_UTF8) | (endPause ? UInt32(espeakENDPAUSE) : 0)
        let bytes = Array(text.utf8) + [0]
        let status = unsafe espeak_Synth(bytes, bytes.count, 0, POS_CHARACTER, 0, flags, nil, nil)
        let samples = recording.withLock { recording in
            defer { recording = nil }
            return recording?.samples ?? []
        }
        if cancellation.isCancelled { throw CancellationError() }
        guard status == EE_OK else {
            throw ServiceError(.internal, "espeak-ng could not speak the text (its error \(status.rawValue)).")
        }
        return samples.map { Float($0) / 32768 }
    }

    /// The same sound, `factor` times as long, at the same pitch.
    private static func stretched(_ samples: [Float], by factor: Double, sampleRate: Int) -> [Float] {
        // It works in place, and may round up by less than a period of the lowest voice.
        let room = Int((Double(samples.count) * factor).rounded(.up)) + sampleRate / 10
        var sound = samples + repeatElement(0, count: room - samples.count)
        let length = unsafe sonicChangeFloatSpeed(
            &sound, Int32(clamping: samples.count), Float(1 / factor), 1, 1, 1, 0, Int32(sampleRate), 1)
        return Array(sound.prefix(Int(length)))
    }
}

final class SpeechCancellation: Sendable {
    private let flag = Atomic(false)
    var isCancelled: Bool { flag.load(ordering: .relaxed) }
    func cancel() { flag.store(true, ordering: .relaxed) }
}

private struct Recording {
    var samples: [Int16] = []
    let cancellation: SpeechCancellation
}

/// What the library's callback, a C function without context, writes to. Set only within one turn of the serial queue.
private let recording = Mutex<Recording?>(nil)

/// Takes the sound that the library made; 1 tells it to stop.
func collectSamples(
    _ samples: UnsafeMutablePointer<Int16>?, _ count: Int32, _ events: UnsafeMutablePointer<espeak_EVENT>?
) -> Int32 {
    recording.withLock { recording in
        if let samples = unsafe samples, count > 0 {
            let block = unsafe UnsafeBufferPointer(start: samples, count: Int(count))
            unsafe recording?.samples.append(contentsOf: block)
        }
        return recording?.cancellation.isCancelled == true ? 1 : 0
    }
}
