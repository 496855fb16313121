/// The final processing of a sentence's sound, as in piper-tts.
enum SentenceLoudness {
    /// - Parameters:
    ///   - normalize: brings the peak to 1; sound below 1e-8 becomes silence.
    ///   - volume: a factor applied after that; values outside -1…1 are then clipped.
    static func adjust(_ samples: inout [Float], normalize: Bool, volume: Double) {
        let peak = normalize ? samples.reduce(Float(0)) { max($0, abs($1)) } : 1
        guard peak >= 1e-8 else {
            samples = [Float](repeating: 0, count: samples.count)
            return
        }
        let volume = Float(volume)
        for index in samples.indices {
            samples[index] = min(1, max(-1, samples[index] / peak * volume))
        }
    }
}
