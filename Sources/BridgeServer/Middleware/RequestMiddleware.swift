import BridgeRuntime
import BridgeSupport
import HTTPTypes
import Hummingbird
import WorkScheduling

/// The layer around all routes: gives each request the policy of its route, so that everything behind can use it, and an id; does the
/// checks that come before any work; turns every error into the envelope, and accounts for the request in one log line and in the metrics.
///
/// One layer for all of it, because each costs a copy of the request and some async calls.
struct RequestMiddleware: RouterMiddleware {
    private let runtime: Runtime
    private let routes: RouteTable
    private let hosts: HostCheck
    private let origins: PageOrigins
    private let crowd: CrowdCheck
    private let keys: KeyCheck
    private let queue: QueueCheck
    private let bodies: BodyBudgets

    init(_ dependencies: RouteDependencies, routes: RouteTable) {
        (runtime, self.routes) = (dependencies.runtime, routes)
        let configuration = runtime.services.configuration
        hosts = HostCheck(names: ServerNames(configuration))
        origins = PageOrigins(configuration)
        crowd = CrowdCheck(connections: dependencies.connections)
        keys = KeyCheck(runtime: runtime)
        queue = QueueCheck(runtime: runtime)
        bodies = BodyBudgets(requests: runtime.bodies, answers: runtime.answers)
    }

    func handle(
        _ request: Request, context: BridgeContext, next: (Request, BridgeContext) async throws -> Response
    ) async throws -> Response {
        let elapsed = runtime.services.clock.stopwatch()
        let id = RequestIdentifier.of(request.headers[.requestID])
        var context = context
        place(request, &context)
        trace(request, &context, elapsed: elapsed)
        // Known once the host is right; an allowed page must be able to read any error after that.
        var page: PageOrigins.Page?
        var response: Response
        do {
            try hosts.check(request)
            let sender = origins.page(of: request)
            page = sender
            try origins.refuseForeignPage(request, sender)
            if let answer = origins.preflightAnswer(request, sender) {
                response = answer
            } else {
                try crowd.check(context)
                if try keys.check(request, context) { try await keys.count(request, context) }
                context.timeLimit = try TimeLimitCheck.limit(of: request)
                try queue.check(request, context)
                response = try await bodies.answer(request, context, next: next)
            }
        } catch {
            response = ServiceErrorResponse.make(error, context)
        }
        if let page { origins.mark(&response, for: page) }
        response.headers[.requestID] = id
        if request.method == .head { response = response.withoutBody }
        account(for: &response, to: request, id: id, context, elapsed)
        return response
    }

    private func account(
        for response: inout Response, to request: Request, id: String, _ context: BridgeContext,
        _ elapsed: @escaping @Sendable () -> Duration
    ) {
        let account = Account(
            runtime: runtime, id: id, method: request.method, counters: context.endpoint?.counters ?? routes.unmatched,
            status: response.status, elapsed: elapsed, record: context.record, span: context.span)
        // An answer is accounted for when its last byte is written; immediately, if the connection takes all of it at once.
        guard response.body.contentLength.map({ $0 > ResponseBody.atOnce }) ?? true else { return account.close() }
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
}

extension Response {
    /// The answer to a HEAD request: the length is announced, but the bytes, which would be taken for the next answer, are not sent.
    fileprivate var withoutBody: Response {
        var response = self
        response.body = ResponseBody(contentLength: body.contentLength ?? 0) { writer in try await writer.finish(nil) }
        return response
    }
}
