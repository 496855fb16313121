import Audio

/// Samples of one window, in whole frames.
struct AudioWindow {
    var samples: [Float]
    /// Frames of 10 ms.
    var frames: Int
    /// Whether there is nothing before it or after it.
    var isWhole = false
}

/// Reads a source in windows of up to 30 s, or of one stretch of speech, and keeps no more than 30 s.
struct WindowReader<Source: PCMSource & ~Copyable>: ~Copyable {
    private static var frameSamples: Int { LogMelSpectrogram.hopSamples }
    private static var blockSamples: Int { 32_768 }

    private(set) var audio: SpeechOnlySource<Source>
    /// Samples from `start` on.
    private var held: [Float] = []
    private var start = 0
    private var isFinished = false

    /// - Parameter audio: at 16 kHz.
    init(_ audio: consuming SpeechOnlySource<Source>) {
        self.audio = audio
    }

    private var sampleCount: Int { start + held.count }

    /// The window that begins at `frame`, which never goes back; nil at the end. A partial frame at the end is left out.
    mutating func window(at frame: Int) async throws -> AudioWindow? {
        try await forget(before: frame * Self.frameSamples)
        while held.count < LogMelSpectrogram.windowSamples, !isFinished {
            let block = try await audio.read(Self.blockSamples)
            if block.isEmpty { isFinished = true } else { held += block }
        }
        var frames = min(LogMelSpectrogram.frameCount, held.count / Self.frameSamples)
        if audio.isByStretches { frames = min(frames, (audio.endOfStretch(at: start) - start) / Self.frameSamples) }
        guard frames > 0 else { return nil }
        return AudioWindow(
            samples: Array(held.prefix(frames * Self.frameSamples)), frames: frames,
            isWhole: start == 0 && isFinished && frames == held.count / Self.frameSamples)
    }

    private mutating func forget(before position: Int) async throws {
        while position > sampleCount, !isFinished {
            let block = try await audio.read(min(Self.blockSamples, position - sampleCount))
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
func isNearSilent(_ samples: some Sequence<Float>) -> Bool {
    let block = 1600
    let loudest: Float = 1e-3
    var (energy, count) = (Float(0), 0)
    for sample in samples {
        energy += sample * sample
        count += 1
        guard count == block else { continue }
        if energy > loudest * loudest * Float(block) { return false }
        (energy, count) = (0, 0)
    }
    return energy <= loudest * loudest * Float(count)
}
