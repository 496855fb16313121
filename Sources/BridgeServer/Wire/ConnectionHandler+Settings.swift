import NIOCore

extension ConnectionHandler {
    /// Sent when a route begins to read a body whose client waits until it is asked for it.
    struct BodyIsWanted {}

    /// Others need the room of this unused connection.
    enum MakeRoom {
        /// Sent so that the client loses nothing that either side has sent.
        case inTime
        /// Even the room of leaving connections is needed.
        case atOnce
    }

    struct Patience: Sendable {
        /// The time to send one request, and to take the rest of an answer on a connection that is to be closed.
        var upload: TimeAmount
        /// The time to send a request when there is no place, and to take its answer: there is room for few, and health checks need it.
        var extra: TimeAmount = .seconds(5)
        /// The time for running work when the server stops.
        var grace: TimeAmount
        /// How long answers may take before a client is probed, and the time between two probes.
        var question: TimeAmount = .milliseconds(250)
        var interval: TimeAmount = .seconds(5)
        /// How long an HTTP/1.0 client that has closed its side is assumed to be waiting. Today these are health checks, which are answered at
        /// once, and proxies, which close their side only when they leave.
        var old: TimeAmount = .seconds(5)
        /// The time for the last words of a server that stops.
        var lastWords: TimeAmount
    }
}
