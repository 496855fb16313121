import AsyncHTTPClient
import BridgeSupport
import BridgeTesting
import Foundation
import InMemoryLogging
import Logging
import Testing

@testable import BridgeRuntime
@testable import BridgeServer

/// The spans of real requests, as a collector gets them.
@Suite(.timeLimit(.minutes(5))) struct TraceTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let caller = "00f067aa0ba902b7"

    private static func parent(sampled: Bool) -> String { "00-\(trace)-\(caller)-\(sampled ? "01" : "00")" }

    /// Serves with a collector while `body` runs; all spans have been sent when it returns.
    private static func spans(
        _ settings: [String: String] = [:],
        _ body: @escaping @Sendable (TestClient, FakeOllama, TestServer) async throws -> Void
    ) async throws -> (spans: [FakeCollector.Span], bytes: [UInt8], ollama: [FakeOllama.Exchange]) {
        try await FakeOllama.withServer { ollama in
            try await FakeCollector.withServer { collector in
                let own = ["tracing.endpoint": collector.endpoint, "ollama.host": ollama.baseURL]
                let server = try TestServer.onDisk(own.merging(settings) { $1 })
                try await server.run { try await body($0, ollama, server) }
                return (collector.spans, collector.bytes, ollama.exchanges)
            }
        }
    }

    private static func server(_ spans: [FakeCollector.Span], _ name: String) throws -> FakeCollector.Span {
        let found = spans.filter { $0.kind == 2 && $0.name == name }
        #expect(found.count == 1, "\(spans.map(\.name))")
        return try #require(found.first)
    }

    @Test(arguments: [false, true])
    func theTraceGoesFromTheCallerThroughTheServerToOllama(isStreamed: Bool) async throws {
        let log = Watched<String?>(nil)
        let (spans, _, ollama) = try await Self.spans { client, _, server in
            let answer = try await client.post(
                "/api/llm/generate", #"{"prompt":"a","stream":\#(isStreamed)}"#,
                headers: ["traceparent": Self.parent(sampled: true), "tracestate": "house=1"])
            #expect(answer.status == 200)
            // It is written after the last byte.
            try await waitUntil { server.log.entries.contains { $0.message == "request" } }
            let line = server.log.entries.first { $0.message == "request" }
            log.update { $0 = line?.metadata["trace_id"].map { "\($0)" } }
        }
        #expect(log.value == Self.trace)
        let request = try Self.server(spans, "POST /api/llm/generate")
        #expect(request.traceID == Self.trace && request.parentID == Self.caller)
        #expect(request.attributes["http.request.method"] == "POST" && request.attributes["url.scheme"] == "http")
        #expect(request.attributes["http.route"] == "/api/llm/generate" && !request.isFailed)
        #expect(request.attributes["http.response.status_code"] == "200" && request.attributes["error.type"] == nil)
        #expect(request.attributes["gen_ai.usage.output_tokens"] == "5")
        let stages = spans.filter { $0.parentID == request.spanID }
        #expect(stages.allSatisfy { $0.traceID == Self.trace && $0.start >= request.start && $0.end <= request.end })
        #expect(Set(stages.map(\.name)) == ["queue", "upstream"])
        // What Ollama says of its own load belongs to the call.
        let calls = Set(stages.filter { $0.name == "upstream" }.map(\.spanID))
        #expect(spans.first { $0.name == "load" }?.parentID.map(calls.contains) == true)
        // Ollama is told the span of the very call, and nothing else of it changes.
        for exchange in ollama where exchange.method == "POST" {
            let span = try #require(stages.first { $0.attributes["url.path"] == exchange.path })
            #expect(span.kind == 3 && span.attributes["server.address"] == "127.0.0.1")
            #expect(exchange.headers["traceparent"] == "00-\(Self.trace)-\(span.spanID)-01")
            #expect(exchange.headers["tracestate"] == "house=1")
        }
        #expect(ollama.contains { $0.path == "/api/generate" })
    }

    @Test func whatItsSenderDoesNotRecordIsNotRecorded() async throws {
        let (spans, _, ollama) = try await Self.spans { client, _, _ in
            _ = try await client.post(
                "/api/llm/generate", #"{"prompt":"a"}"#, headers: ["traceparent": Self.parent(sampled: false)])
        }
        #expect(spans.filter { $0.kind == 2 }.isEmpty)
        let told = ollama.filter { $0.path == "/api/generate" }.map { $0.headers["traceparent"] }
        #expect(told == [Self.parent(sampled: false)])
    }

    @Test func noneIsRecordedWhereTheShareIsNone() async throws {
        let (spans, _, ollama) = try await Self.spans(["tracing.sample": "0"]) { client, _, server in
            _ = try await client.post("/api/llm/generate", #"{"prompt":"a"}"#)
            #expect(server.log.entries.first { $0.message == "request" }?.metadata["trace_id"] == nil)
            _ = try await client.post(
                "/api/llm/generate", #"{"prompt":"a"}"#, headers: ["traceparent": Self.parent(sampled: true)])
        }
        #expect(spans.filter { $0.kind == 2 }.map(\.traceID) == [Self.trace])
        // Ollama is not to decide anew.
        #expect(ollama.first { $0.path == "/api/generate" }?.headers["traceparent"]?.hasSuffix("-00") == true)
    }

    @Test func everyRequestHasATraceOfItsOwn() async throws {
        let (spans, _, _) = try await Self.spans { client, _, _ in
            _ = try await client.get("/health")
            _ = try await client.get("/nowhere/geheim")
            _ = try await client.get("/api/models/geheim")
            _ = try await client.post("/api/tts/synthesize", #"{"text":""}"#)
            _ = try await client.post("/api/tts/synthesize", #"{"text":"Bonjour.","voice":"espeak-fr"}"#)
            _ = try await client.send("GEHEIM", "/health")
        }
        let requests = spans.filter { $0.kind == 2 }
        #expect(Set(requests.map(\.traceID)).count == requests.count && requests.allSatisfy { $0.parentID == nil })
        let names = requests.map(\.name)
        #expect(names.contains("GET /health") && names.contains("GET") && names.contains("POST /api/tts/synthesize"))
        let refused = try #require(requests.first { $0.attributes["http.response.status_code"] == "400" })
        #expect(refused.attributes["error.type"] == "invalid_request" && !refused.isFailed)
        let lost = try #require(requests.first { $0.name == "GET" })
        #expect(lost.attributes["http.route"] == nil && lost.attributes["http.response.status_code"] == "404")
        #expect(!"\(spans)".lowercased().contains("geheim"))
        // The load of the voice belongs to no request.
        let load = try #require(spans.first { $0.name == "load model" })
        #expect(load.attributes["jarvis.model"] == "espeak-fr" && load.parentID == nil)
        #expect(!requests.map(\.traceID).contains(load.traceID))
    }

    @Test func whatFailsSaysWhat() async throws {
        let (spans, _, _) = try await Self.spans(["ollama.host": "127.0.0.1:9"]) { client, _, _ in
            let answer = try await client.post("/api/llm/generate", #"{"prompt":"a"}"#)
            #expect(answer.status == 503)
        }
        let request = try Self.server(spans, "POST /api/llm/generate")
        #expect(request.isFailed && request.attributes["error.type"] == "llm_unavailable")
        let call = try #require(spans.first { $0.name == "upstream" && $0.parentID == request.spanID })
        #expect(call.isFailed && call.attributes["error.type"] == "llm_unavailable")
    }

    @Test func allStagesAreMeasuredOnceForHistogramsAndSpans() async throws {
        _ = try TestData.realModel("whisper-base")
        let clip = try TestData.clip("fr/bonjour_monde")
        let settings = [
            "data_dir": TestData.real.path, "onnxruntime.path": try TestData.engineLibrary(),
            "models.tts": "en_US-joe-medium", "models.embeddings": "multilingual-e5-small",
        ]
        let audio = try Data(contentsOf: clip.audio).base64EncodedString()
        let page = Watched("")
        let (spans, bytes, _) = try await Self.spans(settings) { client, _, _ in
            let heard = try await client.post(
                "/api/stt/transcribe",
                #"{"audio_data":"\#(audio)","encoding":"auto","word_timestamps":true,"prompt":"Geheim"}"#)
            #expect(heard.status == 200, "\(heard.text)")
            let said = try await client.post("/api/tts/synthesize", #"{"text":"Secret words. Go."}"#)
            #expect(said.status == 200, "\(said.text.prefix(300))")
            let vector = try await client.post("/api/embeddings/embed", #"{"text":"Geheim"}"#)
            #expect(vector.status == 200, "\(vector.text.prefix(300))")
            let metrics = try await client.get("/metrics").text
            page.update { $0 = metrics }
        }
        let expected = [
            (
                "/api/stt/transcribe",
                ["queue", "load", "audio_decode", "voice_activity", "encoder", "decoder", "alignment"]
            ),
            ("/api/tts/synthesize", ["queue", "load", "phonemes", "synthesis"]),
            ("/api/embeddings/embed", ["queue", "load", "tokenize", "cache", "inference"]),
        ]
        for (route, stages) in expected {
            let request = try Self.server(spans, "POST \(route)")
            let own = spans.filter { $0.parentID == request.spanID }
            #expect(Set(own.map(\.name)) == Set(stages), "\(route): \(own.map(\.name))")
            #expect(
                own.allSatisfy { $0.traceID == request.traceID && $0.start >= request.start && $0.end <= request.end })
            for stage in stages {
                let series = #"{route="\#(route)",stage="\#(stage)"}"#
                #expect(page.value.contains("jarvis_stage_duration_seconds_count\(series) 1\n"), "\(series)")
                // One measurement: the spans of a stage take as long as the histogram says.
                guard stage != "audio_decode", stage != "voice_activity" else { continue }
                let line = page.value.split(separator: "\n").first {
                    $0.hasPrefix("jarvis_stage_duration_seconds_sum\(series) ")
                }
                let sum = line.flatMap { Double($0.split(separator: " ")[1]) } ?? -1
                let spent = own.filter { $0.name == stage }.reduce(0.0) { $0 + Double($1.end - $1.start) / 1e9 }
                #expect(abs(sum - spent) < 1e-5, "\(series): \(sum), \(spent)")
            }
            #expect(page.value.contains(#"jarvis_stage_duration_seconds_count{route="\#(route)",stage="compute"} 1"#))
        }
        let decoding = try #require(spans.first { $0.name == "audio_decode" })
        #expect((decoding.attributes["jarvis.busy_us"].flatMap { Int($0) } ?? 0) > 0)
        #expect(Set(spans.filter { $0.name == "load model" }.map { $0.attributes["jarvis.service"] ?? "" }).count == 3)
        let text = String(decoding: bytes, as: UTF8.self).lowercased()
        for word in ["secret", "geheim", "bonjour", audio.prefix(40).lowercased(), TestData.real.path.lowercased()] {
            #expect(!text.contains(word), "\(word)")
        }
    }

    @Test func neitherKeysNorFileNamesAreSent() async throws {
        let key = "geheim-0123456789abcdefghij"
        let (spans, bytes, _) = try await Self.spans(["api_keys": key]) { client, _, _ in
            let form = #"""
                --x
                Content-Disposition: form-data; name="file"; filename="geheim.wav"

                geheim
                --x--

                """#.replacing("\n", with: "\r\n")
            _ = try await client.send(
                "POST", "/api/stt/transcribe?language=geheim",
                headers: [
                    "Authorization": "Bearer \(key)", "Content-Type": "multipart/form-data; boundary=x",
                    "User-Agent": "geheim", "X-Request-Id": "geheim",
                ], body: .bytes(Array(form.utf8)))
            _ = try await client.post(
                "/api/llm/generate", #"{"prompt":"geheim"}"#, headers: ["X-API-Key": "geheim-but-wrong-0123456789"])
        }
        #expect(spans.contains { $0.name == "POST /api/stt/transcribe" })
        #expect(spans.contains { $0.attributes["error.type"] == "unauthorized" })
        #expect(!String(decoding: bytes, as: UTF8.self).lowercased().contains("geheim"))
    }

    @Test func theOutcomeIsCounted() async throws {
        try await FakeCollector.withServer { collector in
            let server = try TestServer.onDisk(["tracing.endpoint": collector.endpoint])
            try await server.run { client in
                _ = try await client.get("/health")
                try await waitUntil(every: .milliseconds(50)) {
                    let page = try await client.get("/metrics").text
                    return page.contains(#"jarvis_trace_spans_total{result="dropped"} 0"#)
                        && page.split(separator: "\n").contains {
                            $0.hasPrefix(#"jarvis_trace_spans_total{result="exported"}"#) && !$0.hasSuffix(" 0")
                        }
                }
            }
        }
    }

    @Test func aServerIsNotDelayedByACollectorThatIsGone() async throws {
        let server = try TestServer.onDisk(["tracing.endpoint": "http://127.0.0.1:9", "timeouts.shutdown": "1"])
        try await server.run { client in
            for _ in 0..<20 {
                let answer = try await client.get("/health")
                #expect(answer.status == 200)
            }
        }
        let lines = server.log.entries.filter { "\($0.message)".contains("collector") }
        #expect(lines.count == 1 && server.log.text.contains("Spans were lost"))
    }

    @Test func nothingIsMadeWhereNoneIsConfigured() async throws {
        let server = try TestServer.onDisk()
        #expect(server.services.traces == nil)
        try await server.run { client in
            let page = try await client.get("/metrics").text
            #expect(!page.contains("jarvis_trace_spans_total"))
        }
    }

    @Test(arguments: [
        (["tracing.endpoint": "localhost:4318"], "tracing.endpoint", "http://127.0.0.1:4318"),
        (["tracing.endpoint": "http://user:geheim@a"], "tracing.endpoint", "without a user"),
        (["tracing.sample": "2"], "tracing.sample", "from 0 to 1"),
        (["tracing.service": ""], "tracing.service", "characters"),
        (["tracing.ca": "/ca.pem"], "tracing.ca", "tracing.endpoint"),
        (["tracing.endpoint": "http://a", "tracing.ca": "/ca.pem"], "tracing.ca", "https://"),
        (["tracing.endpoint": "https://a", "tracing.ca": "/nowhere/ca.pem"], "tracing.ca", "/nowhere/ca.pem"),
    ])
    func settingsThatDoNotGoTogetherStopTheStart(settings: [String: String], param: String, hint: String) throws {
        let error = #expect(throws: ServiceError.self) { _ = try TestServer.onDisk(settings) }
        #expect(
            error?.param == param && error?.message.contains(hint) == true && error?.message.contains("geheim") == false
        )
    }
}
