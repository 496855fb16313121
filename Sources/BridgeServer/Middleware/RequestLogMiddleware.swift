import BridgeRuntime
import BridgeSupport
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Synchronization
import WorkScheduling

/// The outermost layer: gives each request the policy of its route, so that everything behind can use it, and an id; does the first
/// checks; turns every error into the envelope, and accounts for the request in one log line and in the metrics.
struct RequestLogMiddleware: RouterMiddleware {
    let runtime: Runtime
    let routes: RouteTable
    let checks: RequestChecks

    func handle(
        _ request: Request, context: BridgeContext, next: (Request, BridgeContext) async throws -> Response
    ) async throws -> Response {
        let elapsed = runtime.services.clock.stopwatch()
        let id = Self.identifier(request.headers[.requestID])
        var context = context
        place(request, &context)
        trace(request, &context, elapsed: elapsed)
        var response: Response
        do {
            try await checks.check(request, &context)
            response = try await next(request, context)
        } catch {
            response = ServiceErrorResponse.make(error, context)
        }
        response.headers[.requestID] = id
        if request.method == .head { response = response.withoutBody }
        let account = Account(
            runtime: runtime, id: id, method: request.method, counters: context.endpoint?.counters ?? routes.unmatched,
            status: response.status, elapsed: elapsed, record: context.record, span: context.span)
        // An answer is accounted for when its last byte is written; immediately, if the connection takes all of it at once.
        if response.body.contentLength.map({ $0 > ResponseBody.atOnce }) ?? true {
            let (body, record) = (response.body, context.record)
            response.body = ResponseBody(contentLength: body.contentLength) { writer in
                defer { account.close() }
                do {
                    try await body.write(writer)
                } catch {
                    // Nobody takes the rest: the client has left, unless the server is stopping.
                    if !(error is CancellationError) { record.noteClientLeft() }
                    throw error
                }
            }
        } else {
            account.close()
        }
        return response
    }

    /// The router finds the route before its middleware runs, and passes on the declared path. If it found none, because there is no such
    /// path or it lacks the method, the table is searched.
    private func place(_ request: Request, _ context: inout BridgeContext) {
        guard
            let endpoint = routes.endpoint(declared: context.coreContext.endpointPath.value, path: request.uri.path)
        else { return }
        context.endpoint = endpoint
        context.policy = endpoint.policy(of: request.method)
    }

    /// Begins the request's span, where traces are collected; what its sender has told of a trace counts in any case.
    private func trace(
        _ request: Request, _ context: inout BridgeContext, elapsed: @escaping @Sendable () -> Duration
    ) {
        let headers = TraceHeaders(parent: request.headers[.traceParent], state: request.headers[.traceState])
        context.span = runtime.beginSpan(
            Self.spanName(request.method, context.endpoint), headers: headers,
            facts: Self.facts(request.method, context.endpoint), elapsed: elapsed)
        context.trace = context.span?.trace ?? headers.trace
        // A trace of our own that nobody records is not to be found anywhere.
        if headers.parent != nil || context.span?.isRecorded == true { context.record.note(context.trace) }
    }

    /// OpenTelemetry's name for a request: the method, and the route as it is declared.
    private static func spanName(_ method: HTTPRequest.Method, _ endpoint: RouteTable.Endpoint?) -> String {
        let method = StatusCounters.isUsual(method) ? method.rawValue : "HTTP"
        return endpoint.map { "\(method) \($0.path)" } ?? method
    }

    /// OpenTelemetry's conventions for HTTP servers, version 1.23 and later. The path of a request is left out: it may hold a name.
    private static func facts(_ method: HTTPRequest.Method, _ endpoint: RouteTable.Endpoint?) -> StageFacts {
        var facts: StageFacts = [
            "http.request.method": .text(StatusCounters.isUsual(method) ? method.rawValue : "_OTHER"),
            "url.scheme": .text("http"),
        ]
        if let endpoint { facts["http.route"] = .text("\(endpoint.path)") }
        return facts
    }

    /// The client's id for the request if it is fit for a header and a log line, otherwise a new one.
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

    /// Sixteen hexadecimal digits that no other request has, and hardly one of another process. They need not be hard to guess, so
    /// the system is asked for randomness only once: a call for each costs more than everything else that a small request needs.
    static func newIdentifier() -> String {
        // SplitMix64: Steele, Lea and Flood, Fast Splittable Pseudorandom Number Generators, 2014. Each state gives another number.
        let step: UInt64 = 0x9E37_79B9_7F4A_7C15
        var number = state.wrappingAdd(step, ordering: .relaxed).newValue
        number = (number ^ number >> 30) &* 0xBF58_476D_1CE4_E5B9
        number = (number ^ number >> 27) &* 0x94D0_49BB_1331_11EB
        number ^= number >> 31
        return String(unsafeUninitializedCapacity: 16) { digits in
            for place in 0..<16 {
                let digit = UInt8(truncatingIfNeeded: number >> (60 - 4 * place)) & 0xF
                digits[place] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
            }
            return 16
        }
    }

    private static let state = Atomic(UInt64.random(in: .min ... .max))
}

extension Response {
    /// The answer to a HEAD request: the length is announced, but the bytes, which would be taken for the next answer, are not sent.
    fileprivate var withoutBody: Response {
        var response = self
        response.body = ResponseBody(contentLength: body.contentLength ?? 0) { writer in try await writer.finish(nil) }
        return response
    }
}
