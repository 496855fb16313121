import BridgeRuntime
import HTTPTypes
import WorkScheduling

/// What is known of a request when its answer begins.
struct Account: Sendable {
    let runtime: Runtime
    let id: String
    let method: HTTPRequest.Method
    let counters: StatusCounters
    let status: HTTPResponse.Status
    let elapsed: @Sendable () -> Duration
    let record: RequestRecord
    let span: RequestSpan?

    /// The request has ended.
    func close() {
        let seen = record.snapshot
        // If the client has left, the status that was sent did not reach anybody.
        let status = seen.clientLeft ? .clientLeft : status
        runtime.close(
            RequestAccount(
                id: id, meters: counters.meters, counter: counters.counter(method, status),
                labels: [("method", StatusCounters.name(of: method)), ("status", String(status.code))],
                outcome: Self.outcome(status), total: elapsed(), span: span,
                facts: span == nil ? [:] : ["http.response.status_code": .number(status.code)]), seen)
    }

    private static func outcome(_ status: HTTPResponse.Status) -> RequestAccount.Outcome {
        switch status.code {
        case ..<400: .answered
        case ..<500: .refused
        case 500: .failed
        default: .unavailable
        }
    }
}
