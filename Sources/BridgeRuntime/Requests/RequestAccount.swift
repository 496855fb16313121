import BridgeSupport
import Logging

/// How one request went, as reported by its door; see ``Runtime/close(_:_:)``.
package struct RequestAccount: Sendable {
    /// The outcome of a request, independent of any protocol.
    package enum Outcome: Sendable {
        case answered
        /// The caller got something wrong, or has left.
        case refused
        /// The server, or what it needs, cannot answer now.
        case unavailable
        /// A bug in this program.
        case failed
    }

    /// The name of the door in metrics, such as `http`.
    package var door: String
    package var id: String
    /// What was asked for, as the door declares it: one of a few names.
    package var route: String
    /// What the log and the count of requests say about it, including the route; a few values each.
    package var labels: [(name: String, value: String)]
    /// What the door said of it when it came.
    package var policy: RequestPolicy
    package var outcome: Outcome
    /// From the request to the last byte of its answer.
    package var total: Duration

    package init(
        door: String, id: String, route: String, labels: [(name: String, value: String)],
        policy: RequestPolicy, outcome: Outcome, total: Duration
    ) {
        (self.door, self.id, self.route, self.labels) = (door, id, route, labels)
        (self.policy, self.outcome, self.total) = (policy, outcome, total)
    }

    fileprivate var level: Logger.Level {
        let isProbe = policy.group == .probes
        return switch outcome {
        // Probes come every few seconds, and are only of interest at a detailed log level. It is their purpose to report models
        // that are still being loaded.
        case .answered, .unavailable: isProbe ? .debug : outcome == .answered ? .info : .warning
        case .refused: .info
        case .failed: .error
        }
    }
}

extension Runtime {
    /// Accounts for a request that has ended, in one line of the log and in the metrics. What it used is known now: limits by tokens or
    /// seconds of audio charge it to its caller here.
    package func close(_ account: RequestAccount, _ seen: RequestRecord.Contents) {
        count(account, seen)
        guard account.level >= logger.logLevel else { return }
        logger.log(level: account.level, "request", metadata: Self.metadata(account, seen))
    }

    private func count(_ account: RequestAccount, _ seen: RequestRecord.Contents) {
        let route = [("route", account.route)]
        metrics.count(
            "jarvis_\(account.door)_requests_total", account.labels,
            help: "Requests by what they asked for and how they ended.")
        metrics.observe(
            "jarvis_\(account.door)_request_duration_seconds", route, value: account.total.inSeconds,
            help: "From the request's head to the last byte of its answer.")
        if let audio = seen.audioSeconds, audio > 0, let compute = seen.timings?.compute {
            // Real-time factor: below 1 is faster than the audio plays.
            metrics.observe(
                "jarvis_real_time_factor", route, value: compute.inSeconds / audio,
                help: "Compute time by audio time; below 1 is faster than the audio plays.")
        }
        if let timings = seen.timings {
            metrics.observe(
                "jarvis_queue_wait_seconds", route, value: timings.queue.inSeconds,
                help: "How long requests waited for admission.")
        }
        if let first = seen.firstToken {
            metrics.observe(
                "jarvis_time_to_first_token_seconds", route, value: first.inSeconds,
                help: "From the language-model request to its first token.")
        }
    }

    private static func metadata(_ account: RequestAccount, _ seen: RequestRecord.Contents) -> Logger.Metadata {
        var metadata: Logger.Metadata = [
            "request_id": "\(account.id)", "total_ms": .stringConvertible(rounded(account.total)),
        ]
        for (name, value) in account.labels {
            metadata[name] = Int(value).map { .stringConvertible($0) } ?? .string(value)
        }
        if let timings = seen.timings {
            metadata["queue_ms"] = .stringConvertible(rounded(timings.queue))
            metadata["compute_ms"] = .stringConvertible(rounded(timings.compute))
        }
        if seen.caller.name != Caller.stranger.name { metadata["caller"] = "\(seen.caller.name)" }
        if let model = seen.model { metadata["model"] = "\(model)" }
        // A request whose client has left has not failed.
        if let failure = seen.failure, !seen.clientLeft {
            metadata["code"] = "\(failure.code.rawValue)"
            if let param = failure.param { metadata["param"] = "\(param)" }
            // The cause is logged for bugs only: elsewhere it could quote what a client sent.
            if account.outcome == .failed, let cause = failure.cause { metadata["cause"] = "\(cause)" }
        }
        return metadata
    }

    private static func rounded(_ duration: Duration) -> Double { (duration.milliseconds * 100).rounded() / 100 }
}
