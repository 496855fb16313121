import HTTPTypes

extension HTTPField.Name {
    /// What the client calls the request, or what this server does.
    static let requestID = constant("X-Request-Id")
    /// Seconds that the client gives the work of a request.
    static let requestTimeout = constant("X-Request-Timeout")
    static let apiKey = constant("X-API-Key")
    /// How far the page that had a browser send the request is from this server.
    static let fetchSite = constant("Sec-Fetch-Site")
    static let fetchMode = constant("Sec-Fetch-Mode")
    /// What JSON would say beside the bytes of speech.
    static let voice = constant("X-Voice")
    static let sampleRate = constant("X-Sample-Rate")
    static let durationMilliseconds = constant("X-Duration-Ms")
    /// nginx holds no messages back that have it.
    static let accelBuffering = constant("X-Accel-Buffering")

    /// A name that is written here, so that one that is none is a defect of this file: better no answer at all than one with another
    /// header, such as `From` or `Authorization`, in its place. A test asks for each of them.
    private static func constant(_ name: StaticString) -> HTTPField.Name {
        guard let name = HTTPField.Name("\(name)") else { preconditionFailure("\(name) is no name of a header.") }
        return name
    }
}
