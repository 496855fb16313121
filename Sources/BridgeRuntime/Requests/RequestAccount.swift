import BridgeSupport
package import CoreMetrics
package import Logging
package import WorkScheduling

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

    package var id: String
    /// Of the route that was asked for.
    package var meters: RouteMeters
    /// Counts the requests that went like this one, as its door sorts them.
    package var counter: Counter
    /// What the log says about it in addition to its route; not asked where there is no line.
    package var labels: @Sendable () -> [(name: String, value: Logger.MetadataValue)]
    package var outcome: Outcome
    /// From the request to the last byte of its answer.
    package var total: Duration
    /// nil where traces are off.
    package var span: RequestSpan?
    /// What its span says of the outcome.
    package var facts: StageFacts

    package init(
        id: String, meters: RouteMeters, counter: Counter,
        labels: @autoclosure @escaping @Sendable () -> [(name: String, value: Logger.MetadataValue)], outcome: Outcome,
        total: Duration, span: RequestSpan? = nil, facts: StageFacts = [:]
    ) {
        (self.span, self.facts) = (span, facts)
        (self.id, self.meters, self.counter, self.labels) = (id, meters, counter, labels)
        (self.outcome, self.total) = (outcome, total)
    }

    fileprivate var level: Logger.Level {
        let isProbe = meters.policy.group == .probes
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
    /// Accounts for a request that has ended, in one line of the log, in the metrics and in its span. What it used is known now: limits by tokens or
    /// seconds of audio charge it to its caller here.
    package func close(_ account: RequestAccount, _ seen: RequestRecord.Contents) {
        count(account, seen)
        account.span?.end(Self.facts(account, seen), hasFailed: [.unavailable, .failed].contains(account.outcome))
        if let payer = seen.payer {
            let policy = account.meters.policy
            rates.charge(
                seen.usage.amount(of: policy.cost), to: payer, for: policy,
                by: rates.rules(for: policy, of: seen.caller))
        }
        guard account.level >= logger.logLevel else { return }
        logger.log(level: account.level, "request", metadata: Self.metadata(account, seen))
    }

    /// Accounts for a request that used nothing and is in no trace, in the metrics only: the log is told of many at once.
    package func count(_ account: RequestAccount, _ seen: RequestRecord.Contents) {
        account.meters.count(account, seen)
    }

    /// One line for requests that ended like `account`.
    package func log(_ ids: [String], like account: RequestAccount, _ seen: RequestRecord.Contents) {
        guard account.level >= logger.logLevel else { return }
        var metadata = Self.metadata(account, seen)
        (metadata["request_id"], metadata["total_ms"]) = (nil, nil)
        metadata["request_ids"] = .array(ids.map { .string($0) })
        logger.log(level: account.level, "requests", metadata: metadata)
    }

    private static func facts(_ account: RequestAccount, _ seen: RequestRecord.Contents) -> StageFacts {
        var facts = account.facts
        if let model = seen.model { facts["jarvis.model"] = .text(model) }
        if seen.clientLeft {
            facts["error.type"] = .text("client_left")
        } else if let failure = seen.failure {
            facts["error.type"] = .text(failure.code.rawValue)
        }
        if seen.usage.generatedTokens > 0 {
            facts["gen_ai.usage.input_tokens"] = .number(seen.usage.promptTokens)
            facts["gen_ai.usage.output_tokens"] = .number(seen.usage.generatedTokens)
        }
        return facts
    }

    private static func metadata(_ account: RequestAccount, _ seen: RequestRecord.Contents) -> Logger.Metadata {
        // Room for all of it from the start: a request under overload costs little more than its line.
        var metadata = Logger.Metadata(minimumCapacity: 12)
        metadata["request_id"] = .string(account.id)
        metadata["route"] = .string(account.meters.route)
        metadata["total_ms"] = .stringConvertible(rounded(account.total))
        for (name, value) in account.labels() { metadata[name] = value }
        if let timings = seen.timings {
            metadata["queue_ms"] = .stringConvertible(rounded(timings.queue))
            metadata["compute_ms"] = .stringConvertible(rounded(timings.compute))
        }
        if seen.caller.name != Caller.stranger.name { metadata["caller"] = .string(seen.caller.name) }
        if let trace = seen.trace { metadata["trace_id"] = "\(trace.id)" }
        if let model = seen.model { metadata["model"] = .string(model) }
        // A request whose client has left has not failed.
        if let failure = seen.failure, !seen.clientLeft {
            metadata["code"] = .string(failure.code.rawValue)
            if let param = failure.param { metadata["param"] = .string(param) }
            // The cause is logged for bugs only: elsewhere it could quote what a client sent.
            if account.outcome == .failed, let cause = failure.cause { metadata["cause"] = "\(cause)" }
        }
        return metadata
    }

    private static func rounded(_ duration: Duration) -> Double { (duration.milliseconds * 100).rounded() / 100 }
}
