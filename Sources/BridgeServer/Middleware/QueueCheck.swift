import BridgeRuntime
import BridgeSupport
import HTTPTypes
import Hummingbird

/// Refuses interactive work while its queue is full, before its body is read. Under many times the load that a bridge can carry, reading
/// what is refused would take the processor from what is not; for the same reason, the connection refuses what follows by itself
/// (``Refusals``).
///
/// Work whose lane depends on what the body says is refused later, when that is known.
struct QueueCheck: Sendable {
    let runtime: Runtime

    /// - Throws: `overloaded`.
    func check(_ request: Request, _ context: BridgeContext) throws {
        let limit = context.policy.interactiveLimit
        guard limit > 0, request.method == .post, let bridge = context.policy.request.bridge,
            let length = request.headers[.contentLength].flatMap({ Int($0) }), length <= limit
        else { return }
        do {
            try runtime.services.checkRoom(for: bridge)
        } catch {
            if let endpoint = context.endpoint, mayRepeat(request, context) {
                let record = RequestRecord()
                record.note(context.record.snapshot.caller)
                record.note(failure: ServiceError.publicError(error))
                let account = Account(
                    runtime: runtime, id: "", method: request.method, counters: endpoint.counters,
                    status: ErrorTable.status(.overloaded), elapsed: { .zero }, record: record, span: nil)
                context.channel.triggerUserOutboundEvent(
                    offer(for: bridge, bodyLimit: limit, account: account), promise: nil)
            }
            throw error
        }
    }

    /// Whether nothing but the queue decides what becomes of another request with the same head: no limit counts it, no trace shows it, and
    /// it has no id that its answer must have.
    private func mayRepeat(_ request: Request, _ context: BridgeContext) -> Bool {
        context.span == nil && !runtime.limits(context.policy.request, of: context.record.snapshot.caller)
            && [.requestID, .traceParent, .expect].allSatisfy { request.headers[$0] == nil }
    }

    /// - Parameter account: of each that is refused, apart from its id and time.
    private func offer(for bridge: Bridge, bodyLimit: Int, account: Account) -> Refusals.Offer {
        let count = account.countOthers()
        return Refusals.Offer(
            bodyLimit: bodyLimit,
            refuse: { [runtime] in
                let elapsed = runtime.services.clock.stopwatch()
                do {
                    try runtime.services.checkRoom(for: bridge)
                    return nil
                } catch {
                    count(elapsed())
                    return .init(id: RequestIdentifier.new(), error: ServiceError.publicError(error))
                }
            },
            log: account.log)
    }
}
