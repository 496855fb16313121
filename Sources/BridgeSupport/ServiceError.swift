/// What went wrong in a service, in terms that a caller can act on.
///
/// Services throw only this type across their public surface; the HTTP server and the command line each hold
/// one table that turns ``code`` into a status or an exit code. ``message`` is a full sentence for the client:
/// what failed, on what, why, and what to do. It never holds prompts, transcripts, keys or internals: those belong
/// in ``cause``, which is logged and never sent.
public struct ServiceError: Error, Sendable {
    /// An extensible set of reasons; the raw value is the `code` of the HTTP contract.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// As answers spell it: "invalid_request".
        public var rawValue: String
        /// A reason by its spelling, which need not be among those below.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The body is not JSON, or not the JSON shape at all.
        public static let invalidJSON = Code(rawValue: "invalid_json")
        /// A field is missing, of a wrong type or out of range; ``ServiceError/param`` names it.
        public static let invalidRequest = Code(rawValue: "invalid_request")
        /// API keys are configured and the request carries none of them.
        public static let unauthorized = Code(rawValue: "unauthorized")
        /// The key that was shown is known, and its role lacks the right.
        public static let forbidden = Code(rawValue: "forbidden")
        /// A web page of an origin that is not allowed has sent the request.
        public static let forbiddenOrigin = Code(rawValue: "forbidden_origin")
        /// The request is for a server of another name.
        public static let forbiddenHost = Code(rawValue: "forbidden_host")
        /// The client named a model that nobody knows, or that is known but not installed.
        public static let modelNotFound = Code(rawValue: "model_not_found")
        /// The client named a voice that nobody knows, or that is known but not installed.
        public static let voiceNotFound = Code(rawValue: "voice_not_found")
        /// There is no such resource.
        public static let notFound = Code(rawValue: "not_found")
        /// The path exists with another method.
        public static let methodNotAllowed = Code(rawValue: "method_not_allowed")
        /// The body is over its limit.
        public static let payloadTooLarge = Code(rawValue: "payload_too_large")
        /// A content type that this route does not take.
        public static let unsupportedMediaType = Code(rawValue: "unsupported_media_type")
        /// Bytes that are not audio, or audio that cannot be decoded.
        public static let undecodableAudio = Code(rawValue: "undecodable_audio")
        /// The client sends too much in too little time.
        public static let rateLimited = Code(rawValue: "rate_limited")
        /// A server behind this one answered nonsense or failed in mid-answer.
        public static let upstreamError = Code(rawValue: "upstream_error")
        /// The language-model server cannot be reached or has no model.
        public static let llmUnavailable = Code(rawValue: "llm_unavailable")
        /// The service has no model at all, so that no request could succeed.
        public static let modelNotInstalled = Code(rawValue: "model_not_installed")
        /// The model needs more memory than all models together may use.
        public static let modelTooLarge = Code(rawValue: "model_too_large")
        /// The model is in use, so that it can be neither unloaded nor deleted.
        public static let modelInUse = Code(rawValue: "model_in_use")
        /// The default models are being changed already.
        public static let swapInProgress = Code(rawValue: "swap_in_progress")
        /// A queue is full; trying again later helps.
        public static let overloaded = Code(rawValue: "overloaded")
        /// The server is stopping.
        public static let shuttingDown = Code(rawValue: "shutting_down")
        /// The server's disk is full.
        public static let storageFull = Code(rawValue: "storage_full")
        /// The time limit of the request passed.
        public static let timeout = Code(rawValue: "timeout")
        /// A bug in this program.
        public static let `internal` = Code(rawValue: "internal")
    }

    /// What the client may do about it; each door maps it to its own kind of status.
    public var code: Code
    /// A full sentence for the client: what failed, on what, why, what to do. Never holds prompts, transcripts or keys.
    public var message: String
    /// The request field at fault, in the contract's spelling.
    public var param: String?
    /// When to try again, if waiting helps.
    public var retryAfter: Duration?
    /// What is left of a limit that was used up.
    public var quota: Quota?
    /// The underlying error, for the log only.
    public var cause: (any Error)?
    /// Whether the files of an installed model are at fault. What to do depends on where they came from: the code that knows
    /// that completes `message`.
    public var concernsModelFiles = false

    /// An error that names no field and promises nothing, unless told.
    public init(
        _ code: Code, _ message: String, param: String? = nil, retryAfter: Duration? = nil,
        cause: (any Error)? = nil
    ) {
        self.code = code
        self.message = message
        self.param = param
        self.retryAfter = retryAfter
        self.cause = cause
    }

    /// A limit on what a caller may use, and what is left of it.
    public struct Quota: Sendable, Hashable {
        /// How much may be used in the limit's time.
        public var limit: Int
        /// How much is left.
        public var remaining: Int
        /// Until all of it is there again.
        public var reset: Duration

        /// Everything is taken as it is.
        public init(limit: Int, remaining: Int, reset: Duration) {
            (self.limit, self.remaining, self.reset) = (limit, remaining, reset)
        }
    }

    /// A field that is missing, of a wrong type or out of range.
    public static func invalid(_ param: String, _ message: String) -> ServiceError {
        ServiceError(.invalidRequest, message, param: param)
    }
}

extension ServiceError: CustomStringConvertible {
    /// For the log and for tests: the cause is left out.
    public var description: String {
        let field = param.map { " (\($0))" } ?? ""
        return "\(code.rawValue)\(field): \(message)"
    }
}
