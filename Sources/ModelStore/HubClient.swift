import AsyncHTTPClient
import BridgeSupport
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import Synchronization

/// Sends requests to the hub and follows its redirects.
///
/// Redirects are followed here, because the redirecting answer contains the digest, and because the token must not travel to
/// the redirect's host.
struct HubClient: Sendable {
    let settings: HubSettings
    /// nil for the process's own clients, one for each proxy.
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
        return try url("\(repository)/resolve/\(revision)/\(escaped.joined(separator: "/"))")
    }

    private func url(_ path: String) throws -> URL {
        guard settings.problem == nil, let url = URL(string: "\(settings.endpoint)/\(path)") else {
            throw ServiceError(
                .invalidRequest, settings.problem ?? HubErrors.badAddress(settings.endpoint).message)
        }
        return url
    }

    private struct ListedFile: Decodable {
        struct Large: Decodable {
            var oid: String
            var size: Int64
        }
        var path: String
        var size: Int64?
        /// Git's blob id; for a large file, that of the pointer in its place.
        var oid: String?
        var lfs: Large?
    }

    /// The hub's list of a repository's files, by path. Mirrors may lack it.
    ///
    /// Only the first page, some thousand entries: enough for the repository of one model, but perhaps not for that of all Piper voices. A
    /// file that is not listed is merely unknown, and its size and digest come with its download; the voices' own list mostly
    /// has the sizes anyway.
    func listing(repository: String, revision: String) async throws -> [String: ExpectedContent] {
        let answer = try await get(url("api/models/\(repository)/tree/\(revision)?recursive=true"))
        guard answer.response.status == .ok else { return [:] }
        let body = try await answer.response.body.collect(upTo: 4 << 20)
        let files = try JSONNode(parsing: [UInt8](buffer: body)).decode([ListedFile].self)
        let contents = files.map { file in
            let content =
                if let large = file.lfs {
                    ExpectedContent(size: statedSize(large.size), sha256: statedDigest(large.oid, digits: 64))
                } else {
                    ExpectedContent(size: statedSize(file.size), gitBlob: statedDigest(file.oid, digits: 40))
                }
            return (file.path, content)
        }
        return Dictionary(contents, uniquingKeysWith: { first, _ in first })
    }

    func get(_ url: URL, headers: HTTPHeaders = [:], method: HTTPMethod = .GET) async throws -> Answer {
        var (target, origin): (URL, (HTTPHeaders, Int)?) = (url, nil)
        for _ in 0..<8 {
            var request = HTTPClientRequest(url: target.absoluteString)
            request.method = method
            request.headers = headers
            request.headers.replaceOrAdd(name: "user-agent", value: "jarvis-bridges/\(BridgeVersion.current)")
            // Digests and sizes apply to the file's own bytes, not to a compressed transfer.
            request.headers.replaceOrAdd(name: "accept-encoding", value: "identity")
            if let authorization, belongsToHub(target) {
                request.headers.replaceOrAdd(name: "authorization", value: authorization)
            }
            let response = try await client(for: target).execute(request, deadline: .distantFuture)
            let status = Int(response.status.code)
            // Redirects within the hub (a renamed repository) come before the answer that knows the file.
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
            target.hasUsablePort, target.scheme == "https" || (target.scheme == "http" && source.scheme == "http")
        else { throw TransientFailure(reason: "it redirects to an address that is none, or from https to http") }
        return target
    }

    /// The credentials for the hub: the user and the password of its address, otherwise the token. The header holds one of them, and a
    /// mirror that asks for a password knows nothing of the hub's tokens.
    private var authorization: String? {
        settings.credentials.map { "Basic \(Data($0.utf8).base64EncodedString())" }
            ?? settings.token.map { "Bearer \($0)" }
    }

    /// Scheme, host and port must be the hub's own before it gets the password or the token.
    private func belongsToHub(_ url: URL) -> Bool {
        guard let hub = URL(string: settings.endpoint) else { return false }
        return url.scheme == hub.scheme && url.host()?.lowercased() == hub.host()?.lowercased() && url.port == hub.port
    }

    private func client(for url: URL) throws -> HTTPClient {
        if let client { return client }
        let proxy = settings.proxies.server(for: url)
        if let proxy, let problem = proxy.problem { throw ServiceError.invalid(proxy.variable, problem) }
        return SharedClients.client(proxy: proxy)
    }
}

/// Clients that live as long as the process, so that none has to be shut down.
private enum SharedClients {
    private static let clients = Mutex<[ProxySettings.Server?: HTTPClient]>([:])

    static func client(proxy: ProxySettings.Server?) -> HTTPClient {
        clients.withLock { clients in
            if let client = clients[proxy] { return client }
            var configuration = HTTPClient.Configuration(
                redirectConfiguration: .disallow,
                timeout: .init(connect: .seconds(10), read: .seconds(60)))
            configuration.proxy = proxy.map { proxy in
                if proxy.kind == .socks {
                    .socksServer(host: proxy.host, port: proxy.port)
                } else if let user = proxy.user {
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
