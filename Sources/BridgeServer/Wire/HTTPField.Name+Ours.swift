import HTTPTypes

extension HTTPField.Name {
    static let forwarded = constant("Forwarded")
    static let xForwardedFor = constant("X-Forwarded-For")
    static let rateLimit = constant("RateLimit-Limit")
    static let rateRemaining = constant("RateLimit-Remaining")
    static let rateReset = constant("RateLimit-Reset")
    /// The client's id for the request, otherwise the server's.
    static let requestID = constant("X-Request-Id")
    /// Seconds that the client allows for the work of a request.
    static let requestTimeout = constant("X-Request-Timeout")
    static let traceParent = constant("traceparent")
    static let traceState = constant("tracestate")
    static let apiKey = constant("X-API-Key")
    /// How the page for which a browser sent the request is related to this server.
    static let fetchSite = constant("Sec-Fetch-Site")
    static let fetchMode = constant("Sec-Fetch-Mode")
    /// The fields that JSON would have in addition to the bytes of speech.
    static let voice = constant("X-Voice")
    static let sampleRate = constant("X-Sample-Rate")
    static let durationMilliseconds = constant("X-Duration-Ms")
    /// Keeps nginx from buffering messages.
    static let accelBuffering = constant("X-Accel-Buffering")

    /// A name that is written here; an invalid one is a bug in this file. It is better to give no answer at all than one with another
    /// header, such as `From` or `Authorization`, in its place. A test uses each of the names.
    private static func constant(_ name: StaticString) -> HTTPField.Name {
        guard let name = HTTPField.Name("\(name)") else { preconditionFailure("\(name) is no name of a header.") }
        return name
    }
}
