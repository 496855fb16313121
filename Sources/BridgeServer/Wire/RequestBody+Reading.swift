import BridgeSupport
import HTTPTypes
import Hummingbird
import NIOCore

extension Request {
    /// The whole body, refused while it is read when it is over `limit`, whatever Content-Length says.
    ///
    /// The body stays usable for noticing that the client leaves.
    mutating func wholeBody(upTo limit: Int) async throws -> ByteBuffer {
        let tooLarge = ServiceError(.payloadTooLarge, "The body is larger than the \(limit) bytes that this route takes.")
        if let length = headers[.contentLength].flatMap({ Int($0) }), length > limit { throw tooLarge }
        do {
            return try await collectBody(upTo: limit)
        } catch let error as any HTTPResponseError where error.status == .contentTooLarge {
            throw tooLarge
        }
    }

    /// The fields of a JSON body.
    mutating func jsonFields(upTo limit: Int) async throws -> RequestFields {
        guard mediaType.map({ $0 == "application/json" || $0.hasSuffix("+json") }) ?? true else {
            throw ServiceError(
                .unsupportedMediaType, "This route takes JSON: send Content-Type: application/json (curl: -H 'Content-Type: application/json').")
        }
        return try RequestFields(json: try await wholeBody(upTo: limit))
    }

    /// The body's type without parameters, in lower case; nil when none is given.
    var mediaType: String? {
        headers[.contentType].flatMap { $0.split(separator: ";").first }.map {
            $0.filter { $0 != " " }.lowercased()
        }
    }

    /// The query as fields.
    var queryFields: [String: String] {
        Dictionary(uri.queryParameters.map { (String($0.key), String($0.value)) }, uniquingKeysWith: { first, _ in first })
    }
}

/// Runs `body`, but no longer than `limit`.
///
/// - Throws: `timeout` when the time has passed; the work is cancelled then.
func withTimeLimit<R: Sendable>(seconds limit: Int, _ body: @escaping @Sendable () async throws -> R) async throws -> R {
    try await withThrowingTaskGroup(of: R.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: .seconds(limit))
            throw ServiceError(.timeout, "The request took longer than its limit of \(limit) s. Send less at once, or raise the limit under timeouts in the configuration.")
        }
        defer { group.cancelAll() }
        guard let first = try await group.next() else { throw CancellationError() }
        return first
    }
}
