import BridgeSupport
import Configuration
public import Foundation
public import ModelStore
import LanguageModels

/// The effective configuration: defaults < `jarvis.yaml` < `JARVIS_*` environment < flags. Every value in it was checked.
public struct BridgeConfiguration: Sendable {
    /// A value and where it comes from.
    public struct Effective: Sendable, Hashable {
        public var key: String
        /// Masked when it is a secret.
        public var value: String
        /// "default", "jarvis.yaml" (its path), "JARVIS_PORT", or "flag".
        public var source: String
    }

    private struct Entry: Sendable {
        var value: String
        var source: String
    }

    private var entries: [String: Entry]
    /// OLLAMA_HOST, which counts when `ollama.host` is empty.
    private let ollamaHost: String
    let environment: [String: String]

    /// Variables with our prefix that are no settings: the place of the file, and what tests and benchmarks read.
    private static let otherVariables: Set<String> = [
        "JARVIS_CONFIG", "JARVIS_COMMAND", "JARVIS_BINARY", "JARVIS_FUZZ_ROUNDS", "JARVIS_FUZZ_SEED",
    ]

    /// Reads all sources.
    ///
    /// - Parameters:
    ///   - file: a YAML file that must exist; `JARVIS_CONFIG`, else `jarvis.yaml` (or `.yml`) in `folder` if there is one, when nil.
    ///   - folder: where the user called from.
    /// - Throws: `invalid_request` naming the unknown key or the bad value, and what is allowed.
    public static func load(
        file: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment,
        flags: [String: String] = [:], folder: String = "."
    ) throws -> BridgeConfiguration {
        let named = file ?? environment["JARVIS_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
        let file = try YAMLSettings.read(named, in: folder)
        let (yaml, path) = (file.values, file.path)
        try checkNames(Array(flags.keys), in: "the command line")
        try file.checkNames()
        let variables = try variables(environment)
        // The layers are swift-configuration's. Its own providers for the environment and for YAML answer for keys that they are
        // asked for, and so cannot tell a user of a misspelt name, of a key that is there twice, or of the place where a file
        // is no YAML; values are read as text, so that one table checks and explains them all.
        let layers = [("flag", flags), ("", variables), (path, yaml)].map { name, values in
            (name, InMemoryProvider(name: name, values: layer(values)))
        }
        var entries: [String: Entry] = [:]
        for key in ConfigurationKey.all {
            let found = layers.lazy.compactMap { name, provider in
                ConfigReader(provider: provider).string(forKey: Self.key(key.name), isSecret: key.secret).map {
                    Entry(value: $0, source: name.isEmpty ? key.environmentName : name)
                }
            }.first
            let entry = found ?? Entry(value: key.defaultValue, source: "default")
            if let allowed = key.problem(with: entry.value) {
                // In a file with a broken quote, the value of one setting may hold the key of the next lines.
                let isHidden = key.secret || entry.source == path
                let shown = isHidden ? "its value" : "\"\(entry.value.maskingPassword)\""
                let place = entry.source == path ? file.place(of: key.name) : entry.source
                throw ServiceError.invalid(
                    key.name, "\(key.name) cannot be \(shown) (from \(place)): it must be \(allowed).")
            }
            // Likely a variable that was meant to carry a key; to serve everybody then would be a trap.
            if key.name == "api_keys", !["default", path].contains(entry.source),
                ConfigurationKey.items(entry.value).isEmpty
            {
                throw ServiceError.invalid(
                    key.name, "\(key.name) (from \(entry.source)) holds no key: name one, or leave it unset.")
            }
            entries[key.name] = entry
        }
        let ollamaHost = environment["OLLAMA_HOST"] ?? ""
        let ollama = ConfigurationKey.Kind.ollama
        if entries["ollama.host"]?.value == "", (try? OllamaAddress(ollamaHost)) == nil {
            throw ServiceError.invalid(
                "OLLAMA_HOST",
                "OLLAMA_HOST, which counts as ollama.host is not set, cannot be \"\(ollamaHost.maskingPassword)\": it must be \(ollama.allowed)."
            )
        }
        return BridgeConfiguration(entries: entries, ollamaHost: ollamaHost, environment: environment)
    }

    private static func layer(_ values: [String: String]) -> [AbsoluteConfigKey: ConfigValue] {
        Dictionary(
            uniqueKeysWithValues: values.map { name, value in
                let isSecret = ConfigurationKey.byName[name]?.secret ?? false
                return (AbsoluteConfigKey(key(name)), ConfigValue(.string(value), isSecret: isSecret))
            })
    }

    private static func key(_ name: String) -> ConfigKey { ConfigKey(name.split(separator: ".").map(String.init)) }

    private static func variables(_ environment: [String: String]) throws -> [String: String] {
        var values: [String: String] = [:]
        for (name, value) in environment where name.hasPrefix("JARVIS_") && !otherVariables.contains(name) {
            guard let key = ConfigurationKey.byEnvironment[name] else {
                throw unknown(name, among: Array(ConfigurationKey.byEnvironment.keys), in: "the environment")
            }
            values[key.name] = value
        }
        return values
    }

    private static func checkNames(_ names: [String], in place: String) throws {
        for name in names.sorted() where ConfigurationKey.byName[name] == nil {
            throw unknown(name, among: Array(ConfigurationKey.byName.keys), in: place)
        }
    }

    /// The name that was meant, if one is near.
    static func nearest(to name: String, among known: [String]) -> String? {
        let nearest = known.map { ($0, editDistance(name.lowercased(), $0.lowercased())) }
            .min { ($0.1, $0.0) < ($1.1, $1.0) }
        // One slip for every five letters; the prefix is the same for all.
        let slips = max(1, name.replacing("JARVIS_", with: "").count / 5)
        return nearest.flatMap { $0.1 <= slips ? $0.0 : nil }
    }

    private static func unknown(_ name: String, among known: [String], in place: String) -> ServiceError {
        let hint = nearest(to: name, among: known).map { " Did you mean \($0)?" } ?? ""
        // In this form it does not read the configuration, which is wrong.
        return ServiceError.invalid(
            name,
            "There is no setting \(name) (in \(place)).\(hint) '\(CommandName.current) config --markdown' lists all settings."
        )
    }

    // MARK: Values

    func text(_ name: String) -> String { entries[name]?.value ?? "" }
    func integer(_ name: String) -> Int { Int(text(name)) ?? 0 }
    func number(_ name: String) -> Double { Double(text(name)) ?? 0 }
    func flag(_ name: String) -> Bool { text(name) == "true" }
    func list(_ name: String) -> [String] { ConfigurationKey.items(text(name)) }

    /// An IPv6 address may stand in brackets, as in URLs.
    public var host: String {
        let host = text("host")
        return host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    }
    /// Whether others than this machine may reach the server, and nobody is asked for a key.
    public var isOpen: Bool { !asksForKey && !isLoopback }
    /// Whether only this machine reaches the server.
    var isLoopback: Bool { ["::1", "localhost"].contains(host) || host.hasPrefix("127.") }
    /// Whether a request must carry one of the keys.
    public var asksForKey: Bool { !list("api_keys").isEmpty }
    public var port: Int { integer("port") }
    /// Beams of transcriptions that name no number.
    public var beamSize: Int { integer("stt.beam") }
    /// Where Ollama is said to be, as the user wrote it; empty for its standard place.
    var ollamaAddress: String { text("ollama.host").isEmpty ? ollamaHost : text("ollama.host") }

    /// Where Ollama is asked.
    public var ollamaURL: String { (try? OllamaAddress(ollamaAddress).description) ?? ollamaAddress }

    /// Every setting in the order of the table; secrets are masked.
    public func effectiveValues() -> [Effective] {
        ConfigurationKey.all.map { key in
            let entry = entries[key.name] ?? Entry(value: key.defaultValue, source: "default")
            // The name of a file or of a model may have an "@".
            let value = key.kind == .text ? entry.value : entry.value.maskingPassword
            let shown = key.secret && !value.isEmpty ? "********" : value
            return Effective(key: key.name, value: shown, source: entry.source)
        }
    }

    /// The factor on the loudness of speech for requests that name none.
    public var speechVolume: Double { number("tts.volume") }
    /// Seconds between sentences of speech, for requests that name none.
    public var sentenceSilence: Double { number("tts.sentence_silence") }

    // MARK: Models

    /// Whether the bridge that `service` belongs to is offered; the voice activity model belongs to speech-to-text.
    public func isEnabled(_ service: ModelService) -> Bool {
        list("services.enabled").contains(service == .vad ? "stt" : service.rawValue)
    }

    /// The model for requests that name none, if it is installed.
    public func preferredModel(for service: ModelService) -> String? {
        service == .vad ? "silero-vad" : text("models.\(service.rawValue)")
    }

    /// What stands in where the preferred model is not installed, in order.
    public func fallbackModel(for service: ModelService) -> String? {
        switch service {
        case .tts: "espeak-fr"
        case .embeddings: "all-MiniLM-L6-v2"
        case .stt: "whisper-nano"
        case .vad: nil
        }
    }

    /// Whether the user chose this model: then nothing else stands in for it.
    public func isChosen(_ service: ModelService) -> Bool {
        entries["models.\(service.rawValue)"].map { $0.source != "default" } ?? false
    }

    /// The reference page of all settings, as Markdown.
    public static func markdownReference() -> String {
        let rows = ConfigurationKey.all.map { key in
            let value = key.defaultValue.isEmpty ? "" : "`\(key.defaultValue)`"
            return
                "| `\(key.name)` | `\(key.environmentName)` | \(key.kind.allowed) | \(value) | \(key.summary)\(key.secret ? " Secret." : "") |"
        }
        return """
            # Configuration

            Defaults, then `jarvis.yaml` (or the file of `--config` or `JARVIS_CONFIG`), then environment variables, then flags (`--host`, `--port`,
            `--log-level`, and `--set key=value` for every setting): the later one wins. An unknown name or a bad value stops
            the start. `jarvis-bridges config` prints the effective values and where each comes from.

            In YAML, dots are levels and lists may be lists:

            ```yaml
            host: 0.0.0.0
            api_keys: [a-long-random-text]
            models:
              tts: fr_FR-siwis-medium
            cors:
              origins: ["https://maison.example"]
            ```

            | Setting | Variable | Value | Default | Meaning |
            |---|---|---|---|---|
            \(rows.joined(separator: "\n"))

            The usual variables of other programs count as well:

            | Variable | Meaning |
            |---|---|
            | `HF_ENDPOINT` | A mirror of the model hub; `https://user:password@host` for one that asks for them. |
            | `HF_TOKEN` | A token for gated models; it goes to the hub only. |
            | `HF_HUB_OFFLINE` | `1` keeps downloads off the network. |
            | `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` | Proxies for downloads: `http://host:port`, also with `user:password@`, or `socks5://host:port`. An http proxy is asked with CONNECT for every address, also for http ones, and must allow that. |
            | `NO_PROXY` | Hosts and domains that are asked directly. |
            | `XDG_DATA_HOME` | What stands for `~/.local/share` where `data_dir` is empty. |
            | `OLLAMA_HOST` | Where Ollama listens, where `ollama.host` is empty. |
            | `NO_COLOR` | No colours on a terminal when it is not empty. |

            This page is printed by `jarvis-bridges config --markdown`; a test compares the two.
            """
    }
}

extension BridgeConfiguration: CustomStringConvertible, CustomDebugStringConvertible {
    /// Says nothing of the values, so that no log gets a secret by printing whatever holds this.
    public var description: String { "BridgeConfiguration" }
    public var debugDescription: String { description }
}

/// How many slips make one text of the other: a letter too many, one too few, a wrong one, or two neighbours that changed places
/// (the optimal string alignment distance).
func editDistance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a), Array(b))
    var (before, row) = ([Int](), Array(0...b.count))
    for i in a.indices {
        var next = [i + 1]
        for j in b.indices {
            var least = min(row[j] + (a[i] == b[j] ? 0 : 1), row[j + 1] + 1, next[j] + 1)
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { least = min(least, before[j - 1] + 1) }
            next.append(least)
        }
        (before, row) = (row, next)
    }
    return row[b.count]
}
