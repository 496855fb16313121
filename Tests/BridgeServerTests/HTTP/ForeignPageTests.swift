import AsyncHTTPClient
import BridgeTesting
import Foundation
import NIOCore
import Testing

@testable import BridgeServer

/// Browsers, and what pages have them do.
@Suite(.timeLimit(.minutes(5))) struct ForeignPageTests {
    @Test func browsersAreClosedOutButForThisMachine() async throws {
        try await TestServer().run { client in
            for origin in ["http://localhost:3000", "http://127.0.0.1", "https://[::1]:8443", "http://LOCALHOST:65535"]
            {
                let answer = try await client.get("/nowhere", ["Origin": origin])
                #expect(answer["Access-Control-Allow-Origin"] == origin)
            }
            for origin in [
                "https://evil.example", "http://localhost.evil.example", "http://localhost:80x", "null",
                "http://localhost:65536", "http://localhost:99999999", "http://localhost:", "http://localhost:+80",
            ] {
                let answer = try await client.get("/health", ["Origin": origin])
                #expect((answer.status, answer.code) == (403, "forbidden_origin"), "\(origin)")
                #expect(answer["Access-Control-Allow-Origin"] == nil)
            }
        }
    }

    @Test func configuredOriginsMayCall() async throws {
        let settings = [
            "cors.origins": "https://maison.example", "cors.methods": "GET,POST", "cors.headers": "X-A",
            "cors.max_age": "7",
        ]
        try await TestServer(settings).run { client in
            let preflight = ["Origin": "https://maison.example", "Access-Control-Request-Method": "POST"]
            let answer = try await client.send("OPTIONS", "/api/llm/generate", headers: preflight)
            #expect(answer.status == 204)
            #expect(answer["Access-Control-Allow-Origin"] == "https://maison.example")
            #expect(answer["Access-Control-Allow-Methods"] == "GET, POST")
            #expect(answer["Access-Control-Allow-Headers"] == "X-A")
            #expect(answer["Access-Control-Max-Age"] == "7")
            #expect(answer["Vary"] == "Origin")
            let stranger = try await client.send(
                "OPTIONS", "/api/llm/generate",
                headers: ["Origin": "https://evil.example", "Access-Control-Request-Method": "POST"])
            #expect(stranger.status == 403 && stranger["Access-Control-Allow-Methods"] == nil)
            let page = ["Origin": "HTTPS://MAISON.EXAMPLE"]
            #expect(try await client.get("/health", page)["Access-Control-Allow-Origin"] == page["Origin"])
            // A cache must know that another page may get another answer.
            for path in ["/health", "/nowhere"] { #expect(try await client.get(path)["Vary"] == "Origin") }
        }
    }

    /// What browsers send without a preflight: a form, or what fetch calls "no-cors".
    typealias SimpleRequest = (method: String, path: String, type: String?, body: String)

    static let simpleRequests: [SimpleRequest] = [
        ("POST", "/api/embeddings/embed", "text/plain", #"{"text":"a"}"#),
        ("POST", "/api/embeddings/embed", nil, #"{"text":"a"}"#),
        ("POST", "/api/tts/synthesize", "application/x-www-form-urlencoded", #"{"text":"a"}"#),
        ("POST", "/api/llm/generate", nil, #"{"prompt":"a"}"#),
        (
            "POST", "/api/stt/transcribe", "multipart/form-data; boundary=b",
            "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\nRIFF\r\n--b--\r\n"
        ),
        ("GET", "/api/llm/models", nil, ""), ("GET", "/metrics", nil, ""), ("GET", "/nowhere", nil, ""),
        ("DELETE", "/api/embeddings/cache", nil, ""),
    ]

    @Test(
        .sharedServer, .serialized,
        arguments: ["https://evil.example", "null", "http://127.0.0.1.evil.example", "file://"], simpleRequests)
    func foreignPagesAreRefusedBeforeAnyWork(origin: String, request: SimpleRequest) async throws {
        let (server, client) = try #require(SharedServer.current)
        var headers = ["Origin": origin]
        headers["Content-Type"] = request.type
        let answer = try await client.send(
            request.method, request.path, headers: headers,
            body: request.body.isEmpty ? nil : .bytes(Array(request.body.utf8)))
        #expect((answer.status, answer.code) == (403, "forbidden_origin"))
        #expect(answer["Access-Control-Allow-Origin"] == nil && answer["X-Request-Id"] != nil)
        #expect(answer.message?.contains("\(origin) ") == true && answer["Vary"] == "Origin")
        #expect(answer.message?.contains("cors.origins (JARVIS_CORS_ORIGINS)") == true)
        #expect(server.embedder.calls.isEmpty && server.language.calls.isEmpty)
    }

    /// Clients that are not browsers say nothing of an origin.
    @Test func whoSaysNothingOfAnOriginIsServed() async throws {
        let server = try TestServer()
        try await server.run { client in
            let answer = try await client.post("/api/embeddings/embed", #"{"text":"a"}"#)
            #expect(answer.status == 200)
        }
        #expect(server.embedder.calls.count == 1 && server.language.calls.isEmpty)
    }

    @Test(arguments: ["Host: a\r\nOrigin: http://evil.example", "Host: evil.example"])
    func theBodyOfAForeignPageIsNotRead(_ lines: String) async throws {
        try await TestServer().run { client in
            let head = "POST /api/stt/transcribe HTTP/1.1\r\n\(lines)\r\nContent-Length: 5000\r\n"
            for expectation in ["", "Expect: 100-continue\r\n"] {
                let text = try await client.raw(Array("\(head)\(expectation)\r\n".utf8)) { text, outbound in
                    if text.contains("forbidden_") { outbound.finish() }
                }
                #expect(text.hasPrefix("HTTP/1.1 403"), "\(text)")
            }
        }
    }

    @Test func pagesOfTheServersOwnHostMayCall() async throws {
        try await TestServer(["allowed_hosts": "maison.example"]).run { client in
            for (origin, host, status) in [
                ("http://maison.example", "maison.example", 200), ("https://Maison.example", "MAISON.example", 200),
                ("http://maison.example:8005", "maison.example:8005", 200),
                ("http://maison.example:8006", "maison.example:8005", 403),
                ("http://maison.example.evil.example", "maison.example", 403),
                ("http://evil.example", "maison.example", 403), ("maison.example", "maison.example", 403),
            ] {
                let answer = try await client.get("/api/tts/voices", ["Origin": origin, "Host": host])
                #expect(answer.status == status, "\(origin) \(host)")
            }
        }
    }

    @Test func whatForeignPagesEmbedIsRefused() async throws {
        try await TestServer().run { client in
            for (site, mode, method, status) in [
                ("cross-site", "no-cors", "GET", 403), ("cross-site", "navigate", "GET", 200),
                ("cross-site", "navigate", "POST", 403), ("same-origin", "no-cors", "GET", 200),
                ("same-site", "no-cors", "GET", 200), ("none", "navigate", "GET", 200),
            ] {
                let path = method == "GET" ? "/api/tts/voices" : "/api/embeddings/embed"
                let answer = try await client.send(
                    method, path, headers: ["Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode])
                #expect(answer.status == status, "\(site) \(mode) \(method)")
            }
            // Here the referrer tells which page it is.
            for (referer, status) in [
                ("http://localhost:3000/", 200), ("http://127.0.0.1/x/y", 200), ("https://evil.example/", 403),
                ("https://evil.example/http://localhost/", 403), ("http://localhost.evil.example/", 403),
                ("http://localhost@evil.example/", 403), ("localhost", 403), ("", 403),
            ] {
                let embedded = ["Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Referer": referer]
                #expect(try await client.get("/api/tts/voices", embedded).status == status, "\(referer)")
            }
            let local = ["Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors", "Origin": "http://localhost:3000"]
            #expect(try await client.get("/api/tts/voices", local).status == 200)
        }
        try await TestServer(["cors.origins": "*"]).run { client in
            let embedded = ["Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"]
            let answer = try await client.get("/api/tts/voices", embedded)
            #expect(answer.status == 200)
            #expect(try await client.get("/api/tts/voices", ["Origin": "null"])["Access-Control-Allow-Origin"] == "*")
        }
    }

    // MARK: Names

    private func names(_ settings: [String: String]) throws -> ServerNames {
        ServerNames(try TestServer.configuration(settings), machine: "Maison")
    }

    @Test func onALoopbackAddressTheNamesAreThoseOfThisMachine() throws {
        let own = [
            "localhost", "LOCALHOST:8005", "localhost.", "127.0.0.1", "127.0.0.1:1", "127.255.0.9:8005", "[::1]",
            "[::1]:8005", "maison", "MAISON:80", "localhost:",
        ]
        let foreign = [
            "evil.example", "evil.example:8005", "localhost.evil.example", "127.0.0.1.evil.example", "192.168.1.2",
            "0.0.0.0", "[::2]", "[::1", "[::1]x", "::1", "128.0.0.1", "127.0.0", "127.0.0.1.1", "127.0.0.256",
            "localhost:80x", "localhost:80:80", "a@localhost", "127.0.0.1:8005@evil.example", "[localhost]", ":", ".",
            " ", "x.localhost", "127.0.0.1,evil.example", "127.1", "2130706433", "0x7f.0.0.1",
        ]
        for host in ["127.0.0.1", "localhost", "::1", "[::1]", "127.0.0.2"] {
            let names = try names(["host": host, "allowed_hosts": ""])
            for name in own { #expect(names.contain(name), "\(name) on \(host)") }
            for name in foreign { #expect(!names.contain(name), "\(name) on \(host)") }
        }
    }

    @Test func allowedHostsAddNames() throws {
        let names = try names(["allowed_hosts": "Jarvis.example, 192.168.1.2, [fd00::1]"])
        for name in ["jarvis.example", "JARVIS.example:443", "192.168.1.2:80", "[fd00::1]:80", "localhost"] {
            #expect(names.contain(name), "\(name)")
        }
        for name in ["evil.example", "x.jarvis.example", "192.168.1.3"] { #expect(!names.contain(name), "\(name)") }
        #expect(try self.names(["allowed_hosts": "*"]).contain("evil.example"))
    }

    @Test(arguments: ["0.0.0.0", "::", "192.168.1.2"])
    func onOtherAddressesNamesCountOnceTheyAreConfigured(_ host: String) throws {
        let open = try names(["host": host, "allowed_hosts": ""])
        for name in ["bridges:8005", "evil.example", "192.168.1.2"] { #expect(open.contain(name), "\(name)") }
        let closed = try names(["host": host, "allowed_hosts": "bridges"])
        for name in ["bridges:8005", "localhost:8005", "192.168.1.2:8005", "[fd00::1]", "maison"] {
            #expect(closed.contain(name), "\(name)")
        }
        for name in ["evil.example", "1.2.3.4.example"] { #expect(!closed.contain(name), "\(name)") }
    }

    @Test func anotherServersNameIsRefusedOnEveryPath() async throws {
        try await TestServer(["api_keys": "a-key-of-22-characters"]).run { client in
            for path in ["/health", "/ready", "/metrics", "/openapi.yaml", "/api/tts/voices", "/nowhere"] {
                let answer = try await client.get(path, ["Host": "evil.example:8005"])
                #expect((answer.status, answer.code) == (403, "forbidden_host"), "\(path)")
                #expect(answer.message?.contains("set allowed_hosts (JARVIS_ALLOWED_HOSTS)") == true)
                #expect(answer["X-Request-Id"] != nil)
            }
            // Also where the page takes itself for a part of the server.
            let rebound = [
                "Host": "evil.example:8005", "Origin": "http://evil.example:8005",
                "X-API-Key": "a-key-of-22-characters",
            ]
            #expect(try await client.get("/api/tts/voices", rebound).code == "forbidden_host")
            #expect(try await client.raw(Array("GET /health HTTP/1.0\r\n\r\n".utf8)).contains(" 200 OK\r\n"))
        }
    }

    /// The host of a whole address counts, and not the one in `Host` (RFC 9112, 3.2.2).
    @Test(arguments: [
        ("http://evil.example/health", "localhost", 403), ("http://evil.example:80", "localhost", 403),
        ("HTTPS://evil.example/health", "localhost", 403), ("http://evil.example?/health", "localhost", 403),
        ("HTTPS:///health", "localhost", 400), ("http://localhost/health", "evil.example", 200),
        ("http://LOCALHOST:8005/health?a=b", "localhost", 200), ("http://[::1]/health", "localhost", 200),
        ("http://localhost@evil.example/health", "localhost", 400), ("http:///health", "localhost", 400),
        ("ftp://localhost/health", "localhost", 400), ("http://localhost/health", "a\r\nHost: a", 400),
        ("/health?http://evil.example/", "localhost", 200), ("//evil.example/health", "localhost", 404),
    ])
    func theHostOfAnAddressCounts(target: String, host: String, status: Int) async throws {
        try await TestServer().run { client in
            for version in ["1.1", "1.0"] {
                let request = "GET \(target) HTTP/\(version)\r\nHost: \(host)\r\nConnection: close\r\n\r\n"
                let text = try await client.raw(Array(request.utf8)) { _, _ in }
                #expect(text.hasPrefix("HTTP/\(version) \(status)"), "\(target) \(text)")
            }
        }
    }

    @Test func anOldClientNeedsNoHostBesideAnAddress() async throws {
        try await TestServer().run { client in
            let foreign = try await client.raw(Array("GET http://evil.example/health HTTP/1.0\r\n\r\n".utf8)) { _, _ in
            }
            #expect(foreign.contains("403") && foreign.contains("forbidden_host"), "\(foreign)")
            let own = try await client.raw(Array("GET http://localhost/health HTTP/1.0\r\n\r\n".utf8)) { _, _ in }
            #expect(own.hasPrefix("HTTP/1.0 200"), "\(own)")
            let page = "Origin: http://evil.example\r\nConnection: close\r\n\r\n"
            let text = try await client.raw(
                Array("GET http://a/health HTTP/1.1\r\nHost: evil.example\r\n\(page)".utf8)
            ) { _, _ in }
            #expect(text.hasPrefix("HTTP/1.1 403"), "\(text)")
        }
    }

    @Test func namesOfHostsAreChecked() throws {
        for wrong in ["http://maison.example", "maison.example:8005", "a b", "maison/x", "[::1]:80"] {
            #expect(throws: (any Error).self, "\(wrong)") { try TestServer.configuration(["allowed_hosts": wrong]) }
        }
    }
}
