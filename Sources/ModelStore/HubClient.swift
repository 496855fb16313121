import AsyncHTTPClient
import BridgeSupport
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization

/// Sends requests to the hub and follows its redirects.
///
/// By hand, because the answer that redirects holds the digest, and because the token must not travel to the host that
/// it redirects to.
struct HubClient: Sendable {
    let settings: HubSettings
    /// Nil: the process's own clients, one for each proxy.
    let client: HTTPClient?

    struct Answer: Sendable {
        var response: HTTPClientResponse
        /// Headers of the first host, which knows the digest.
        var origin: HTTPHeaders
        var originStatus: Int
    }

    func url(repository: String, revision: String, path: String) throws -> URL {
        let escaped = path.split(separator: "/").map {
            $0.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? String($0)
        }
        guard
            let url = URL(
                string: "\(settings.endpoint)/\(repository)/resolve/\(revision)/\(escaped.joined(separator: "/"))"),
            url.scheme == "http" || url.scheme == "https", url.host() != nil
        else { throw HubErrors.badAddress(settings.endpoint) }
        return url
    }

    func get(_ url: URL, headers: HTTPHeaders = [:], method: HTTPMethod = .GET) async throws -> Answer {
        var (target, origin): (URL, (HTTPHeaders, Int)?) = (url, nil)
        for _ in 0..<8 {
            var request = HTTPClientRequest(url: target.absoluteString)
            request.method = method
            request.headers = headers
            request.headers.replaceOrAdd(name: "user-agent", value: "jarvis-bridges/\(BridgeVersion.current)")
            // Digests and sizes count the file's own bytes, not those of a compressed transfer.
            request.headers.replaceOrAdd(name: "accept-encoding", value: "identity")
            if let token = settings.token, belongsToHub(target) {
                request.headers.replaceOrAdd(name: "authorization", value: "Bearer \(token)")
            }
            let response = try await client(for: target).execute(request, deadline: .distantFuture)
            let status = Int(response.status.code)
            // Redirects within the hub (a repository that was renamed) come before the answer that knows the file.
            if origin?.0.contains(name: "x-linked-etag") != true, origin == nil || belongsToHub(target) {
                origin = (response.headers, status)
            }
            guard [301, 302, 303, 307, 308].contains(status), let location = response.headers.first(name: "location")
            else {
                return Answer(response: response, origin: origin?.0 ?? [:], originStatus: origin?.1 ?? status)
            }
            target = try redirected(from: target, to: location)
        }
        throw TransientFailure(reason: "it redirects in circles")
    }

    private func redirected(from source: URL, to location: String) throws -> URL {
        guard let target = URL(string: location, relativeTo: source)?.absoluteURL, target.host() != nil,
            target.scheme == "https" || (target.scheme == "http" && source.scheme == "http")
        else { throw TransientFailure(reason: "it redirects to an address that is none, or from https to http") }
        return target
    }

    /// Scheme, host and port have to be the hub's own before it sees the token.
    private func belongsToHub(_ url: URL) -> Bool {
        guard let hub = URL(string: settings.endpoint) else { return false }
        return url.scheme == hub.scheme && url.host()?.lowercased() == hub.host()?.lowercased() && url.port == hub.port
    }

    private func client(for url: URL) -> HTTPClient {
        client ?? SharedClients.client(proxy: settings.proxies.server(for: url))
    }
}

/// Clients that live as long as the process, so that nobody has to shut one down.
private enum SharedClients {
    private static let clients = Mutex<[ProxySettings.Server?: HTTPClient]>([:])

    static func client(proxy: ProxySettings.Server?) -> HTTPClient {
        clients.withLock { clients in
            if let client = clients[proxy] { return client }
            var configuration = HTTPClient.Configuration(
                redirectConfiguration: .disallow,
                timeout: .init(connect: .seconds(10), read: .seconds(60)))
            configuration.proxy = proxy.map { proxy in
                if let user = proxy.user {
                    .server(
                        host: proxy.host, port: proxy.port,
                        authorization: .basic(username: user, password: proxy.password ?? ""))
                } else {
                    .server(host: proxy.host, port: proxy.port)
                }
            }
            configuration.httpVersion = .http1Only
            // RetryPolicy counts the attempts; the pool would go on by itself until its time is over.
            configuration.connectionPool.retryConnectionEstablishment = false
            let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
            clients[proxy] = client
            return client
        }
    }
}
