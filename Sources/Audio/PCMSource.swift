/// Mono float32 audio, in [-1, 1] except for overshoot, read forward once, so that a 3-hour file needs the memory of a few seconds.
///
/// Sources are nested values. The owner of the outermost one owns all of them, and what they hold (bytes, a file, a child
/// process) ends with it.
public protocol PCMSource: ~Copyable, Sendable {
    /// Hertz.
    var sampleRate: Int { get }
    /// The next samples, at most `count` and at least one; empty at the end.
    ///
    /// - Throws: `undecodable_audio` when the bytes turn out not to be audio.
    mutating func read(_ count: Int) async throws -> [Float]
    /// Its whole duration, if that is known before it is read; nil otherwise.
    var duration: Duration? { get }
    /// What is odd about the audio read so far and was worked around, a sentence each.
    var warnings: [String] { get }
}

extension PCMSource where Self: ~Copyable {
    /// Unknown, unless a source says otherwise.
    public var duration: Duration? { nil }
    /// None, unless a source says otherwise.
    public var warnings: [String] { [] }
}
