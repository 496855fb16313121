import BridgeRuntime
import BridgeSupport
import Foundation
import HTTPTypes
import Hummingbird
import Logging

/// The outermost layer: gives each request its id, turns every error into the envelope, and accounts for the request in one log line
/// and in the metrics.
struct RequestLogMiddleware: RouterMiddleware {
    let logger: Logger
    let metrics: PrometheusMetrics

    func handle(
        _ request: Request, context: BridgeContext, next: (Request, BridgeContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        let id = Self.identifier(request.headers[.requestID])
        var response: Response
        do {
            response = try await next(request, context)
        } catch {
            response = ServiceErrorResponse.make(error, context)
        }
        response.headers[.requestID] = id
        if request.method == .head { response = response.withoutBody }
        let record = Account(
            logger: logger, metrics: metrics, id: id, method: Self.bounded(request.method),
            route: Self.route(context), isProbe: context.policy.group == .probes, status: response.status.code,
            start: start,
            record: context.record)
        // An answer is accounted for when its last byte is written; right away, if the connection takes it at once.
        if response.body.contentLength.map({ $0 > ResponseBody.atOnce }) ?? true {
            let body = response.body
            response.body = ResponseBody(contentLength: body.contentLength) { writer in
                defer { record.close() }
                do {
                    try await body.write(writer)
                } catch {
                    // Nobody takes the rest; unless the server stops, because the client has left.
                    if !(error is CancellationError) { context.record.noteClientLeft() }
                    throw error
                }
            }
        } else {
            record.close()
        }
        return response
    }

    /// The path as it was declared. Hummingbird calls what it does not know NotFound.
    private static func route(_ context: BridgeContext) -> String {
        let route = context.coreContext.endpointPath.value ?? ""
        return route.hasPrefix("/") ? route : "unmatched"
    }

    /// What the client calls the request, if that is fit for a header and a log line; else a new id.
    private static func identifier(_ given: String?) -> String {
        if let given, (1...128).contains(given.utf8.count),
            given.utf8.allSatisfy({ byte in
                byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            })
        {
            return given
        }
        return newIdentifier()
    }

    /// Sixteen random digits in hexadecimal, from one call of the system's generator: a call for each costs more than all else
    /// that a small request needs.
    static func newIdentifier() -> String {
        String(UInt64.random(in: 1 << 60 ... .max), radix: 16)
    }

    /// Labels must be few: a client can invent methods.
    private static func bounded(_ method: HTTPRequest.Method) -> String {
        [.get, .post, .head, .put, .patch, .delete, .options, .trace].contains(method) ? method.rawValue : "OTHER"
    }
}

/// The end of one request.
private struct Account: Sendable {
    let logger: Logger
    let metrics: PrometheusMetrics
    let id: String
    let method: String
    let route: String
    let isProbe: Bool
    let status: Int
    let start: ContinuousClock.Instant
    let record: RequestRecord

    func close() {
        let total = start.duration(to: .now)
        let seen = record.snapshot
        // The status that was sent reached nobody.
        let status = seen.clientLeft ? HTTPResponse.Status.clientLeft.code : status
        metrics.count("jarvis_http_requests_total", [("method", method), ("route", route), ("status", "\(status)")])
        metrics.observe("jarvis_http_request_duration_seconds", [("route", route)], total.inSeconds)
        if let audio = seen.audioSeconds, audio > 0, let compute = seen.timings?.compute {
            // Real-time factor: below 1 is faster than the audio plays.
            metrics.observe("jarvis_real_time_factor", [("route", route)], compute.inSeconds / audio)
        }
        if let timings = seen.timings {
            metrics.observe("jarvis_queue_wait_seconds", [("route", route)], timings.queue.inSeconds)
        }
        if let first = seen.firstToken {
            metrics.observe("jarvis_time_to_first_token_seconds", [("route", route)], first.inSeconds)
        }
        log(seen, status: status, total: total)
    }

    private func log(_ seen: RequestRecord.Contents, status: Int, total: Duration) {
        // Probes come every few seconds: they are worth a line only to somebody who looks closely.
        // 503 is what they are for while models load.
        let quiet = isProbe && (status < 400 || status == 503)
        let level: Logger.Level = quiet ? .debug : status == 500 ? .error : status >= 500 ? .warning : .info
        guard level >= logger.logLevel else { return }
        var metadata: Logger.Metadata = [
            "request_id": "\(id)", "method": "\(method)", "route": "\(route)", "status": .stringConvertible(status),
            "total_ms": .stringConvertible(rounded(total)),
        ]
        if let timings = seen.timings {
            metadata["queue_ms"] = .stringConvertible(rounded(timings.queue))
            metadata["compute_ms"] = .stringConvertible(rounded(timings.compute))
        }
        if let model = seen.model { metadata["model"] = "\(model)" }
        // A request whose client has left did not fail.
        if let failure = seen.failure, !seen.clientLeft {
            metadata["code"] = "\(failure.code.rawValue)"
            if let param = failure.param { metadata["param"] = "\(param)" }
            // The cause is for defects only: elsewhere it could quote what a client sent.
            if status == 500, let cause = failure.cause { metadata["cause"] = "\(cause)" }
        }
        logger.log(level: level, "request", metadata: metadata)
    }

    private func rounded(_ duration: Duration) -> Double { (duration.milliseconds * 100).rounded() / 100 }
}

extension Response {
    /// This answer as HEAD has it: the length is told, and the bytes, which would be taken for the next answer, are not sent.
    fileprivate var withoutBody: Response {
        var response = self
        response.body = ResponseBody(contentLength: body.contentLength ?? 0) { writer in try await writer.finish(nil) }
        return response
    }
}
