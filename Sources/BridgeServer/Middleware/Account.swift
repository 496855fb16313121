import BridgeRuntime
import HTTPTypes
import Logging
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
        runtime.close(account(seen), seen)
    }

    /// Counts a request that ended like this one after so long, and is logged with others. What is the same of all is made only once.
    func countOthers() -> @Sendable (_ total: Duration) -> Void {
        let seen = record.snapshot
        let account = account(seen)
        return { [runtime] total in
            var account = account
            account.total = total
            runtime.count(account, seen)
        }
    }

    /// Logs requests that ended like this one, in one line.
    func log(_ ids: [String]) {
        let seen = record.snapshot
        runtime.log(ids, like: account(seen), seen)
    }

    private func account(_ seen: RequestRecord.Contents) -> RequestAccount {
        // If the client has left, the status that was sent did not reach anybody.
        let (method, status) = (method, seen.clientLeft ? .clientLeft : status)
        return RequestAccount(
            id: id, meters: counters.meters, counter: counters.counter(method, status),
            labels: Self.labels(method, status), outcome: Self.outcome(status), total: elapsed(), span: span,
            facts: span == nil ? [:] : ["http.response.status_code": .number(status.code)])
    }

    private static func labels(
        _ method: HTTPRequest.Method, _ status: HTTPResponse.Status
    ) -> [(name: String, value: Logger.MetadataValue)] {
        [("method", .string(StatusCounters.name(of: method))), ("status", .stringConvertible(status.code))]
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
