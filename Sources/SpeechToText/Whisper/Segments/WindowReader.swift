import Audio

/// Reads a source in windows of up to 30 s, or of one stretch of speech, and keeps no more than 30 s.
struct WindowReader {
    /// Samples of one window, in whole frames.
    struct Window {
        var samples: [Float]
        /// Frames of 10 ms.
        var frames: Int
    }

    private static let frameSamples = LogMelSpectrogram.hopSamples
    private static let blockSamples = 32_768

    private let source: any PCMSource
    private let stretches: SpeechOnlySource?
    /// Samples from `start` on.
    private var held: [Float] = []
    private var start = 0
    private var isFinished = false

    /// - Parameters:
    ///   - source: at 16 kHz.
    ///   - stretches: `source` again, where windows are to end with a stretch of speech.
    init(_ source: any PCMSource, stretches: SpeechOnlySource? = nil) {
        self.source = source
        self.stretches = stretches
    }

    /// Samples read so far; all of them once ``window(at:)`` has given nil.
    var sampleCount: Int { start + held.count }

    /// The window that begins at `frame`, which never goes back; nil at the end. Less than a frame at the end is left out.
    mutating func window(at frame: Int) async throws -> Window? {
        try await forget(before: frame * Self.frameSamples)
        while held.count < LogMelSpectrogram.windowSamples, !isFinished {
            let block = try await source.read(Self.blockSamples)
            if block.isEmpty { isFinished = true } else { held += block }
        }
        var frames = min(LogMelSpectrogram.frameCount, held.count / Self.frameSamples)
        if let end = await stretches?.endOfStretch(at: start) {
            frames = min(frames, (end - start) / Self.frameSamples)
        }
        guard frames > 0 else { return nil }
        return Window(samples: Array(held.prefix(frames * Self.frameSamples)), frames: frames)
    }

    private mutating func forget(before position: Int) async throws {
        while position > sampleCount, !isFinished {
            let block = try await source.read(min(Self.blockSamples, position - sampleCount))
            if block.isEmpty { isFinished = true }
            start = sampleCount + block.count
            held = []
        }
        let count = min(max(0, position - start), held.count)
        held.removeFirst(count)
        start += count
    }
}

/// Whether nothing in `samples` is loud enough to be speech: no 100 ms above −60 dBFS.
///
/// Models invent words for silence, so such a window is never sent to one.
func isNearSilent(_ samples: [Float]) -> Bool {
    let block = 1600
    let loudest: Float = 1e-3
    return stride(from: 0, to: samples.count, by: block).allSatisfy { start in
        let part = samples[start..<min(samples.count, start + block)]
        return part.reduce(0) { $0 + $1 * $1 } <= loudest * loudest * Float(part.count)
    }
}
