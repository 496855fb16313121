import BridgeRuntime
import BridgeSupport
import BridgeTesting
import Foundation
import NIOCore
import NIOPosix
import InMemoryLogging
import LanguageModels
import Logging
import Testing

@testable import BridgeServer

/// Keys, browsers, logs, and the end.
@Suite(.timeLimit(.minutes(5))) struct AccessTests {
    @Test func keysAreAskedForWhereTheyAreConfigured() async throws {
        try await TestServer(["api_keys": "first-key-of-22-characters,second-key-of-22-characters"]).run { client in
            let refused = [
                try await client.get("/api/tts/voices"),
                try await client.get("/api/tts/voices", ["X-API-Key": "third-key"]),
                try await client.get("/api/tts/voices", ["Authorization": "Bearer first-key-of-22-character"]),
                try await client.get("/nowhere"),
            ]
            for answer in refused { #expect((answer.status, answer.code) == (401, "unauthorized")) }
            #expect(refused[0]["WWW-Authenticate"] == "Bearer")
            #expect(
                try await client.get("/api/tts/voices", ["Authorization": "Bearer second-key-of-22-characters"]).status
                    == 200)
            #expect(try await client.get("/api/tts/voices", ["X-API-Key": "first-key-of-22-characters"]).status == 200)
            // One that fits is enough.
            for (key, bearer) in [("wrong", "second-key-of-22-characters"), ("first-key-of-22-characters", "wrong")] {
                let both = ["X-API-Key": key, "Authorization": "Bearer \(bearer)"]
                #expect(try await client.get("/api/tts/voices", both).status == 200)
            }
            #expect(try await client.get("/health").status == 200)
            #expect(try await client.get("/ready").status == 200)
            // Slashes and spaces as the router and RFC 9110 take them.
            for path in ["/health/", "//health", "/ready/", "//ready//"] {
                #expect(try await client.get(path).status == 200, "\(path)")
            }
            for path in ["/health/x", "/x/health", "/healthy", "//api/tts/voices", "/api/tts/voices/"] {
                #expect(try await client.get(path).status == 401, "\(path)")
            }
            for (header, status) in [
                ("Bearer  first-key-of-22-characters", 200), ("bearer   second-key-of-22-characters", 200),
                ("Bearer  ", 401), ("Bearerfirst-key-of-22-characters", 401),
                ("Bearer first-key-of-22-characters x", 401),
            ] {
                #expect(
                    try await client.get("/api/tts/voices", ["Authorization": header]).status == status, "\(header)")
            }
        }
    }

    @Test func noWordsAndNoKeysAreLogged() async throws {
        let server = try TestServer(["api_keys": "topsecretkeyof22characters"], words: "transcribedword")
        try await server.run { client in
            let key = ["X-API-Key": "topsecretkeyof22characters"]
            let tone = Data(SpeechRouteTests.tone).base64EncodedString()
            _ = try await client.post("/api/llm/generate", #"{"prompt":"promptword"}"#, headers: key)
            _ = try await client.post("/api/llm/generate", #"{"prompt":"promptword","stream":true}"#, headers: key)
            _ = try await client.post(
                "/api/embeddings/embed", #"{"text":"embedword","model":"modelword"}"#, headers: key)
            _ = try await client.post("/api/embeddings/embed", #"{"text":"embedword\ud800"}"#, headers: key)
            _ = try await client.post("/api/tts/synthesize", #"{"text":"spokenword.","speed":99}"#, headers: key)
            _ = try await client.post("/api/tts/synthesize", #"{"text":"spokenword."}"#, headers: key)
            #expect(
                try await client.post("/api/stt/transcribe", #"{"audio_data":"\#(tone)"}"#, headers: key).text.contains(
                    "transcribedword"))
            _ = try await client.get("/queryword?q=queryword", ["X-API-Key": "wrongkey"])
        }
        let text = server.log.text
        for word in [
            "promptword", "Bonjour", "embedword", "modelword", "spokenword", "transcribedword",
            "topsecretkeyof22characters",
            "wrongkey", "queryword",
        ] {
            #expect(!text.contains(word), "\(word) is in the log")
        }
        let line = try #require(server.log.entries.first { "\($0.metadata["route"] ?? "")" == "/api/stt/transcribe" })
        #expect(
            line.metadata.keys.sorted() == [
                "caller", "compute_ms", "method", "model", "queue_ms", "request_id", "route", "status", "total_ms",
            ])
    }

    @Test func whatIsNoHTTPGetsTheEnvelopeAsEverythingDoes() async throws {
        try await TestServer().run { client in
            let text = try await client.raw(Array("FOO /health HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
            #expect(text.hasPrefix("HTTP/1.1 400"), "\(text)")
            #expect(text.lowercased().contains("content-type: application/json; charset=utf-8\r\n"), "\(text)")
            let message = "The request is not HTTP/1.1 that this server can read: check its first line and its headers."
            let body =
                #"{"error":{"code":"invalid_request","message":"\#(message)","param":null,"type":"invalid_request_error"}}"#
            #expect(text.hasSuffix("\r\n\r\n" + body), "\(text)")
        }
    }

    @Test func aStopLetsRunningRequestsFinish() async throws {
        let gate = Gate()
        let server = try TestServer(gate: gate)
        try await server.running { client, stop in
            async let answer = client.post("/api/embeddings/embed", #"{"text":"a"}"#)
            try await gate.arrivals(atLeast: 1)
            await stop()
            gate.open()
            #expect(try await answer.status == 200)
        }
    }

    @Test func aStopEndsWhatTakesTooLong() async throws {
        let gate = Gate()
        let server = try TestServer(["timeouts.shutdown": "0"], gate: gate)
        try await server.running { client, stop in
            async let whole = client.post("/api/embeddings/embed", #"{"text":"a"}"#)
            async let stream = client.post("/api/llm/generate", #"{"prompt":"a","stream":true}"#)
            try await gate.arrivals(atLeast: 2)
            await stop()
            let answer = try await whole
            #expect((answer.status, answer.code) == (503, "shutting_down"))
            #expect(answer["Retry-After"] == "2")
            // Nothing of it was sent yet.
            let refused = try await stream
            #expect((refused.status, refused.code) == (503, "shutting_down"))
        }
    }

    @Test func aStopEndsUploadsThatTakeTooLong() async throws {
        let server = try TestServer(["timeouts.shutdown": "0"])
        try await server.running { client, stop in
            let head =
                "POST /api/stt/transcribe HTTP/1.1\r\nHost: a\r\nContent-Type: audio/wav\r\nContent-Length: 5000\r\n"
            let text = try await client.raw(Array("\(head)Expect: 100-continue\r\n\r\n".utf8)) { text, outbound in
                guard text == "HTTP/1.1 100 Continue\r\n\r\n" else { return }
                // It is being read, and never ends.
                try await outbound.write(ByteBuffer(string: "RIFF"))
                await stop()
            }
            #expect(text.contains("HTTP/1.1 503") && text.contains("shutting_down"), "\(text)")
        }
    }

    @Test func aStopWhileModelsLoadIsNoError() async throws {
        let gate = Gate()
        let server = try TestServer(["preload": "true"], gate: gate)
        try await server.running { _, stop in
            try await gate.arrivals(atLeast: 1)
            await stop()
        }
        #expect(
            server.log.entries(at: .error).isEmpty && server.log.entries(at: .warning).isEmpty, "\(server.log.text)")
    }

    @Test func aPortInUseIsExplained() async throws {
        let taken = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(
            host: "127.0.0.1", port: 0
        ).get()
        let port = try #require(taken.localAddress?.port)
        let configuration = try TestServer.configuration(["port": "\(port)", "log.level": "critical"])
        let error = await #expect(throws: ServiceError.self) {
            try await Runtime.serve(configuration, doors: [{ try HTTPDoor($0, onListening: $1) }])
        }
        #expect(error?.param == "port")
        #expect(error?.message.contains("\(port) is in use") == true)
        try await taken.close()
    }
}
