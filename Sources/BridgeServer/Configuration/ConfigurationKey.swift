import LanguageModels
import SpeechToText
import TextToSpeech

/// One setting: its names, its type, what it may be. ``all`` is the only list of settings that there is; validation, the
/// `config` command and the reference page are made from it.
public struct ConfigurationKey: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        case text
        case integer(ClosedRange<Int>)
        case number(ClosedRange<Double>)
        case flag
        /// One of these words.
        case choice([String])
        /// Comma-separated, or a list in YAML; each of these words, or anything when empty.
        case list([String])
        /// A list of web origins, or `*`.
        case origins
        /// A list of names of machines without ports, or `*`.
        case hosts
        /// A list of the words that HTTP calls tokens: names of methods and of headers.
        case tokens
        /// A text that is not empty.
        case address
        /// Where Ollama listens, as ``OllamaAddress`` reads it.
        case ollama

        /// What a value may be, in words.
        var allowed: String {
            switch self {
            case .text: "a text"
            case .origins: "a list of origins such as https://maison.example, or *"
            case .hosts: "a list of names or addresses such as maison.example, without a port, or *"
            case .tokens: "a list of names of letters, digits and hyphens"
            case .address: "an address or a name such as 127.0.0.1"
            case .ollama: "an http or https address such as http://127.0.0.1:11434, without a user"
            case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
            case .number(let range): "a number from \(range.lowerBound.short) to \(range.upperBound.short)"
            case .flag: "true or false"
            case .choice(let words): "one of " + words.joined(separator: ", ")
            case .list(let words): words.isEmpty ? "a list" : "a list of " + words.joined(separator: ", ")
            }
        }
    }

    public let name: String
    public let kind: Kind
    public let defaultValue: String
    public let secret: Bool
    public let summary: String
    public let environmentName: String

    init(
        _ name: String, _ kind: Kind, _ defaultValue: String, secret: Bool = false, environment: String? = nil,
        _ summary: String
    ) {
        self.name = name
        self.kind = kind
        self.defaultValue = defaultValue
        self.secret = secret
        self.summary = summary
        environmentName = environment ?? "JARVIS_" + name.uppercased().replacing(".", with: "_")
    }

    private static let services = ["llm", "stt", "tts", "embeddings"]
    private static let mebibyte = 1 << 20
    /// From the most to the least that is logged.
    public static let logLevels = ["trace", "debug", "info", "notice", "warning", "error", "critical"]

    public static let all: [ConfigurationKey] = [
        .init("host", .address, "127.0.0.1", "The address to listen on; 0.0.0.0 for every network."),
        .init("port", .integer(0...65535), "8005", "The port to listen on; 0 for any that is free."),
        .init(
            "allowed_hosts", .hosts, "",
            "Names of this server that requests may have in Host, besides localhost and this machine's own, as behind a reverse proxy; * for all. Requests with other names are refused where the server listens on a loopback address such as 127.0.0.1, and everywhere once this is set."
        ),
        .init("data_dir", .text, "", "Where models and the engine live; ~/.local/share/jarvis-bridges when empty."),
        .init("services.enabled", .list(services), services.joined(separator: ","), "The bridges to offer."),
        .init("preload", .flag, "true", "Whether default models are loaded at the start, not at the first request."),
        .init(
            "ready.require", .list(services), "stt,tts,embeddings",
            "The bridges that /ready waits for, of those enabled."),
        .init(
            "api_keys", .list([]), "", secret: true,
            "Keys of which a request must carry one; nobody is asked when empty."),

        .init("models.stt", .text, "whisper-base", "The speech-to-text model for requests that name none."),
        .init("models.tts", .text, "fr_FR-upmc-medium", "The voice for requests that name none."),
        .init(
            "models.embeddings", .text, "paraphrase-multilingual-MiniLM-L12-v2",
            "The embedding model for requests that name none."),
        .init(
            "stt.beam", .integer(1...SpeechToTextService.maximumBeams), "1",
            "Beams of transcriptions that name no beam_size; more are slower and a little better."),
        .init(
            "tts.volume", .number(SynthesisRequest.volumes), "1",
            "A factor on the loudness of speech, for requests that name none."),
        .init(
            "tts.sentence_silence", .number(SynthesisRequest.silences), "0",
            "Seconds of silence between sentences, for requests that name none."),
        .init("llm.model", .text, "", "The language model for requests that name none; Ollama's first when empty."),
        .init("ollama.host", .ollama, "", "Where Ollama listens; OLLAMA_HOST, else 127.0.0.1:11434, when empty."),
        .init("ollama.cloud", .flag, "false", "Whether models that Ollama runs on remote servers may be used."),

        .init(
            "onnxruntime.path", .text, "", environment: "JARVIS_ONNXRUNTIME",
            "The ONNX Runtime library; searched for when empty."),
        .init("onnxruntime.threads", .integer(0...256), "0", "Threads that work on one run; one per core when 0."),
        .init(
            "onnxruntime.runs", .integer(1...64), "2",
            "Runs that may work at the same time; one more where somebody waits and all of these are of long work."
        ),
        .init(
            "embeddings.cache_bytes", .integer(0...1 << 40), "\(64 * mebibyte)",
            "Memory for cached vectors; no cache when 0."),

        .init("limits.body_text", .integer(1024...1 << 32), "\(mebibyte)", "Largest body of a text request, in bytes."),
        .init(
            "limits.body_audio", .integer(1024...1 << 32), "\(64 * mebibyte)",
            "Largest body of an audio request, in bytes."),
        .init(
            "limits.bodies_total", .integer(1024...1 << 40), "\(256 * mebibyte)",
            "Largest bodies together of requests under way, in bytes; more get 503. One of the largest always fits, and those above limits.body_text leave an eighth to the others."
        ),
        .init(
            "limits.answers_total", .integer(1024...1 << 40), "\(256 * mebibyte)",
            "Largest answers together that are held for clients that have not taken them, in bytes; more get 503. One of the largest always fits, and those above limits.body_text leave an eighth to the others."
        ),
        .init(
            "limits.connections", .integer(1...1 << 20), "1024",
            "Connections that are served at the same time, if the system allows as many files. For the next one, that which has been out of use longest is closed; where all are in use, the next gets 503, unless it asks how the server is."
        ),
        .init(
            "limits.reader_rate", .integer(0...1 << 30), "8192",
            "Bytes a second that a client must take of an answer while some wait for it, or its connection is closed; 0 for any rate."
        ),
        .init(
            "limits.speech_seconds", .integer(1...86400), "1800",
            "Longest speech of one request, in seconds; it is held in memory."),
        .init("timeouts.llm", .integer(1...86400), "600", "Seconds for one answer of the language model."),
        .init("timeouts.stt", .integer(1...86400), "600", "Seconds for one transcription."),
        .init("timeouts.tts", .integer(1...86400), "120", "Seconds for one synthesis."),
        .init(
            "timeouts.embeddings", .integer(1...86400), "120",
            "Seconds for one embedding request; what was computed by then stays in the cache."),
        .init(
            "timeouts.upload", .integer(1...86400), "300",
            "Seconds for a client to send one request; its connection is closed then."),
        .init(
            "timeouts.reader", .integer(1...86400), "60",
            "Seconds over which limits.reader_rate is averaged; half as many for streams, which are read as they are made."
        ),
        .init(
            "timeouts.shutdown", .integer(0...3600), "30", "Seconds that running requests get when the server stops."),
        .init("admission.llm", .integer(1...1024), "4", "Language-model requests that run at the same time."),
        .init(
            "admission.stt", .integer(1...1024), "2",
            "Transcriptions that run at the same time, and as many again of more than a minute of audio."),
        .init(
            "admission.tts", .integer(1...1024), "2",
            "Syntheses that run at the same time, and as many again of more than about a minute of speech."),
        .init(
            "admission.embeddings", .integer(1...1024), "32",
            "Embedding requests that run at the same time, and as many again of more than 32 texts."),
        .init(
            "admission.queue", .integer(0...65536), "64",
            "Requests of each bridge that wait, and as many again of long work; the next gets 503."),

        .init(
            "cors.origins", .origins, "",
            "Origins of web pages that may call, besides localhost; * for all. Other pages are refused."),
        .init("cors.methods", .tokens, "GET,POST,PUT,DELETE,OPTIONS", "Methods that browsers may use."),
        .init(
            "cors.headers", .tokens, "Authorization,Content-Type,Accept,X-API-Key,X-Request-Id",
            "Request headers that browsers may send."),
        .init("cors.max_age", .integer(0...86400), "600", "Seconds that browsers may remember these answers."),

        .init("log.level", .choice(logLevels), "info", "The least level that is logged."),
        .init(
            "log.format", .choice(["auto", "text", "json"]), "auto",
            "auto is text on a terminal and JSON lines elsewhere."),
        .init("log.file", .text, "", "A file to log to as well."),
        .init(
            "log.max_bytes", .integer(4096...1 << 40), "\(16 * mebibyte)", "Size at which the log file is put aside."),
        .init("log.daily", .flag, "true", "Whether the log file is put aside at midnight UTC as well."),
        .init("log.compress", .flag, "true", "Whether log files put aside are compressed with gzip."),
        .init("log.keep", .integer(0...10000), "7", "How many log files put aside are kept."),
    ]

    static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
    static let byEnvironment = Dictionary(uniqueKeysWithValues: all.map { ($0.environmentName, $0) })

    /// What is wrong with `value`; nil when it is fine.
    func problem(with value: String) -> String? {
        switch kind {
        case .text: return nil
        case .integer(let range): return Int(value).map(range.contains) == true ? nil : kind.allowed
        // A NaN is in no range.
        case .number(let range): return Double(value).map(range.contains) == true ? nil : kind.allowed
        case .flag: return value == "true" || value == "false" ? nil : kind.allowed
        case .address: return value.isEmpty || value.contains("/") || value.contains(" ") ? kind.allowed : nil
        case .ollama: return (try? OllamaAddress(value)) == nil ? kind.allowed : nil
        case .tokens:
            let isToken = { (text: String) in text.wholeMatch(of: /[A-Za-z0-9!#$%&'*+\-.^_`|~]+/) != nil }
            return Self.items(value).allSatisfy(isToken) ? nil : kind.allowed
        case .hosts:
            let isHost = { (text: String) in
                text == "*" || text.wholeMatch(of: /[A-Za-z0-9._\-]+|\[[0-9A-Fa-f:.]+\]/) != nil
            }
            return Self.items(value).allSatisfy(isHost) ? nil : kind.allowed
        case .origins:
            let isOrigin = { (text: String) in
                text == "*" || text.wholeMatch(of: /[a-z][a-z0-9+.\-]*:\/\/[^\/ ]+/) != nil
            }
            return Self.items(value).allSatisfy(isOrigin) ? nil : kind.allowed
        case .choice(let words): return words.contains(value) ? nil : kind.allowed
        case .list(let words):
            if name == "services.enabled", Self.items(value).isEmpty { return kind.allowed }
            return words.isEmpty || Self.items(value).allSatisfy(words.contains) ? nil : kind.allowed
        }
    }

    static func items(_ value: String) -> [String] {
        value.split(separator: ",").map { $0.trimming(" ") }.filter { !$0.isEmpty }
    }
}

extension Substring {
    /// Without `character` at both ends.
    fileprivate func trimming(_ character: Character) -> String {
        String(drop { $0 == character }.reversed().drop { $0 == character }.reversed())
    }
}
