package import BridgeSupport
import CoreMetrics
import Logging
import Redis
import Synchronization

/// Who may ask now: counts what callers use, in this process or with other servers in a Redis. Where Redis does not answer this process
/// counts alone, with what it has seen itself until then.
package final class RateLimiter: Sendable {
    private let rules: RateRules
    private let shared: SharedRates?
    /// Count what was decided.
    private let decisions: (allowed: Counter, refused: Counter)?
    private let ledger = Mutex(RateLedger())
    /// Open while Redis answers, but refuses to count, as a full one does: it is tried again after pauses.
    private let counting = Mutex(CircuitBreaker(.init(failures: 1)))
    private let logger: Logger?
    private let elapsed: @Sendable () -> Duration
    /// What Redis has still to be told.
    private let charges: AsyncStream<[RateDemand]>
    private let tell: AsyncStream<[RateDemand]>.Continuation

    init(
        rules: RateRules, shared: SharedRates? = nil, clock: any Clock<Duration> = ContinuousClock(),
        metrics: PrometheusMetrics? = nil, logger: Logger? = nil
    ) {
        (self.rules, self.shared, self.logger) = (rules, shared, logger)
        let counter = { (decision: String, metrics: PrometheusMetrics) in
            metrics.counter(.limitDecisions, [("decision", decision)])
        }
        decisions = metrics.map { (counter("allowed", $0), counter("refused", $0)) }
        elapsed = clock.stopwatch()
        (charges, tell) = AsyncStream.makeStream(of: [RateDemand].self, bufferingPolicy: .bufferingNewest(4096))
    }

    /// As the configuration says, and with a Redis where there is one.
    convenience init(
        _ configuration: BridgeConfiguration, redis: RedisClient?, clock: any Clock<Duration>,
        metrics: PrometheusMetrics, logger: Logger
    ) {
        let groups = RateRules.limitable.compactMap { _, group in
            Keys.rates(of: group).map { (group, configuration[$0]) }
        }
        let shared = redis.map { SharedRates(client: $0, prefix: configuration[Keys.redisPrefix]) }
        self.init(
            rules: RateRules(Dictionary(groups, uniquingKeysWith: { $1 })), shared: shared, clock: clock,
            metrics: metrics, logger: logger)
    }

    /// The rules for a request; none, without a lock, where nothing is limited. The rules of a key replace the server's in each group
    /// that the key has rules for.
    package func rules(for policy: RequestPolicy, of caller: Caller) -> [RateRule] {
        guard policy.group != .probes, !(rules.isEmpty && caller.limits.isEmpty) else { return [] }
        let all = caller.limits.groups[policy.group] ?? rules.groups[policy.group] ?? []
        return all.filter { $0.unit == .requests || $0.unit == policy.cost.unit }
    }

    /// Lets a request of `payer` in, which counts as one; what it contains is charged later.
    ///
    /// - Parameter rules: those of ``rules(for:of:)``.
    /// - Throws: `rate_limited`, with what is left.
    package func admit(
        _ payer: String, for policy: RequestPolicy, by rules: [RateRule]
    ) async throws(ServiceError) {
        let demands = rules.map { rule in
            RateDemand(
                key: .init(payer: payer, group: policy.group, rule: rule), cost: rule.unit == .requests ? 1 : 0)
        }
        guard let refusal = await take(demands) else {
            decisions?.allowed.increment()
            return
        }
        decisions?.refused.increment()
        throw Self.error(refusal)
    }

    private func take(_ demands: [RateDemand]) async -> RateRefusal? {
        if let shared, shared.isUp, let pass = counting.withLock({ $0.permit(at: elapsed()) }) {
            do {
                let refusal = try await shared.take(demands)
                noteCounting(pass)
                // If Redis goes away, this server goes on counting from here.
                if refusal == nil { ledger.withLock { $0.charge(demands, at: elapsed()) } }
                return refusal
            } catch let error as RedisError {
                note(error, pass)
            } catch {
                counting.withLock { $0.abandoned(pass, at: elapsed()) }
            }
        }
        return ledger.withLock { $0.take(demands, at: elapsed()) }
    }

    private func noteCounting(_ pass: CircuitBreaker.Pass) {
        guard counting.withLock({ $0.succeeded(pass) }) else { return }
        logger?.notice("Redis counts for the limits again.")
    }

    private func note(_ error: RedisError, _ pass: CircuitBreaker.Pass) {
        // Its client has logged a Redis that does not answer, and looks for it.
        guard shared?.isUp == true, case .refused = error else {
            return counting.withLock { $0.abandoned(pass, at: elapsed()) }
        }
        guard counting.withLock({ $0.failed(pass, at: elapsed()) }) else { return }
        logger?.warning(
            "Redis does not count for the limits: \(error.reason). This server counts alone until it does.")
    }

    /// Charges what a request came to.
    ///
    /// - Parameter amount: in the unit of its policy's cost.
    package func charge(_ amount: Double, to payer: String, for policy: RequestPolicy, by rules: [RateRule]) {
        let demands = rules.filter { $0.unit == policy.cost.unit }.map {
            RateDemand(key: .init(payer: payer, group: policy.group, rule: $0), cost: amount)
        }
        guard !demands.isEmpty, amount > 0 else { return }
        ledger.withLock { $0.charge(demands, at: elapsed()) }
        if shared != nil { tell.yield(demands) }
    }

    /// Tells Redis what was charged, until the task is cancelled.
    func run() async {
        guard let shared else { return }
        // What could not be told is forgotten: this process has counted it.
        for await demands in charges { try? await shared.charge(demands) }
    }

    private static func error(_ refusal: RateRefusal) -> ServiceError {
        let seconds = max(1, Int(refusal.retry.inSeconds.rounded(.up)))
        var error = ServiceError(
            .rateLimited,
            "More was asked for than the limit allows, \(refusal.rule.text). Try again in \(seconds) \(seconds == 1 ? "second" : "seconds").",
            retryAfter: refusal.retry)
        error.quota = ServiceError.Quota(
            limit: Int(refusal.rule.limit.amount), remaining: Int(refusal.remaining), reset: refusal.reset)
        return error
    }
}
