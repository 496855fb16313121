import AsyncHTTPClient
import BridgeSupport
import Foundation
import NIOCore
import NIOPosix
import SystemPackage

/// The messages for what can go wrong on the way to a model.
enum HubErrors {
    /// An answer that will stay the same if asked for again.
    static func refused(_ status: Int, _ url: URL, model: String, settings: HubSettings) -> ServiceError {
        let what = "\(url.lastPathComponent) of \(model)"
        let isHub = isHub(url, settings)
        switch status {
        case 401 where !isHub, 403 where !isHub:
            return ServiceError(
                .upstreamError,
                "\(host(url)) refuses \(what) (HTTP \(status)): something between here and the package index may forbid it; ask who runs the network."
            )
        case 401, 403:
            let advice =
                if settings.credentials != nil {
                    "the user and the password in HF_ENDPOINT do not open it; check them"
                } else if settings.token != nil {
                    "the token in HF_TOKEN does not open it; check that its account was granted access"
                } else {
                    "it is gated or private: accept its terms on the hub and set HF_TOKEN to a token of that account"
                }
            return ServiceError(.upstreamError, "\(host(url)) refuses \(what) (HTTP \(status)): \(advice).")
        case 404, 410:
            return ServiceError(
                .notFound,
                "\(host(url)) has no \(what) (HTTP \(status)). \(isHub ? "Check HF_ENDPOINT, and that the repository still exists." : "A newer version of the program may know where it is now.")"
            )
        default:
            return ServiceError(
                .upstreamError, "\(host(url)) answered HTTP \(status) for \(what), which no retry will mend.")
        }
    }

    private static func isHub(_ url: URL, _ settings: HubSettings) -> Bool {
        url.host() == URL(string: settings.endpoint)?.host()
    }

    static func gaveUp(
        _ url: URL, model: String, attempts: Int, settings: HubSettings, cause: any Error
    ) -> ServiceError {
        let mirror = isHub(url, settings) ? ", or set HF_ENDPOINT to a mirror" : ""
        return ServiceError(
            .upstreamError,
            "\(url.lastPathComponent) of \(model) could not be fetched from \(host(url)) in \(attempts) attempts: \(reason(cause)). "
                + "Check the network and HTTPS_PROXY\(mirror); the next attempt goes on where this one stopped.",
            cause: cause)
    }

    /// A question to which there is no answer, and which is not asked again.
    static func noAnswer(_ what: String, settings: HubSettings, cause: any Error) -> ServiceError {
        ServiceError(
            .upstreamError,
            "\(what) could not be fetched from \(settings.endpoint): \(reason(cause)). Check the network and HTTPS_PROXY, or set HF_ENDPOINT to a mirror.",
            cause: cause)
    }

    /// What a user reads during the wait for the next attempt.
    static func pause(_ url: URL, _ cause: any Error, for pause: Duration, attempt: Int, of attempts: Int) -> String {
        let seconds = Int((pause / .seconds(1)).rounded(.up))
        return "\(host(url)): \(reason(cause)); attempt \(attempt) of \(attempts) begins in \(seconds) s"
    }

    private static func reason(_ cause: any Error) -> String {
        switch cause {
        case let failure as TransientFailure: failure.reason
        case let error as NIOConnectionError where error.dnsAError != nil || error.dnsAAAAError != nil:
            "the name \(error.host) cannot be resolved"
        case let error as NIOConnectionError: "nothing answers at port \(error.port)"
        case let error as HTTPClientError where error == .connectTimeout: "it does not answer"
        case let error as HTTPClientError where [.remoteConnectionClosed, .readTimeout].contains(error):
            "the connection broke off"
        case let error as IOError where error.errnoCode == ECONNREFUSED: "it refuses the connection"
        case is IOError: "the connection broke off"
        case let error as HTTPClientError where [.httpProxyHandshakeTimeout, .socksHandshakeTimeout].contains(error):
            "the proxy does not answer"
        // Its full description may contain headers, and with them the token.
        case let error as HTTPClientError: "the connection failed (\(error.shortDescription))"
        default: "the connection failed (\(cause))"
        }
    }

    static func offline(_ what: String) -> ServiceError {
        ServiceError(
            .upstreamError,
            "\(what) is not here, and HF_HUB_OFFLINE forbids to fetch it. Unset that, or put the files into the models' directory by hand."
        )
    }

    static func damaged(_ file: String, model: String, reason: String) -> ServiceError {
        ServiceError(
            .upstreamError,
            "\(file) of \(model) is not what its source announced: \(reason). What came was deleted; try again later, or from another mirror."
        )
    }

    /// Nothing could distinguish a truncated file from a complete one.
    static func uncheckable(_ url: URL, model: String) -> ServiceError {
        ServiceError(
            .upstreamError,
            "\(host(url)) gives neither the size nor a digest of \(url.lastPathComponent) of \(model), so it cannot be checked and is not taken. "
                + "Set HF_ENDPOINT to the hub itself or to a mirror that passes these headers on."
        )
    }

    static func diskFull(_ directory: URL, needed: Int64?, free: Int64?) -> ServiceError {
        let need = needed.map { "\(ByteText.size($0)) are needed" } ?? "the model does not fit"
        let have = free.map { " and \(ByteText.size($0)) are free" } ?? ""
        return ServiceError(
            .storageFull,
            "The disk of \(directory.path) is full: \(need)\(have). Make room, or set \(ModelStore.directoryVariable) to a larger disk."
        )
    }

    static func cannotWrite(_ directory: URL, cause: any Error) -> ServiceError {
        if isDiskFull(cause) { return diskFull(directory, needed: nil, free: nil) }
        return ServiceError(
            .internal,
            "\(directory.path) cannot be written. Check its owner and permissions, or set \(ModelStore.directoryVariable) to another directory.",
            cause: cause)
    }

    /// The text before the last "@" may contain a password, so it is not shown.
    static func badAddress(_ endpoint: String) -> ServiceError {
        let (shown, form) =
            if let at = endpoint.lastIndex(of: "@") {
                (
                    "***\(endpoint[at...])",
                    "https://user:password@host, with %2F for a / and %40 for an @ in the password"
                )
            } else {
                (endpoint, "https://huggingface.co")
            }
        return ServiceError(
            .invalidRequest,
            "HF_ENDPOINT '\(shown)' is no http or https address; write it as \(form), or unset it.",
            param: "HF_ENDPOINT")
    }

    /// What blocks the way to the hub if asking again will not help; nil for other failures.
    static func refusedByProxy(_ error: any Error, _ url: URL) -> ServiceError? {
        let reason: String
        switch error as? HTTPClientError {
        case .proxyAuthenticationRequired?:
            reason =
                "asks for a user and a password, or refuses those it got (HTTP 407). Write them as http://user:password@host:port in the variable that names it"
        case .invalidProxyResponse?:
            reason =
                "refuses to connect there. It must allow CONNECT, also for http addresses; name the host in NO_PROXY to go without it"
        default: return nil
        }
        return ServiceError(
            .upstreamError,
            "The proxy for \(host(url)) (\(url.scheme == "https" ? "HTTPS_PROXY" : "HTTP_PROXY") or ALL_PROXY) \(reason).",
            cause: error)
    }

    /// ENOSPC or EDQUOT, however Foundation has wrapped it.
    static func isDiskFull(_ error: any Error) -> Bool {
        if let error = error as? Errno { return error == .noSpace || error == .diskQuotaExceeded }
        let error = error as NSError
        if error.domain == NSCocoaErrorDomain, error.code == CocoaError.fileWriteOutOfSpace.rawValue { return true }
        if error.domain == NSPOSIXErrorDomain, error.code == Int(ENOSPC) || error.code == Int(EDQUOT) { return true }
        return (error.userInfo[NSUnderlyingErrorKey] as? NSError).map(isDiskFull) ?? false
    }

    /// Whether the disk failed rather than the network, so that no retry helps.
    static func isOfFiles(_ error: any Error) -> Bool {
        error is CocoaError || error is Errno || (error as NSError).domain == NSPOSIXErrorDomain
    }

    private static func host(_ url: URL) -> String { url.host() ?? url.absoluteString }
}

/// A failure that another attempt may overcome.
struct TransientFailure: Error {
    var reason: String
    /// What the server asked for in Retry-After.
    var retryAfter: Duration?
}

extension ServiceError {
    /// Whether the source does not have the file, which is allowed for an optional one.
    var isMissingFile: Bool { code == .notFound }
}
