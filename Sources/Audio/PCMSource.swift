/// Mono float32 audio in [-1, 1], read forward once, so that a 3-hour file needs the memory of a few seconds.
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
}

extension PCMSource {
    public var duration: Duration? { get async throws { nil } }
}
