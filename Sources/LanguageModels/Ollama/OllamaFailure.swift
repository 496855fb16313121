import AsyncHTTPClient
import BridgeSupport
import NIOCore
import NIOHTTP1

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The only table that maps what goes wrong with Ollama, or on the way to it, to ``ServiceError``.
struct OllamaFailure: Sendable {
    private let address: OllamaAddress
    private let addressName: String
    /// nil if no model is involved.
    private let model: String?

    init(_ settings: OllamaClient.Settings, model: String? = nil) {
        (address, addressName, self.model) = (settings.address, settings.addressName, model)
    }

    // MARK: Answers that are errors

    func status(_ status: HTTPResponseStatus, headers: HTTPHeaders, message: String?) -> ServiceError {
        switch status.code {
        case 300..<400:
            return upstream("redirects to another place, which is not followed. Configure its final address.")
        case 400: return refused(message)
        case 401:
            return upstream("wants a sign-in for this model, which would run on a remote service. Name a local model.")
        case 403:
            return unavailable(
                "refuses requests to this host name. Configure it by IP address or as localhost, or set OLLAMA_HOST on its side."
            )
        case 404: return missing(message)
        case 408, 504: return timeout("gave up waiting for the model. Try again, or use a smaller model.")
        case 429: return overloaded(headers, "receives too many requests")
        case 503: return overloaded(headers, "is busy: its queue is full")
        default: return failed(message, code: status.code)
        }
    }

    /// An `error` line in a stream whose status was 200; up to Ollama 0.12 early ones replaced a status.
    func line(_ message: String) -> ServiceError {
        if message.isEmpty { return failed(nil, code: nil) }
        let lowered = message.lowercased()
        if lowered.contains("not found"), lowered.contains("model") { return missing(message) }
        if lowered.contains("server busy") { return overloaded([:], "is busy: its queue is full") }
        if lowered.contains("does not support") { return refused(message) }
        return failed(message, code: nil)
    }

    private func missing(_ message: String?) -> ServiceError {
        // Other servers answer every unknown path in the same form.
        guard let model, let message, [model, "model"].contains(where: message.contains) else {
            return upstream("does not know this path. It is another kind of server, or too old: update it.")
        }
        return ServiceError(
            .modelNotFound, "Ollama has no model '\(model)'. Run 'ollama pull \(model)', or name one that it has.",
            param: "model")
    }

    private func refused(_ message: String?) -> ServiceError {
        let reason = message.map { ": " + Self.shortened($0) } ?? "."
        let field: String? =
            if message?.contains("does not support thinking") == true {
                "think"
            } else if message?.contains("does not support") == true || message?.contains("model name") == true {
                "model"
            } else {
                nil
            }
        return ServiceError(
            .invalidRequest, "Ollama refused the request\(reason)", param: field,
            cause: message.map { _ in Quoting(unquoted: "Ollama refused the request.") })
    }

    private func overloaded(_ headers: HTTPHeaders, _ what: String) -> ServiceError {
        let seconds = headers.first(name: "Retry-After").flatMap(Int.init) ?? 5
        return ServiceError(
            .overloaded, "Ollama at \(address) \(what). Try again in a moment.",
            retryAfter: .seconds(min(max(seconds, 1), 3600)))
    }

    private func failed(_ message: String?, code: UInt?) -> ServiceError {
        let status = code.map { " (status \($0))" } ?? ""
        guard let message else { return upstream("failed\(status) and did not say why. Its own log may tell.") }
        // The words of its system, in every version and language of Ollama.
        if message.lowercased().contains("no space left on device") {
            return ServiceError(
                .storageFull,
                "The disk of Ollama at \(address) is full. Make room there, or delete models, then try again.")
        }
        let hint = message.contains("memory") ? " A smaller model needs less memory." : ""
        return upstream(
            "failed\(status): \(Self.shortened(message))\(hint)",
            Quoting(unquoted: "Ollama at \(address) failed\(status). Its own log may tell why."))
    }

    /// The cause of an error whose message quotes Ollama: it may quote a prompt, and is only for the caller.
    private struct Quoting: Error {
        /// The message for everybody else.
        var unquoted: String
    }

    /// The message of `error` for others than its caller, in `/health` and in the log.
    static func publicMessage(_ error: ServiceError) -> String { (error.cause as? Quoting)?.unquoted ?? error.message }

    // MARK: Answers that make no sense

    func garbage(_ cause: (any Error)? = nil) -> ServiceError {
        upstream("sent something that is not an answer of Ollama. Look whether another server uses that port.", cause)
    }

    /// A line of an answer. If it is not the first, it was damaged on the way here, or the server truncates lines.
    func unreadable(isFirst: Bool) -> ServiceError {
        isFirst
            ? garbage()
            : upstream(
                "sent a line that cannot be read, in the middle of its answer. Try again; its own log may tell why.")
    }

    func lineTooLong(_ limit: Int) -> ServiceError {
        upstream("sent a line of more than \(limit) bytes.")
    }

    func endedEarly() -> ServiceError {
        upstream("ended its answer before it was complete: its model runner stopped. Its own log may tell why.")
    }

    // MARK: Silence and broken connections

    /// For requests that involve no model, such as the list of models.
    func unresponsive(for limit: Duration) -> ServiceError {
        timeout("did not answer within \(limit.components.seconds) s. It may hang: look at its log, or start it again.")
    }

    func silent(for limit: Duration, started: Bool) -> ServiceError {
        let seconds = limit.components.seconds
        return timeout(
            started
                ? "stopped in the middle of its answer and sent nothing for \(seconds) s. Try again."
                : "sent nothing for \(seconds) s. The model may be too large for that machine: try a smaller one.")
    }

    /// What an `error` of the HTTP client means to the caller.
    func transport(_ error: any Error, started: Bool) -> any Error {
        if error is CancellationError || error is ServiceError { return error }
        let http = error as? HTTPClientError
        if http == .cancelled { return CancellationError() }
        if started { return upstream("broke off the connection in the middle of its answer. Try again.", error) }
        if http == .deadlineExceeded || http == .readTimeout { return timeout("did not answer in time.", error) }
        if Self.isClosedConnection(error) {
            return upstream("closed the connection without an answer. Its own log may tell why.", error)
        }
        if error is HTTPParserError { return garbage(error) }
        return unavailable(
            "cannot be reached. Start it with 'ollama serve', or set \(addressName) to where it is.",
            error)
    }

    /// Whether the connection was closed before anything was sent on it.
    static func wasNeverSent(_ error: any Error) -> Bool {
        if case .ioOnClosedChannel? = error as? ChannelError { return true }
        return error is ClosedBeforeUse
    }

    /// Whether the other side closed the connection.
    static func isClosedConnection(_ error: any Error) -> Bool {
        if wasNeverSent(error) { return true }
        if let error = error as? HTTPClientError { return error == .remoteConnectionClosed }
        if let error = error as? IOError { return error.errnoCode == ECONNRESET || error.errnoCode == EPIPE }
        return false
    }

    // MARK: Parts

    private func upstream(_ what: String, _ cause: (any Error)? = nil) -> ServiceError {
        ServiceError(.upstreamError, "Ollama at \(address) \(what)", cause: cause)
    }

    private func unavailable(_ what: String, _ cause: (any Error)? = nil) -> ServiceError {
        ServiceError(.llmUnavailable, "Ollama at \(address) \(what)", retryAfter: .seconds(10), cause: cause)
    }

    private func timeout(_ what: String, _ cause: (any Error)? = nil) -> ServiceError {
        ServiceError(.timeout, "Ollama at \(address) \(what)", cause: cause)
    }

    /// At most 200 printable characters on one line, without paths: the text comes from elsewhere.
    private static func shortened(_ text: String) -> String {
        let whole = String(text.prefix(2000)).maskingPaths
        let line = String(whole.map { $0.isNewline || $0 == "\t" ? " " : $0 }.prefix(200))
        let printable = line.unicodeScalars.filter { $0.properties.generalCategory != .control }
        let clean = String(String.UnicodeScalarView(printable))
        return clean.last == "." || clean.last == "…" ? clean : clean + "."
    }
}
