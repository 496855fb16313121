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

/// The envelope of every failure.
struct ErrorBody: Encodable, Sendable {
    struct Detail: Encodable, Sendable {
        var code: String
        var message: String
        var type: String
        var param: String?

        private enum Keys: CodingKey { case code, message, type, param }

        // All four keys are always present: OpenAI clients expect them.
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Keys.self)
            try container.encode(code, forKey: .code)
            try container.encode(message, forKey: .message)
            try container.encode(type, forKey: .type)
            try container.encode(param, forKey: .param)
        }
    }
    var error: Detail

    init(_ error: ServiceError) {
        self.error = Detail(
            code: error.code.rawValue, message: error.message, type: ErrorTable.type(error.code), param: error.param)
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

    func response() -> Response {
        var response = Response.json(ErrorBody(self), status: ErrorTable.status(code))
        if let retryAfter {
            response.headers[.retryAfter] = String(max(1, Int(retryAfter.inSeconds.rounded(.up))))
        }
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
