/// How soon the result of some work is wanted. The most urgent comes first.
///
/// A service decides it once for each request, from what it knows of the request, and puts it into the request's ``WorkTicket``. Each
/// urgency has a lane of its own where requests wait for admission.
public enum Urgency: Int, Sendable, Hashable, Comparable, CaseIterable {
    /// Somebody waits for the answer: a voice command, a sentence to say, a few texts, a question for the language model.
    case interactive
    /// A recording or an article: more than about a minute of sound.
    case long
    /// An index: many texts at once.
    case bulk

    /// The most texts in a request whose sender is assumed to be waiting for the answer.
    static let mostInteractiveTexts = 32
    /// The size of a few seconds of compressed speech, in whatever format.
    private static let compressedBytesOfACommand = 256 << 10

    /// Sound that lasts longer than this is long work.
    public static let longestInteractiveSound = Duration.seconds(60)

    /// - Parameter duration: how long the sound is that comes in or goes out.
    public init(soundLasting duration: Duration) {
        self = duration > Self.longestInteractiveSound ? .long : .interactive
    }

    /// The urgency that compressed sound is given until its length is known.
    public init(compressedBytes: Int) {
        self = compressedBytes > Self.compressedBytesOfACommand ? .long : .interactive
    }

    /// - Parameter count: number of texts in one request for vectors.
    public init(textCount count: Int) {
        self = count > Self.mostInteractiveTexts ? .bulk : .interactive
    }

    /// Whether this is more urgent than `other`.
    public static func < (one: Urgency, other: Urgency) -> Bool { one.rawValue < other.rawValue }
}
