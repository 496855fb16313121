import Testing

@testable import JarvisBridges

@Suite(.timeLimit(.minutes(1))) struct TopPageTests {
    private static let before = """
        # TYPE jarvis_http_requests_total counter
        jarvis_http_requests_total{method="POST",route="/api/llm/generate",status="200"} 10
        jarvis_http_request_duration_seconds_bucket{route="/api/llm/generate",le="1"} 10
        jarvis_http_request_duration_seconds_bucket{route="/api/llm/generate",le="2"} 10
        jarvis_http_request_duration_seconds_bucket{route="/api/llm/generate",le="+Inf"} 10
        process_cpu_seconds_total 5
        """
    private static let now = """
        jarvis_build_info{version="2.0.0"} 1
        jarvis_http_requests_total{method="POST",route="/api/llm/generate",status="200"} 13
        jarvis_http_requests_total{method="POST",route="/api/llm/generate",status="503"} 1
        jarvis_errors_total{route="/api/llm/generate",code="overloaded"} 1
        jarvis_http_request_duration_seconds_bucket{route="/api/llm/generate",le="1"} 10
        jarvis_http_request_duration_seconds_bucket{route="/api/llm/generate",le="2"} 14
        jarvis_http_request_duration_seconds_bucket{route="/api/llm/generate",le="+Inf"} 14
        jarvis_requests_running{service="ollama_llm",lane="interactive"} 2
        jarvis_requests_running{service="ollama_llm",lane="long"} 0
        jarvis_queue_length{service="ollama_llm",lane="interactive"} 3
        jarvis_model_memory_bytes{service="whisper_stt",model="a \\"b\\\\c"} 82000000
        jarvis_models_memory_budget_bytes 4000000000
        jarvis_embedding_cache_tier_hits_total{tier="redis"} 3
        jarvis_embedding_cache_tier_misses_total{tier="redis"} 1
        jarvis_redis_up 0
        jarvis_usage_total{route="/api/llm/generate",unit="generated_tokens"} 64
        process_cpu_seconds_total 7
        process_resident_memory_bytes 123000000
        """

    private let page = TopPage(before: MetricsText(before), now: MetricsText(now), seconds: 2)

    /// The cells of the line that begins with `name`.
    private func row(_ name: String) -> [String] {
        let line = page.text.split(separator: "\n").first { $0.trimmingPrefix { $0 == " " }.hasPrefix(name) } ?? ""
        return line.split(separator: /\s{2,}/).map(String.init)
    }

    @Test func whatHappenedBetweenTwoLooksIsShown() {
        // Four requests in two seconds, one of them not answered, all between one second and two.
        #expect(row("/api/llm/generate") == ["/api/llm/generate", "2", "0.50", "1.5 s", "1.9 s", "14"])
        #expect(row("ollama_llm") == ["ollama_llm", "interactive", "2", "3", "-"])
        #expect(row("redis") == ["redis", "1.50", "75 %", "not used now"])
        #expect(row("generated tokens") == ["generated tokens", "32", "64"])
        #expect(page.headline == "version 2.0.0, 1 cores in use, memory 123 MB")
    }

    @Test func modelsAreShownWithTheirSum() {
        #expect(row(#"a "b\c"#) == [#"a "b\c"#, "whisper_stt", "82 MB"])
        #expect(row("all") == ["all", "82 MB of 4.0 GB"])
    }

    @Test func aServerThatWasStartedAnewCountsFromZero() {
        let page = TopPage(before: MetricsText(Self.now), now: MetricsText(Self.before), seconds: 1)
        #expect(page.headline.contains("5 cores in use"))
    }

    @Test func whatIsNoMetricIsLeftOut() {
        #expect(
            MetricsText("<html>\nnonsense here\n\n# HELP a\na{b=\"c\"} 1e3\nlast NaN").samples.map(\.name) == [
                "a"
            ])
        #expect(TopPage(before: MetricsText(""), now: MetricsText(""), seconds: 1).text.isEmpty)
    }

    @Test(arguments: [
        (0.0004, "0.4 ms"), (0.25, "250 ms"), (2.5, "2.5 s"), (150, "2 min 30 s"), (7500, "2 h 5 min"),
        (100_000, "1 d 3 h"),
    ])
    func timesAreSaidAsPeopleDo(_ seconds: Double, text: String) { #expect(TopPage.time(seconds) == text) }
}
