package import BridgeSupport
import Foundation
package import Logging
package import LanguageModels
package import ModelStore
package import Redis
package import OTLPTracing
import OnnxRuntime
package import SpeechToText
import TextToSpeech

/// Every setting that there is. A name is spelled here and nowhere else: code reads a value by its key, and errors name it by its key,
/// so that a misspelt one does not compile. The sentence of each, which the reference page shows, is its documentation here too.
package enum Keys {
    private static let mebibyte = 1 << 20

    // MARK: Server

    package static let host = Key.text(
        "host", allowed: "an address or a name such as 127.0.0.1", default: "127.0.0.1",
        "The address to listen on; 0.0.0.0 for every network."
    ) { !$0.isEmpty && !$0.contains("/") && !$0.contains(" ") }
    package static let port = Key<Int>(
        "port", in: 0...65535, default: 8005, "The port to listen on; 0 for any that is free.")
    package static let allowedHosts = Key<[String]>.list(
        "allowed_hosts", allowed: "a list of names or addresses such as maison.example, without a port, or *",
        "Names of this server that requests may have in Host, besides localhost and this machine's own, as behind a reverse proxy; * for all. Requests with other names are refused where the server listens on a loopback address such as 127.0.0.1, and everywhere once this is set."
    ) { $0 == "*" || $0.wholeMatch(of: /[A-Za-z0-9._\-]+|\[[0-9A-Fa-f:.]+\]/) != nil }
    package static let dataDirectory = Key.text(
        "data_dir", environment: ModelStore.directoryVariable,
        "Where models and the engine live; ~/.local/share/jarvis-bridges when empty.")
    package static let enabledBridges = Key<[Bridge]>(
        "services.enabled", default: Bridge.allCases, mayBeEmpty: false, "The bridges to offer.")
    package static let preload = Key<Bool>(
        "preload", default: true, "Whether default models are loaded at the start, not at the first request.")
    package static let requiredBridges = Key<[Bridge]>(
        "ready.require", default: [.stt, .tts, .embeddings], "The bridges that /ready waits for, of those enabled.")
    package static let apiKeys = Key<[String]>.list(
        "api_keys",
        allowed: "a list of keys of 22 characters or more, since shorter ones have less than 128 random bits",
        secret: true, "Keys with all rights, beside those of keys.file; a request must carry one of either."
    ) { $0.utf8.count >= 22 }
    package static let keyFile = Key.text(
        "keys.file",
        "The file of keys that 'jarvis-bridges keys' makes, each with a name and a role; keys.jsonl in data_dir when empty. Read again when it changes. Nobody is asked for a key where there is neither a file nor api_keys."
    )
    package static let openToAll = Key<Bool>(
        "open_to_all", default: false,
        "Whether everybody on the network may use the server, where host lets other machines reach it and there are no keys. Otherwise it does not start then."
    )

    // MARK: Models

    package static let speechModel = Key.text(
        "models.stt", default: "whisper-base", "The speech-to-text model for requests that name none.")
    package static let voice = Key.text(
        "models.tts", default: "fr_FR-upmc-medium", "The voice for requests that name none.")
    package static let embeddingModel = Key.text(
        "models.embeddings", default: "paraphrase-multilingual-MiniLM-L12-v2",
        "The embedding model for requests that name none.")
    package static let modelMemory = Key<Int>(
        "models.memory", in: 0...1 << 24, default: 0,
        "Memory for all models together, in MiB; half of what the machine or its container has when 0. Where room is needed, idle models are unloaded, the one unused for longest first."
    )
    package static let modelIdleTime = Key<Int>(
        "models.idle", in: 0...31_536_000, default: 1800,
        "Seconds after which a model that nobody uses goes out of memory; never when 0.")
    private static let speechModelIdleTime = idleTime("models.idle_stt", "speech-to-text model")
    private static let voiceIdleTime = idleTime("models.idle_tts", "voice")
    private static let embeddingModelIdleTime = idleTime("models.idle_embeddings", "embedding model")

    private static func idleTime(_ name: String, _ what: String) -> Key<Int> {
        Key<Int>(
            name, in: 0...31_536_000, default: 1800, "The same for a \(what); models.idle counts where this is not set."
        )
    }
    package static let beams = Key<Int>(
        "stt.beam", in: 1...SpeechToTextService.maximumBeams, default: 1,
        "Beams of transcriptions that name no beam_size; more are slower and a little better.")
    package static let spokenLanguages = Key.list(
        "stt.languages", allowed: "a list of languages such as fr, en, or all", default: ["fr", "en"],
        "What is spoken in the house: where a request names no language, the model chooses among these; among all that it knows with all.",
        mayBeEmpty: false, where: SpeechToTextService.isLanguage)
    package static let speechContext = Key<WhisperContext>(
        "stt.context", default: .auto,
        "How much of its window of 30 s a speech-to-text model looks at: of commands only what they fill and a margin with auto, by models that were measured to understand as much then; all with full."
    )
    package static let speechVolume = Key<Double>(
        "tts.volume", in: SynthesisRequest.volumes, default: 1,
        "A factor on the loudness of speech, for requests that name none.")
    package static let sentenceSilence = Key<Double>(
        "tts.sentence_silence", in: SynthesisRequest.silences, default: 0,
        "Seconds of silence between sentences, for requests that name none.")
    package static let lexiconFile = Key.text(
        "tts.lexicon",
        "The file that says how voices say the words of the house; lexicon.yaml in data_dir when empty. Read again when it changes."
    )
    package static let languageModel = Key.text(
        "llm.model", "The language model for requests that name none; Ollama's first when empty.")
    package static let ollamaAddress = Key<OllamaAddress?>.address(
        "ollama.host", allowed: "an http or https address such as http://127.0.0.1:11434, without a user",
        "Where Ollama listens; OLLAMA_HOST, else 127.0.0.1:11434, when empty."
    ) { try? OllamaAddress($0) }
    package static let allowsCloudModels = Key<Bool>(
        "ollama.cloud", default: false, "Whether models that Ollama runs on remote servers may be used.")

    // MARK: Engine

    package static let enginePath = Key.text(
        "onnxruntime.path", environment: OnnxRuntime.pathVariable, "The ONNX Runtime library; searched for when empty.")
    package static let engineThreads = Key<Int>(
        "onnxruntime.threads", in: 0...256, default: 0, "Threads that work on one run; one per core when 0.")
    package static let engineRuns = Key<Int>(
        "onnxruntime.runs", in: 1...64, default: 2,
        "Runs that may work at the same time; those of long work stop while somebody waits for an answer.")
    package static let vectorCacheBytes = Key<Int>(
        "embeddings.cache_bytes", in: 0...1 << 40, default: 64 * mebibyte, "Memory for cached vectors; no cache when 0."
    )

    package static let vectorLifetime = Key<Int>(
        "embeddings.cache_ttl", in: 0...1 << 31, default: 2_592_000,
        "Seconds after which Redis lets go of a vector; never when 0, unless Redis needs the memory.")

    // MARK: Redis

    package static let redisAddress = Key<RedisAddress?>.address(
        "redis.url", allowed: "an address such as redis://cache:6379/0, or rediss:// for TLS, or empty",
        "A Redis that keeps vectors for several servers, behind those in memory; rediss:// is TLS. A user and a password may stand before the host. None when empty."
    ) { RedisAddress($0) }
    package static let redisPassword = Key<String>(
        "redis.password", allowed: "a text", default: "", shown: "", secret: true,
        summary: "The password for Redis, where it is not in redis.url."
    ) { $0 }
    package static let redisDatabase = Key<Int>(
        "redis.database", in: 0...65535, default: 0, "The number of Redis' database, where redis.url names none.")
    package static let redisAuthorities = Key.text(
        "redis.ca",
        "A file of CA certificates (PEM) that Redis' certificate must come from; when empty, the ones that the system trusts."
    )
    package static let redisPrefix = Key.text(
        "redis.prefix", allowed: "1 to 100 letters, digits and - _ . :", default: "jarvis:",
        "What all keys in Redis begin with, so that others may use the same one."
    ) { $0.wholeMatch(of: /[A-Za-z0-9_.:\-]{1,100}/) != nil }
    package static let redisTimeout = Key<Int>(
        "redis.timeout", in: 1...60_000, default: 250,
        "Milliseconds to wait for Redis. After three failures in a row nothing waits for it until it answers again.")

    // MARK: Limits

    package static let largestText = Key<Int>(
        "limits.body_text", in: 1024...1 << 32, default: mebibyte, "Largest body of a text request, in bytes.")
    package static let largestAudio = Key<Int>(
        "limits.body_audio", in: 1024...1 << 32, default: 64 * mebibyte, "Largest body of an audio request, in bytes.")
    package static let allBodies = Key<Int>(
        "limits.bodies_total", in: 1024...1 << 40, default: 256 * mebibyte,
        "Largest bodies together of requests under way, in bytes; more get 503. One of the largest always fits, and those above limits.body_text leave an eighth to the others."
    )
    package static let allAnswers = Key<Int>(
        "limits.answers_total", in: 1024...1 << 40, default: 256 * mebibyte,
        "Largest answers together that are held for clients that have not taken them, in bytes; more get 503. One of the largest always fits, and those above limits.body_text leave an eighth to the others."
    )
    package static let connections = Key<Int>(
        "limits.connections", in: 1...1 << 20, default: 1024,
        "Connections that are served at the same time, if the system allows as many files. The next request gets 503 then, unless it asks how the server is. 64 more may be open; beyond these, that which has been out of use longest ends."
    )
    package static let readerRate = Key<Int>(
        "limits.reader_rate", in: 0...1 << 30, default: 8192,
        "Bytes a second that a client must take of an answer while some wait for it, or its connection is closed; 0 for any rate."
    )
    package static let speechSeconds = Key<Int>(
        "limits.speech_seconds", in: 1...86400, default: 1800,
        "Longest speech of one request, in seconds; it is held in memory.")

    // MARK: Rates

    private static let generationRates = Key<[RateRule]>(
        rates:
            .bridge(.llm),
        "What one caller may use of the language model: each key, or without keys each client address (of IPv6 each /64). No limit when empty; a key may have limits of its own. Tokens are those read and written."
    )
    private static let transcriptionRates = Key<[RateRule]>(
        rates:
            .bridge(.stt), "The same for speech-to-text; seconds are those of the audio.")
    private static let synthesisRates = Key<[RateRule]>(
        rates:
            .bridge(.tts), "The same for text-to-speech; characters are those of the text.")
    private static let embeddingRates = Key<[RateRule]>(rates: .bridge(.embeddings), "The same for embeddings.")
    private static let documentRates = Key<[RateRule]>(
        rates:
            .documents, "The same for everything else; /health, /ready and /metrics are never limited.")
    package static let trustedProxies = Key<[NetworkRange]>.list(
        "proxies.trusted", allowed: "a list of addresses or ranges such as 10.0.0.0/8, ::1",
        "Reverse proxies that are believed what they say of the address of their client; limits by address count all clients of others as one."
    ) { NetworkRange($0) }
    /// Where proxies write their client's address.
    package enum ProxyHeader: String, Sendable, CaseIterable {
        case list = "x-forwarded-for"
        case forwarded
    }
    package static let proxyHeader = Key<ProxyHeader>(
        "proxies.header", default: .list,
        "The header in which trusted proxies say so. The other one is not read: proxies pass it on as clients have sent it."
    )

    // MARK: Times

    private static let languageModelTime = Key<Int>(
        "timeouts.llm", in: 1...86400, default: 600, "Seconds for one answer of the language model.")
    private static let transcriptionTime = Key<Int>(
        "timeouts.stt", in: 1...86400, default: 600, "Seconds for one transcription.")
    private static let synthesisTime = Key<Int>(
        "timeouts.tts", in: 1...86400, default: 120, "Seconds for one synthesis.")
    private static let embeddingTime = Key<Int>(
        "timeouts.embeddings", in: 1...86400, default: 120,
        "Seconds for one embedding request; what was computed by then stays in the cache.")
    package static let uploadTime = Key<Int>(
        "timeouts.upload", in: 1...86400, default: 300,
        "Seconds for a client to send one request; its connection is closed then.")
    package static let readerTime = Key<Int>(
        "timeouts.reader", in: 1...86400, default: 60,
        "Seconds over which limits.reader_rate is averaged; half as many for streams, which are read as they are made.")
    package static let shutdownTime = Key<Int>(
        "timeouts.shutdown", in: 0...3600, default: 30,
        "Seconds in which the server ends when it is told to; requests that run get all but the last two.")

    // MARK: Admission

    private static let generationPlaces = Key<Int>(
        "admission.llm", in: 1...1024, default: 4, "Language-model requests that run at the same time.")
    private static let transcriptionPlaces = Key<Int>(
        "admission.stt", in: 1...1024, default: 2,
        "Transcriptions that run at the same time, and as many again of more than a minute of audio.")
    private static let synthesisPlaces = Key<Int>(
        "admission.tts", in: 1...1024, default: 2,
        "Syntheses that run at the same time, and as many again of more than about a minute of speech.")
    private static let embeddingPlaces = Key<Int>(
        "admission.embeddings", in: 1...1024, default: 32,
        "Embedding requests that run at the same time, and as many again of more than 32 texts.")
    package static let queue = Key<Int>(
        "admission.queue", in: 0...65536, default: 64,
        "Requests of each bridge that wait, and as many again of long work; the next gets 503.")

    // MARK: Browsers

    package static let origins = Key<[String]>.list(
        "cors.origins", allowed: "a list of origins such as https://maison.example, or *",
        "Origins of web pages that may call, besides localhost; * for all. Other pages are refused."
    ) { $0 == "*" || $0.wholeMatch(of: /[a-z][a-z0-9+.\-]*:\/\/[^\/ ]+/) != nil }
    package static let methods = Key<[String]>.list(
        "cors.methods", allowed: tokens, default: ["GET", "POST", "PUT", "DELETE", "OPTIONS"],
        "Methods that browsers may use.",
        where: isToken)
    package static let headers = Key<[String]>.list(
        "cors.headers", allowed: tokens,
        default: ["Authorization", "Content-Type", "Accept", "X-API-Key", "X-Request-Id", "X-Request-Timeout"],
        "Request headers that browsers may send.", where: isToken)
    package static let preflightAge = Key<Int>(
        "cors.max_age", in: 0...86400, default: 600, "Seconds that browsers may remember these answers.")

    private static let tokens = "a list of names of letters, digits and hyphens"

    /// Whether a text is a token in HTTP's sense (RFC 9110, 5.6.2).
    @Sendable private static func isToken(_ text: String) -> Bool {
        text.wholeMatch(of: /[A-Za-z0-9!#$%&'*+\-.^_`|~]+/) != nil
    }

    // MARK: Log

    package static let logLevel = Key<Logger.Level>("log.level", default: .info, "The least level that is logged.")
    /// `auto` writes text to a terminal and JSON elsewhere.
    package enum LogFormat: String, Sendable, CaseIterable { case auto, text, json }
    package static let logFormat = Key<LogFormat>(
        "log.format", default: .auto, "auto is text on a terminal and JSON lines elsewhere.")
    package static let logFile = Key.text("log.file", "A file to log to as well.")
    package static let logFileBytes = Key<Int>(
        "log.max_bytes", in: 4096...1 << 40, default: 16 * mebibyte, "Size at which the log file is put aside.")
    package static let logFileDaily = Key<Bool>(
        "log.daily", default: true, "Whether the log file is put aside at midnight UTC as well.")
    package static let logFileCompressed = Key<Bool>(
        "log.compress", default: true, "Whether log files put aside are compressed with gzip.")
    package static let logFilesKept = Key<Int>(
        "log.keep", in: 0...10000, default: 7, "How many log files put aside are kept.")

    // MARK: Traces

    package static let traceEndpoint = Key<OTLPEndpoint?>.address(
        "tracing.endpoint",
        allowed: "an http or https address such as http://127.0.0.1:4318, without a user or a query, or empty",
        "The collector that gets a trace of each request, by OTLP over HTTP (port 4318 as a rule); OTEL_EXPORTER_OTLP_ENDPOINT when empty, and no traces without either."
    ) { OTLPEndpoint($0) }
    package static let traceHeaders = Key<[CollectorHeader]>.list(
        "tracing.headers", allowed: "header fields such as authorization=Bearer%20KEY, separated by commas",
        secret: true,
        "What the collector wants in the head of each request, such as a key: name=value, percent-encoded where need be; OTEL_EXPORTER_OTLP_HEADERS when empty."
    ) { CollectorHeader($0) }
    package static let traceShare = Key<Double>(
        "tracing.sample", in: 0...1, default: 1,
        "The share of the requests that are traced, of those whose sender does not say (traceparent).")
    package static let traceService = Key.text(
        "tracing.service", allowed: "1 to 100 visible characters", default: "jarvis-bridges",
        "What the collector calls this server."
    ) { (1...100).contains($0.count) && $0.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control } }
    package static let traceAuthorities = Key.text(
        "tracing.ca",
        "A file of CA certificates (PEM) that the collector's certificate must come from; when empty, the ones that the system trusts."
    )
}

extension Keys {
    /// The time limit of one request of a bridge, in seconds.
    package static func timeLimit(of bridge: Bridge) -> Key<Int> {
        switch bridge {
        case .llm: languageModelTime
        case .stt: transcriptionTime
        case .tts: synthesisTime
        case .embeddings: embeddingTime
        }
    }

    /// The number of requests of a bridge that run at the same time.
    package static func places(of bridge: Bridge) -> Key<Int> {
        switch bridge {
        case .llm: generationPlaces
        case .stt: transcriptionPlaces
        case .tts: synthesisPlaces
        case .embeddings: embeddingPlaces
        }
    }

    /// The model for requests that name none; nil for voice activity, which has only one model.
    package static func model(of service: ModelService) -> Key<String>? {
        switch service {
        case .stt: speechModel
        case .tts: voice
        case .embeddings: embeddingModel
        case .vad: nil
        }
    }

    /// What one caller may use of a group of routes.
    static func rates(of group: RequestPolicy.Group) -> Key<[RateRule]>? {
        switch group {
        case .probes: nil
        case .documents: documentRates
        case .bridge(.llm): generationRates
        case .bridge(.stt): transcriptionRates
        case .bridge(.tts): synthesisRates
        case .bridge(.embeddings): embeddingRates
        }
    }

    /// The idle time of the models of one service; nil for voice activity, which goes with the speech models.
    static func idleTime(of service: ModelService) -> Key<Int>? {
        switch service {
        case .stt: speechModelIdleTime
        case .tts: voiceIdleTime
        case .embeddings: embeddingModelIdleTime
        case .vad: nil
        }
    }

    /// All settings, in the order of the reference page.
    static let all: [Setting] = [
        host.setting, port.setting, allowedHosts.setting, dataDirectory.setting, enabledBridges.setting,
        preload.setting,
        requiredBridges.setting, apiKeys.setting, keyFile.setting, openToAll.setting,
        speechModel.setting, voice.setting, embeddingModel.setting, modelMemory.setting, modelIdleTime.setting,
        speechModelIdleTime.setting, voiceIdleTime.setting, embeddingModelIdleTime.setting,
        beams.setting, spokenLanguages.setting, speechContext.setting, speechVolume.setting, sentenceSilence.setting,
        lexiconFile.setting,
        languageModel.setting,
        ollamaAddress.setting,
        allowsCloudModels.setting,
        enginePath.setting, engineThreads.setting, engineRuns.setting, vectorCacheBytes.setting,
        vectorLifetime.setting,
        redisAddress.setting, redisPassword.setting, redisDatabase.setting, redisAuthorities.setting,
        redisPrefix.setting, redisTimeout.setting,
        largestText.setting, largestAudio.setting, allBodies.setting, allAnswers.setting, connections.setting,
        readerRate.setting, speechSeconds.setting,
        generationRates.setting, transcriptionRates.setting, synthesisRates.setting, embeddingRates.setting,
        documentRates.setting, trustedProxies.setting, proxyHeader.setting,
        languageModelTime.setting, transcriptionTime.setting, synthesisTime.setting, embeddingTime.setting,
        uploadTime.setting, readerTime.setting, shutdownTime.setting,
        generationPlaces.setting, transcriptionPlaces.setting, synthesisPlaces.setting, embeddingPlaces.setting,
        queue.setting,
        origins.setting, methods.setting, headers.setting, preflightAge.setting,
        logLevel.setting, logFormat.setting, logFile.setting, logFileBytes.setting, logFileDaily.setting,
        logFileCompressed.setting, logFilesKept.setting,
        traceEndpoint.setting, traceHeaders.setting, traceShare.setting, traceService.setting, traceAuthorities.setting,
    ]

    static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
    static let byEnvironment = Dictionary(uniqueKeysWithValues: all.map { ($0.environmentName, $0) })
}
