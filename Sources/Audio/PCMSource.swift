/// Mono float32 audio, in [-1, 1] but for overshoot, read forward once, so that a 3-hour file needs the memory of a few seconds.
public protocol PCMSource: AnyObject, Sendable {
    /// Hertz.
    var sampleRate: Int { get }
    /// The next samples, at most `count` and at least one; empty at the end.
    ///
    /// - Throws: `undecodable_audio` when the bytes turn out not to be audio.
    func read(_ count: Int) async throws -> [Float]
    /// How long all of it lasts, where that is known before it is read; nil elsewhere.
    ///
    /// - Throws: what opening the audio throws.
    var duration: Duration? { get async throws }
    /// What is odd about what was read so far and was worked around, a sentence each.
    var warnings: [String] { get async }
}

extension PCMSource {
    public var duration: Duration? { get async throws { nil } }
    public var warnings: [String] { get async { [] } }
}
