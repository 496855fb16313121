import BridgeRuntime
import BridgeSupport
import HTTPTypes
import Hummingbird
import NIOCore

/// The only table from error codes to HTTP statuses.
enum ErrorTable {
    static func status(_ code: ServiceError.Code) -> HTTPResponse.Status {
        switch code {
        case .invalidJSON, .invalidRequest: .badRequest
        case .unauthorized: .unauthorized
        case .forbidden, .forbiddenOrigin, .forbiddenHost: .forbidden
        case .modelNotFound, .voiceNotFound, .notFound: .notFound
        case .modelInUse, .swapInProgress: .conflict
        case .methodNotAllowed: .methodNotAllowed
        case .payloadTooLarge: .contentTooLarge
        case .unsupportedMediaType: .unsupportedMediaType
        case .undecodableAudio: .unprocessableContent
        case .rateLimited: .tooManyRequests
        case .upstreamError: .badGateway
        case .llmUnavailable, .modelNotInstalled, .overloaded, .shuttingDown: .serviceUnavailable
        case .timeout: .gatewayTimeout
        case .storageFull, .modelTooLarge: .insufficientStorage
        default: .internalServerError
        }
    }

    /// The OpenAI-style `type` beside the code.
    static func type(_ code: ServiceError.Code) -> String {
        switch code {
        case .rateLimited: "rate_limit_error"
        case .unauthorized: "authentication_error"
        default: status(code).code < 500 ? "invalid_request_error" : "server_error"
        }
    }
}

extension ServiceError {
    /// The body of every failure, see ``writeEnvelope(to:)``.
    var envelope: ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: 512)
        writeEnvelope(to: &buffer)
        return buffer
    }

    /// Appends `{"error":{"code":…,"message":…,"param":…,"type":…}}`, which is what every failure answers. All four keys are always there, as
    /// OpenAI's clients expect. Written without an encoder, which would take a tenth of what it costs to refuse a request.
    func writeEnvelope(to buffer: inout ByteBuffer) {
        buffer.writeStaticString("{\"error\":{\"code\":")
        buffer.writeJSON(code.rawValue)
        buffer.writeStaticString(",\"message\":")
        buffer.writeJSON(message)
        buffer.writeStaticString(",\"param\":")
        if let param { buffer.writeJSON(param) } else { buffer.writeStaticString("null") }
        buffer.writeStaticString(",\"type\":")
        buffer.writeJSON(ErrorTable.type(code))
        buffer.writeStaticString("}}")
    }
}

extension ServiceError {
    /// Any error in a form that a client may see. An error of unknown origin becomes `internal`, without a reason.
    static func publicError(_ error: any Error) -> ServiceError {
        switch error {
        case let error as ServiceError: error
        case is CancellationError: stopping
        case let error as HTTPError where error.status == .contentTooLarge:
            ServiceError(.payloadTooLarge, "The body is larger than this route takes.")
        case let error as HTTPError where error.status.code < 500:
            ServiceError(
                .invalidRequest, "The request could not be read (\(error.status.code) \(error.status.reasonPhrase)).",
                cause: error)
        default:
            ServiceError(
                .internal, "Something went wrong in the server; its log says more under this request id.", cause: error)
        }
    }

    /// The value of the header Retry-After: whole seconds.
    var retryAfterText: String? { retryAfter.map { String(max(1, Int($0.inSeconds.rounded(.up)))) } }

    func response() -> Response {
        var response = Response(
            status: ErrorTable.status(code), headers: [.contentType: Response.jsonType], body: .whole(envelope))
        if let retryAfterText { response.headers[.retryAfter] = retryAfterText }
        if let quota {
            response.headers[.rateLimit] = String(quota.limit)
            response.headers[.rateRemaining] = String(quota.remaining)
            response.headers[.rateReset] = String(Int(quota.reset.inSeconds.rounded(.up)))
        }
        if code == .unauthorized { response.headers[.wwwAuthenticate] = "Bearer" }
        return response
    }
}

enum ServiceErrorResponse {
    /// The answer to an error, which is noted for the log.
    static func make(_ error: any Error, _ context: BridgeContext) -> Response {
        if error is ClientLeft {
            context.record.noteClientLeft()
            // Nobody receives it.
            return Response(status: .clientLeft)
        }
        let failure = ServiceError.publicError(error)
        context.record.note(failure: failure)
        return failure.response()
    }
}

extension HTTPResponse.Status {
    static let insufficientStorage = HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage")

    /// nginx's status for a client that closed its connection before it was answered.
    static let clientLeft = HTTPResponse.Status(code: 499, reasonPhrase: "Client Closed Request")
}
