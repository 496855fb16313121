import BridgeSupport
public import Foundation
import LanguageModels
import OTLPTracing

/// The effective configuration: defaults < `jarvis.yaml` < `JARVIS_*` environment < flags. Every value in it has been checked.
public struct BridgeConfiguration: Sendable {
    /// A value and where it comes from.
    public struct Effective: Sendable, Hashable {
        /// The setting's name, with dots.
        public var key: String
        /// Masked when it is a secret.
        public var value: String
        /// "default", "jarvis.yaml" (its path), "JARVIS_PORT", or "flag".
        public var source: String
    }

    private struct Entry: Sendable {
        var text: String
        /// The parsed value, of the type of the setting's key.
        var value: any Sendable
        var source: String
    }

    private var entries: [String: Entry]
    let environment: [String: String]

    /// Variables with our prefix that are not settings: the path of the file, and what tests and benchmarks read.
    private static let otherVariables: Set<String> = [
        "JARVIS_CONFIG", "JARVIS_COMMAND", "JARVIS_BINARY", "JARVIS_FUZZ_ROUNDS", "JARVIS_FUZZ_SEED",
    ]

    /// Reads all sources.
    ///
    /// - Parameters:
    ///   - file: a YAML file that must exist; `JARVIS_CONFIG`, else `jarvis.yaml` (or `.yml`) in `folder` if there is one, when nil.
    ///   - folder: the folder that the user called from.
    /// - Throws: `invalid_request` naming the unknown key or the bad value, and what is allowed.
    public static func load(
        file: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment,
        flags: [String: String] = [:], folder: String = "."
    ) throws -> BridgeConfiguration {
        let named = file ?? environment["JARVIS_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
        let file = try YAMLSettings.read(named, in: folder)
        try checkNames(Array(flags.keys), in: "the command line")
        try file.checkNames()
        let variables = try variables(environment)
        // The later source comes first. Libraries that layer sources answer for the names that they are asked for, and so cannot tell a user
        // of a misspelt name, of one that occurs twice, or of the place where a file is not YAML.
        let layers = [("flag", flags), ("", variables), (file.path, file.values)]
        var entries: [String: Entry] = [:]
        for setting in Keys.all {
            let found = layers.lazy.compactMap { source, values in
                values[setting.name].map { (text: $0, source: source.isEmpty ? setting.environmentName : source) }
            }.first
            guard let found else { continue }
            entries[setting.name] = try entry(setting, found.text, from: found.source, file: file)
        }
        for (variable, setting) in substitutes where entries[setting.name]?.text ?? "" == "" {
            guard let text = environment[variable], setting.parse(text) == nil else { continue }
            let shown = setting.isSecret ? "its value" : "\"\(text.maskingPassword)\""
            throw ServiceError.invalid(
                variable,
                "\(variable), which counts as \(setting.name) is not set, cannot be \(shown): it must be \(setting.allowed)."
            )
        }
        return BridgeConfiguration(entries: entries, environment: environment)
    }

    /// Variables of others that count where a setting is empty.
    private static let substitutes = [
        ("OLLAMA_HOST", Keys.ollamaAddress.setting), (endpointVariable, Keys.traceEndpoint.setting),
        (headersVariable, Keys.traceHeaders.setting),
    ]
    /// Of all programs that send to OpenTelemetry's collectors.
    private static let endpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT"
    private static let headersVariable = "OTEL_EXPORTER_OTLP_HEADERS"

    private static func entry(_ setting: Setting, _ text: String, from source: String, file: YAMLSettings) throws
        -> Entry
    {
        guard let value = setting.parse(text) else {
            // In a file with a broken quote, the value of one setting may hold the key of the next lines.
            let isHidden = setting.isSecret || source == file.path
            let shown = isHidden ? "its value" : "\"\(text.maskingPassword)\""
            let place = source == file.path ? file.place(of: setting.name) : source
            throw ServiceError.invalid(
                setting.name, "\(setting.name) cannot be \(shown) (from \(place)): it must be \(setting.allowed).")
        }
        // Probably a variable that was meant to carry a key; serving everybody in that case would be a trap.
        if setting.name == Keys.apiKeys.name, source != file.path, Setting.items(text).isEmpty {
            throw ServiceError.invalid(
                setting.name, "\(setting.name) (from \(source)) holds no key: name one, or leave it unset.")
        }
        return Entry(text: text, value: value, source: source)
    }

    private static func variables(_ environment: [String: String]) throws -> [String: String] {
        var values: [String: String] = [:]
        for (name, value) in environment where name.hasPrefix("JARVIS_") && !otherVariables.contains(name) {
            guard let key = Keys.byEnvironment[name] else {
                throw unknown(name, among: Array(Keys.byEnvironment.keys), in: "the environment")
            }
            values[key.name] = value
        }
        return values
    }

    private static func checkNames(_ names: [String], in place: String) throws {
        for name in names.sorted() where Keys.byName[name] == nil {
            throw unknown(name, among: Array(Keys.byName.keys), in: place)
        }
    }

    /// The name that was probably meant, if there is one close enough.
    static func nearest(to name: String, among known: [String]) -> String? {
        let nearest = known.map { ($0, editDistance(name.lowercased(), $0.lowercased())) }
            .min { ($0.1, $0.0) < ($1.1, $1.0) }
        // One slip is allowed for every five letters; all names have the same prefix.
        let slips = max(1, name.replacing("JARVIS_", with: "").count / 5)
        return nearest.flatMap { $0.1 <= slips ? $0.0 : nil }
    }

    private static func unknown(_ name: String, among known: [String], in place: String) -> ServiceError {
        let hint = nearest(to: name, among: known).map { " Did you mean \($0)?" } ?? ""
        // In this form the command does not read the configuration, which is invalid.
        return ServiceError.invalid(
            name,
            "There is no setting \(name) (in \(place)).\(hint) '\(CommandName.current) config --markdown' lists all settings."
        )
    }

    // MARK: Values

    /// The value of a setting.
    public subscript<Value>(key: Key<Value>) -> Value {
        // Each entry was made by its own key, so the cast always succeeds.
        entries[key.name]?.value as? Value ?? key.defaultValue
    }

    /// An IPv6 address may stand in brackets, as in URLs.
    public var host: String {
        let host = self[Keys.host]
        return host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    }
    /// Whether the server listens on all addresses of this machine.
    public var isWildcard: Bool {
        var (old, new) = (in_addr(), in6_addr())
        if inet_aton(host, &old) != 0 { return old.s_addr == 0 }
        return inet_pton(AF_INET6, host, &new) == 1 && withUnsafeBytes(of: &new) { $0.allSatisfy { $0 == 0 } }
    }
    /// Whether other machines may reach the server without a key.
    public var isOpen: Bool { !asksForKey && !isLoopback }
    /// Whether only this machine can reach the server.
    package var isLoopback: Bool { Self.isLoopback(host) }

    /// Reads addresses as the system does when it listens, so that both agree: a name that only looks like 127.0.0.1 may lead
    /// anywhere, and 127.1 does not.
    static func isLoopback(_ host: String) -> Bool {
        let name = host.lowercased()
        if ["localhost", "localhost."].contains(name) { return true }
        var (old, new) = (in_addr(), in6_addr())
        if inet_aton(name, &old) != 0 { return UInt32(bigEndian: old.s_addr) >> 24 == 127 }
        guard inet_pton(AF_INET6, name, &new) == 1 else { return false }
        let bytes = withUnsafeBytes(of: &new) { Array($0) }
        let zeros = [UInt8](repeating: 0, count: 10)
        return bytes == zeros + [0, 0, 0, 0, 0, 1] || bytes.starts(with: zeros + [255, 255, 127])
    }
    /// 0 lets the system choose one.
    public var port: Int { self[Keys.port] }
    /// How long the server takes to stop, and how much of that time running requests get: the rest is for telling their clients.
    package var grace: (whole: Duration, work: Duration) {
        let whole = Duration.seconds(self[Keys.shutdownTime])
        return (whole, whole - min(.seconds(2), whole / 4))
    }
    /// Where Ollama listens.
    var ollamaAddress: OllamaAddress {
        get throws { try self[Keys.ollamaAddress] ?? OllamaAddress(environment["OLLAMA_HOST"] ?? "") }
    }

    /// The collector of traces; nil for none.
    var traceEndpoint: OTLPEndpoint? {
        self[Keys.traceEndpoint] ?? OTLPEndpoint(environment[Self.endpointVariable] ?? "")
    }

    /// What the collector of traces wants in the head of each request.
    var traceHeaders: [CollectorHeader] {
        let own = self[Keys.traceHeaders]
        guard own.isEmpty else { return own }
        return Setting.items(environment[Self.headersVariable] ?? "").compactMap(CollectorHeader.init)
    }

    /// The address at which Ollama is called.
    public var ollamaURL: String { (try? ollamaAddress.description) ?? "" }

    /// Every setting in the order of the table; secrets are masked.
    public func effectiveValues() -> [Effective] {
        Keys.all.map { setting in
            let entry = entries[setting.name]
            let text = entry?.text ?? setting.defaultText
            let value = setting.mayHoldPassword ? text.maskingPassword : text
            return Effective(
                key: setting.name, value: setting.isSecret && !value.isEmpty ? "********" : value,
                source: entry?.source ?? "default")
        }
    }

    // MARK: Models

    /// Whether a bridge is offered.
    public func isEnabled(_ bridge: Bridge) -> Bool { self[Keys.enabledBridges].contains(bridge) }

    /// Whether a setting has been set, rather than left at its default.
    func isSet<Value>(_ key: Key<Value>) -> Bool { entries[key.name] != nil }
}

extension BridgeConfiguration: CustomStringConvertible, CustomDebugStringConvertible {
    /// Shows no values, so that printing an object that holds this puts no secret into a log.
    public var description: String { "BridgeConfiguration" }
    /// The same for a debugger, which would otherwise show every value.
    public var debugDescription: String { description }
}

/// The number of slips between two texts: a letter too many, one too few, a wrong one, or two neighbours swapped
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

extension BridgeConfiguration {
    /// The base URL under which this machine reaches the server. An address that stands for all addresses of the machine cannot be called.
    public func address(port: Int) -> String {
        let host = isWildcard ? self.host.contains(":") ? "::1" : "127.0.0.1" : self.host
        return "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }
}
