/// The messages between the server and jarvis-espeak, the program that links espeak-ng: frames on a socket pair.
///
/// A frame is a `UInt32` with the number of bytes that follow, a byte with its kind, and the kind's fields. Numbers are
/// little-endian; a string is a `UInt32` with its bytes, and its bytes in UTF-8. One request is answered at a time: by frames of
/// the kinds that it promises, then by `done` or `failed`.
public struct Frame: Sendable, Equatable {
    /// Changes whenever a kind or its fields change; ``Kind/hello`` carries it.
    public static let version: UInt16 = 2
    /// Bytes of a frame, at most. The longest text that a request may have is far below that, whatever its characters.
    public static let limit = 4 << 20

    /// What a frame asks or answers; its fields depend on it.
    public enum Kind: UInt8, Sendable {
        // MARK: From the worker
        /// Version (`UInt16`), sample rate (`UInt32`), the library's version, its data directory. Comes once, unasked.
        case hello = 1
        /// Reason (`UInt8`, a ``Failure``), and words for the log. Ends an answer; before `hello` it ends the worker.
        case failed = 2
        /// Number of its text (`UInt32`), bytes of text that it consumed (`UInt32`), symbol (`UInt8`, ASCII or 0), whether it ends
        /// a sentence (`UInt8`), phonemes.
        case clause = 3
        /// Samples (`Int16`) to the end of the frame.
        case sound = 4
        /// Ends an answer.
        case done = 5

        // MARK: From the server
        /// Voice. Answered by `done` or `failed`.
        case hasVoice = 16
        /// Voice, number of texts (`UInt32`), then for each whether the voice forgets what it said before (`UInt8`), whether it has
        /// mnemonics (`UInt8`), and the text.
        /// Answered by `clause` frames.
        case phonemize = 17
        /// Voice, words a minute (`UInt16`), whether the pause at the end is wanted (`UInt8`), whether the text has mnemonics (`UInt8`),
        /// text. Answered by `sound` frames.
        case speak = 18
        /// Ends the answer in progress; the worker says `done`. Has no effect afterwards.
        case cancel = 19
    }

    /// Why a process cannot do what it was asked.
    public enum Failure: UInt8, Sendable {
        /// The library's data is missing. No other request could succeed.
        case noData = 1
        /// The library has no voice of that name.
        case noVoice = 2
        /// The library refused the text.
        case refused = 3
    }

    /// What the fields mean.
    public var kind: Kind
    /// One after another, as ``FrameWriter`` puts them.
    public var fields: [UInt8]

    /// A frame without fields, unless told.
    public init(_ kind: Kind, fields: [UInt8] = []) {
        self.kind = kind
        self.fields = fields
    }
}

/// Bytes that are not a frame, or whose fields do not match its kind.
public struct MalformedFrame: Error {
    /// Says nothing of the bytes, which may be anybody's.
    public init() {}
}
