public import BridgeSupport
public import Logging
public import ServiceLifecycle

/// What all doors share: the services, the known keys, the memory budgets of all requests, the log and the metrics. A class, so that
/// each request carries one reference to it instead of copies of all that.
public final class Runtime: Sendable {
    /// The four services.
    public let services: BridgeServices
    /// What operators do with models.
    package let administration: ModelAdministration
    /// The server's log.
    public let logger: Logger
    package var metrics: PrometheusMetrics { services.metrics }
    package let keys: KeyRing
    /// What callers may use.
    package let rates: RateLimiter
    /// The time limits of requests; kept by the background work.
    package let deadlines: Deadlines
    /// For the bodies of all requests under way.
    package let bodies: MemoryBudget
    /// For all answers that are held for their clients.
    package let answers: MemoryBudget

    /// Reads the keys, and makes the budgets, as the services' configuration says.
    ///
    /// - Throws: `invalid_request` if the key file is wrong.
    public init(_ services: BridgeServices, logger: Logger) throws(ServiceError) {
        (self.services, self.logger) = (services, logger)
        administration = ModelAdministration(services, logger: logger)
        let configuration = services.configuration
        keys = try KeyRing(configuration)
        rates = RateLimiter(
            configuration, redis: services.redis, clock: services.clock, metrics: services.metrics, logger: logger)
        deadlines = Deadlines(clock: services.clock)
        (bodies, answers) = (.bodies(configuration), .answers(configuration))
    }

    /// Lets a request in, before anything is done for it. ``take(_:of:at:record:)`` comes next.
    ///
    /// - Throws: `unauthorized` and `forbidden` for a caller that may not ask for this, `not_found` where the bridge that would work for
    ///   the request is switched off.
    package func admit(_ policy: RequestPolicy, of caller: Caller) throws(ServiceError) {
        guard caller.role >= policy.role else {
            throw caller == .stranger
                ? ServiceError(.unauthorized, "This server asks for a key, one that its operator gave you.")
                : ServiceError(
                    .forbidden,
                    "This key may not be used for that. Ask the operator of the server for one with the role \(policy.role)."
                )
        }
        if let bridge = policy.bridge { try admit(to: bridge, caller) }
    }

    /// The same for what a request does with a model, which is known only later.
    ///
    /// - Parameter id: as the request names it; one that nobody knows is everybody's.
    package func admit(toModel id: String, _ caller: Caller) async throws {
        guard let bridge = await administration.bridge(of: id) else { return }
        // What lies on this machine can be looked after, whether or not anything answers with it.
        guard bridge != .llm else { return try admit(to: bridge, caller) }
        try allow(bridge, caller)
    }

    private func admit(to bridge: Bridge, _ caller: Caller) throws(ServiceError) {
        try allow(bridge, caller)
        if !services.configuration.isEnabled(bridge) {
            throw ServiceError(
                .notFound,
                "The \(bridge.rawValue) bridge is switched off on this server (\(Keys.enabledBridges.setting.name)).")
        }
    }

    /// - Throws: `forbidden` for a caller whose key is not for this bridge.
    package func allow(_ bridge: Bridge, _ caller: Caller) throws(ServiceError) {
        guard caller.bridges?.contains(bridge) != false else {
            throw ServiceError(
                .forbidden,
                "This key may not be used for the \(bridge.title) bridge (\(bridge.rawValue)). Ask the operator of the server for one that may."
            )
        }
    }

    /// Whether a caller may use only so much of what a request asks for: ``take(_:of:at:record:)`` counts then. Takes no lock.
    package func limits(_ policy: RequestPolicy, of caller: Caller) -> Bool {
        !rates.rules(for: policy, of: caller).isEmpty
    }

    /// Counts a request against what its caller may use.
    ///
    /// - Parameters:
    ///   - address: where the client is, which stands for callers without a key.
    ///   - record: remembers who pays for what the request comes to.
    /// - Throws: `rate_limited`, saying when to come again.
    package func take(
        _ policy: RequestPolicy, of caller: Caller, at address: String, record: RequestRecord
    ) async throws(ServiceError) {
        let rules = rates.rules(for: policy, of: caller)
        guard !rules.isEmpty else { return }
        let payer = caller.hasKey ? "key \(caller.name)" : address
        try await rates.admit(payer, for: policy, by: rules)
        record.note(payer: payer)
    }

    /// A way in from outside, such as HTTP: makes the service that listens and, once it does, calls `onListening` once with its
    /// address. No door knows another.
    public typealias Door =
        @Sendable (
            _ runtime: Runtime, _ onListening: @escaping @Sendable (_ address: String) async -> Void
        ) throws -> any Service
}
