/// What operators know about one metric: declared once, used where it is reported, and listed in the documentation.
///
/// Names follow Prometheus' conventions: base units, `_total` for counters.
package struct Metric: Sendable, Hashable {
    /// As Prometheus calls it.
    package enum Kind: String, Sendable { case counter, gauge, histogram }

    /// The name, with its unit.
    package let name: String
    package let kind: Kind
    /// One sentence for operators.
    package let help: String
    /// The names of its labels, each with a bounded number of values.
    package let labels: [String]
    /// Upper bounds of a histogram's buckets; there is one more without a bound.
    let bounds: [Double]
    /// Whether a series is shown before anything is counted. Where labels have many combinations most of which never occur, it is not.
    let showsZero: Bool

    package init(
        _ name: String, _ kind: Kind, labels: [String] = [], bounds: [Double] = [], showsZero: Bool = true, help: String
    ) {
        (self.name, self.kind, self.help, self.labels) = (name, kind, help, labels)
        (self.bounds, self.showsZero) = (bounds, showsZero)
    }

    /// From a probe that is answered from memory to a file of hours.
    static let secondsBounds = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
    ]
    private static let ratioBounds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10]
    private static let countBounds: [Double] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048]
    private static let rateBounds: [Double] = [1, 2, 5, 10, 20, 30, 50, 75, 100, 150, 250, 500]
}

/// Every metric of the server.
extension Metric {
    // MARK: Requests

    /// - Parameter labels: what the door counts separately, in addition to the route.
    package static func requests(of door: String, labels: [String]) -> Metric {
        Metric(
            "jarvis_\(door)_requests_total", .counter, labels: labels, showsZero: false,
            help: "Requests by what they asked for and how they ended.")
    }

    static func requestDuration(of door: String) -> Metric {
        Metric(
            "jarvis_\(door)_request_duration_seconds", .histogram, labels: ["route"], bounds: secondsBounds,
            showsZero: false,
            help: "From the request's head to the last byte of its answer.")
    }

    static let stages = Metric(
        "jarvis_stage_duration_seconds", .histogram, labels: ["route", "stage"], bounds: secondsBounds,
        showsZero: false,
        help:
            "Where the time of answered requests went: queue, load (of a model), compute, and what compute consists of: audio_decode, voice_activity, encoder, decoder, alignment, phonemes, synthesis, tokenize, inference, cache, upstream (another server)."
    )
    static let firstToken = Metric(
        "jarvis_time_to_first_token_seconds", .histogram, labels: ["route"], bounds: secondsBounds, showsZero: false,
        help: "From the language-model request to its first token.")
    static let firstAudio = Metric(
        "jarvis_time_to_first_audio_seconds", .histogram, labels: ["route"], bounds: secondsBounds, showsZero: false,
        help: "From the request for speech to its first finished sentence.")
    static let realTimeFactor = Metric(
        "jarvis_real_time_factor", .histogram, labels: ["route"], bounds: ratioBounds, showsZero: false,
        help: "Compute time by audio time; below 1 is faster than the audio plays.")
    static let tokenRate = Metric(
        "jarvis_generated_tokens_per_second", .histogram, labels: ["route"], bounds: rateBounds, showsZero: false,
        help: "Tokens of an answer by the time that generating them took.")
    static let usage = Metric(
        "jarvis_usage_total", .counter, labels: ["route", "unit"], showsZero: false,
        help:
            "What requests came to: audio_seconds heard or spoken, characters to speak, texts for vectors, prompt_tokens and generated_tokens."
    )
    static let errors = Metric(
        "jarvis_errors_total", .counter, labels: ["route", "code"], showsZero: false,
        help: "Requests that were not answered, by route and error code.")
    static let upstreamErrors = Metric(
        "jarvis_upstream_errors_total", .counter, labels: ["upstream", "code"],
        help: "Requests that failed because of the server of language models: unreachable, failing, or too slow.")

    // MARK: Who works when

    static let queueWait = Metric(
        "jarvis_queue_wait_seconds", .histogram, labels: ["service", "lane"], bounds: secondsBounds,
        help: "How long requests waited for a place in their lane.")
    static let queueLength = Metric(
        "jarvis_queue_length", .gauge, labels: ["service", "lane"], help: "Requests that wait for admission.")
    static let running = Metric(
        "jarvis_requests_running", .gauge, labels: ["service", "lane"], help: "Requests that have a place.")
    static let computing = Metric(
        "jarvis_computing", .gauge, help: "Pieces of work that have a permit to compute now.")
    static let batchTexts = Metric(
        "jarvis_embedding_batch_texts", .histogram, bounds: countBounds,
        help: "Texts in one batch of a sentence encoder."
    )
    static let batchTokens = Metric(
        "jarvis_embedding_batch_tokens", .histogram, bounds: countBounds + [4096, 8192],
        help: "Tokens in one batch of a sentence encoder, padding left out.")

    // MARK: Models

    static let serviceUp = Metric(
        "jarvis_service_up", .gauge, labels: ["service"], help: "1 when the bridge can answer.")
    static let defaultLoaded = Metric(
        "jarvis_model_loaded", .gauge, labels: ["service"], help: "1 when the bridge's default model is in memory.")
    static let modelMemory = Metric(
        "jarvis_model_memory_bytes", .gauge, labels: ["service", "model"],
        help: "Memory of each model that is loaded.")
    static let memoryBudget = Metric(
        "jarvis_models_memory_budget_bytes", .gauge, help: "The memory that all models together may take.")
    static let modelLoads = Metric(
        "jarvis_model_loads_total", .counter, labels: ["service", "result"],
        help: "Models that were brought into memory, or could not be: loaded, failed.")
    static let loadDuration = Metric(
        "jarvis_model_load_duration_seconds", .histogram, labels: ["service"], bounds: secondsBounds,
        help: "How long bringing a model into memory took.")
    static let evictions = Metric(
        "jarvis_model_evictions_total", .counter, labels: ["service"],
        help: "Models that were let go of, because they were idle or another one needed the room.")

    // MARK: Embedding cache

    static let cacheEntries = Metric(
        "jarvis_embedding_cache_entries", .gauge, help: "Vectors in the embedding cache.")
    static let cacheBytes = Metric(
        "jarvis_embedding_cache_bytes", .gauge, help: "Memory of the embedding cache.")
    static let cacheHits = Metric(
        "jarvis_embedding_cache_hits_total", .counter, help: "Texts whose vector was in the cache.")
    static let cacheMisses = Metric(
        "jarvis_embedding_cache_misses_total", .counter, help: "Texts whose vector was computed.")

    static let cacheTierHits = Metric(
        "jarvis_embedding_cache_tier_hits_total", .counter, labels: ["tier"],
        help: "Texts whose vector was in this tier of the cache.")
    static let cacheTierMisses = Metric(
        "jarvis_embedding_cache_tier_misses_total", .counter, labels: ["tier"],
        help: "Texts that this tier of the cache was asked for in vain.")
    static let cacheUnstored = Metric(
        "jarvis_embedding_cache_unstored_total", .counter, labels: ["tier"],
        help: "Vectors that this tier of the cache did not store, for it stores more slowly than they are computed.")
    static let redisUp = Metric(
        "jarvis_redis_up", .gauge, help: "1 while Redis is used; absent where none is configured.")
    static let redisFailures = Metric(
        "jarvis_redis_failures_total", .counter, help: "Batches of commands that Redis did not answer.")

    // MARK: Callers

    static let limitDecisions = Metric(
        "jarvis_rate_limit_decisions_total", .counter, labels: ["decision"],
        help: "Requests that a limit applied to: allowed, refused.")

    // MARK: Traces

    static let spans = Metric(
        "jarvis_trace_spans_total", .counter, labels: ["result"],
        help:
            "Spans of recorded traces: exported, dropped (no room, since the collector is slow or away), rejected by the collector; absent where traces are off."
    )

    // MARK: Connections and the process

    package static let connectionsCut = Metric(
        "jarvis_connections_cut_total", .counter, labels: ["reason"],
        help: "Connections closed before their time, by reason.")
    static let heldBytes = Metric(
        "jarvis_held_bytes", .gauge, labels: ["what"],
        help: "Memory of all requests under way: bodies, and answers that clients have not taken yet.")
    static let build = Metric(
        "jarvis_build_info", .gauge, labels: ["version"], help: "1; its label tells the version.")
    static let residentMemory = Metric(
        "process_resident_memory_bytes", .gauge, help: "Memory of this process.")
    static let virtualMemory = Metric(
        "process_virtual_memory_bytes", .gauge, help: "Address space of this process.")
    static let processorTime = Metric(
        "process_cpu_seconds_total", .counter, help: "Processor time of this process, of the user and of the system.")
    static let openFiles = Metric("process_open_fds", .gauge, help: "Open files of this process.")
    static let mostOpenFiles = Metric("process_max_fds", .gauge, help: "How many files this process may have open.")
    static let startTime = Metric(
        "process_start_time_seconds", .gauge, help: "When this process started, in seconds since 1970.")

    /// All of them, as the documentation lists them.
    static let all: [Metric] = [
        requests(of: "http", labels: ["method", "route", "status"]), requestDuration(of: "http"), stages, firstToken,
        firstAudio, realTimeFactor, tokenRate, usage, errors, upstreamErrors, queueWait, queueLength, running,
        computing, batchTexts, batchTokens, serviceUp, defaultLoaded, modelMemory, memoryBudget, modelLoads,
        loadDuration, evictions, cacheEntries, cacheBytes, cacheHits, cacheMisses, cacheTierHits, cacheTierMisses,
        cacheUnstored,
        redisUp,
        redisFailures, limitDecisions, spans, connectionsCut, heldBytes, build,
        residentMemory, virtualMemory, processorTime, openFiles, mostOpenFiles, startTime,
    ]
}
