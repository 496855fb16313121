/// How soon the result of some work is wanted. The most urgent comes first.
///
/// A service decides it once for each request, by what it knows of the request, and puts it into the request's ``WorkTicket``. Each
/// urgency has a lane of its own where requests wait for admission.
public enum Urgency: Int, Sendable, Hashable, Comparable, CaseIterable {
    /// Somebody waits for the answer: a voice command, a sentence to say, a few texts, a question for the language model.
    case interactive
    /// A recording or an article: more than about a minute of sound.
    case long
    /// An index: many texts at once.
    case bulk

    /// Most texts of a request whose sender is taken to wait for it.
    static let mostInteractiveTexts = 32
    /// Compressed bytes of a few seconds of speech, whatever the format.
    private static let compressedBytesOfACommand = 256 << 10

    /// Sound that lasts longer is long work.
    public static let longestInteractiveSound = Duration.seconds(60)

    /// - Parameter duration: how long the sound is that comes in or goes out.
    public init(soundLasting duration: Duration) {
        self = duration > Self.longestInteractiveSound ? .long : .interactive
    }

    /// What compressed sound is taken for until its length is known.
    public init(compressedBytes: Int) {
        self = compressedBytes > Self.compressedBytesOfACommand ? .long : .interactive
    }

    /// - Parameter count: texts of one request for vectors.
    public init(textCount count: Int) {
        self = count > Self.mostInteractiveTexts ? .bulk : .interactive
    }

    /// Whether this is more urgent than `other`.
    public static func < (one: Urgency, other: Urgency) -> Bool { one.rawValue < other.rawValue }
}
