import BridgeTesting
import Foundation
import InMemoryLogging
import Logging
import Testing

@testable import BridgeServer

/// What operators see of the work: metrics by stage and lane, and the trace of a request.
@Suite(.timeLimit(.minutes(2))) struct MonitoringTests {
    private static let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test(arguments: [false, true])
    func theTraceReachesOllamaAndTheLog(isStreamed: Bool) async throws {
        try await FakeOllama.withServer { ollama in
            let server = try TestServer.onDisk(["ollama.host": ollama.baseURL])
            try await server.run { client in
                let answer = try await client.post(
                    "/api/llm/generate", #"{"prompt":"a","stream":\#(isStreamed)}"#,
                    headers: ["traceparent": Self.parent, "tracestate": "house=1"])
                #expect(answer.status == 200)
                _ = try await client.post(
                    "/api/llm/generate", #"{"prompt":"a"}"#, headers: ["traceparent": "00-nonsense"])
            }
            let headers = ollama.exchanges(of: "/api/generate").map(\.headers)
            #expect(headers.map { $0["traceparent"] } == [Self.parent, nil])
            #expect(headers.map { $0["tracestate"] } == ["house=1", nil])
            let traces = server.log.entries.filter { $0.message == "request" }.map { $0.metadata["trace_id"] }
            #expect(traces == ["4bf92f3577b34da6a3ce929d0e0e4736", nil])
        }
    }

    @Test func theWorkIsMeasuredByStageAndUnit() async throws {
        try await FakeOllama.withServer { ollama in
            try await TestServer.onDisk(["ollama.host": ollama.baseURL]).run { client in
                _ = try await client.post("/api/llm/generate", #"{"prompt":"a"}"#)
                _ = try await client.post("/api/tts/synthesize", #"{"text":"Bonjour.","voice":"espeak-fr"}"#)
                _ = try await client.post("/api/embeddings/embed", #"{"text":"a"}"#)
                let metrics = try await client.get("/metrics").text
                for line in [
                    #"jarvis_usage_total{route="/api/llm/generate",unit="prompt_tokens"} 29"#,
                    #"jarvis_usage_total{route="/api/llm/generate",unit="generated_tokens"} 5"#,
                    #"jarvis_generated_tokens_per_second_count{route="/api/llm/generate"} 1"#,
                    #"jarvis_time_to_first_token_seconds_count{route="/api/llm/generate"} 1"#,
                    #"jarvis_stage_duration_seconds_count{route="/api/llm/generate",stage="load"} 1"#,
                    #"jarvis_usage_total{route="/api/tts/synthesize",unit="characters"} 8"#,
                    #"jarvis_time_to_first_audio_seconds_count{route="/api/tts/synthesize"} 1"#,
                    #"jarvis_real_time_factor_count{route="/api/tts/synthesize"} 1"#,
                    #"jarvis_queue_wait_seconds_count{service="piper_tts",lane="interactive"} 1"#,
                    #"jarvis_queue_length{service="piper_tts",lane="long"} 0"#,
                    #"jarvis_errors_total{route="/api/embeddings/embed",code="model_not_installed"} 1"#,
                    #"jarvis_model_loads_total{service="piper_tts",result="loaded"} 1"#,
                    #"jarvis_model_evictions_total{service="piper_tts"} 0"#,
                    "jarvis_computing 0",
                ] { #expect(metrics.contains("\n\(line)\n"), "\(line)") }
                let start = metrics.split(separator: "\n").first { $0.hasPrefix("process_start_time_seconds ") }
                let seconds = start.flatMap { Double($0.split(separator: " ")[1]) } ?? 0
                #expect((-3600...1).contains(seconds - Date().timeIntervalSince1970))
                for name in ["process_cpu_seconds_total", "process_open_fds"] {
                    #expect(metrics.contains("\n\(name) "), "\(name)")
                }
            }
        }
    }

    @Test func theServerOfLanguageModelsIsBlamed() async throws {
        try await TestServer.onDisk().run { client in
            _ = try await client.post("/api/llm/generate", #"{"prompt":"a"}"#)
            let metrics = try await client.get("/metrics").text
            #expect(metrics.contains(#"jarvis_upstream_errors_total{upstream="ollama",code="llm_unavailable"} 1"#))
        }
    }
}
