import BridgeSupport

/// One setting whose value is a `Value`: its names, what it may be, its default. ``Keys`` declares them all.
public struct Key<Value: Sendable>: Sendable {
    /// The setting as the reference and the errors describe it.
    public let setting: Setting
    let defaultValue: Value

    /// With dots: "log.level".
    public var name: String { setting.name }
    /// For sentences on what to change: "log.level (JARVIS_LOG_LEVEL)".
    public var names: String { "\(setting.name) (\(setting.environmentName))" }

    /// - Parameters:
    ///   - allowed: what a value may be, in words.
    ///   - shown: the default as written in a file.
    ///   - parse: nil for a text that is not such a value.
    init(
        _ name: String, allowed: String, default defaultValue: Value, shown: String, secret: Bool = false,
        masked: Bool = true, environment: String? = nil, summary: String,
        parse: @escaping @Sendable (String) -> Value?
    ) {
        self.defaultValue = defaultValue
        setting = Setting(
            name: name, allowed: allowed, defaultText: shown, isSecret: secret, mayHoldPassword: masked,
            environmentName: environment ?? "JARVIS_" + name.uppercased().replacing(".", with: "_"), summary: summary,
            parse: { text in parse(text).map { $0 as any Sendable } })
    }
}

/// What is known of a setting whatever its type: used for the checks, the `config` command and the reference page.
public struct Setting: Sendable {
    /// With dots: "log.level".
    public let name: String
    /// What a value may be, in words.
    public let allowed: String
    /// The default as a user would write it; empty if there is none.
    public let defaultText: String
    /// Whether its value is hidden wherever settings are shown.
    public let isSecret: Bool
    /// Whether it may contain a user and a password, as an address may.
    let mayHoldPassword: Bool
    /// "JARVIS_LOG_LEVEL" for "log.level", except for names that others have established.
    public let environmentName: String
    /// One sentence, for the reference.
    public let summary: String
    /// The value of a text; nil for an invalid one.
    let parse: @Sendable (String) -> (any Sendable)?
}

extension Key<String> {
    /// Accepts any text.
    static func text(
        _ name: String, default text: String = "", environment: String? = nil, _ summary: String
    ) -> Key {
        // The name of a file or of a model may have an "@".
        Key(
            name, allowed: "a text", default: text, shown: text, masked: false, environment: environment,
            summary: summary
        ) { $0 }
    }

    /// Accepts texts for which `isFine` holds; `allowed` describes them in words.
    static func text(
        _ name: String, allowed: String, default text: String, _ summary: String,
        where isFine: @escaping @Sendable (String) -> Bool
    ) -> Key {
        Key(name, allowed: allowed, default: text, shown: text, summary: summary) { isFine($0) ? $0 : nil }
    }
}

extension Key {
    /// Accepts an address, or whatever else `parse` makes of a text; nil when the text is empty.
    static func address<Address: Sendable>(
        _ name: String, allowed: String, _ summary: String, parse: @escaping @Sendable (String) -> Address?
    ) -> Key where Value == Address? {
        Key(name, allowed: allowed, default: nil, shown: "", summary: summary) { text in
            text.isEmpty ? .some(nil) : parse(text).map(Optional.some)
        }
    }

    /// Accepts a list of what `parse` makes of texts.
    static func list<Item: Sendable>(
        _ name: String, allowed: String, secret: Bool = false, _ summary: String,
        parse: @escaping @Sendable (String) -> Item?
    ) -> Key where Value == [Item] {
        Key(name, allowed: allowed, default: [], shown: "", secret: secret, summary: summary) { text in
            Setting.items(text, as: parse)
        }
    }
}

extension Key<Int> {
    init(_ name: String, in range: ClosedRange<Int>, default value: Int, _ summary: String) {
        self.init(
            name, allowed: "a whole number from \(range.lowerBound) to \(range.upperBound)", default: value,
            shown: "\(value)", summary: summary
        ) { Int($0).flatMap { range.contains($0) ? $0 : nil } }
    }
}

extension Key<Double> {
    init(_ name: String, in range: ClosedRange<Double>, default value: Double, _ summary: String) {
        self.init(
            name, allowed: "a number from \(range.lowerBound.short) to \(range.upperBound.short)", default: value,
            shown: value.short, summary: summary
        ) {
            // NaN is in no range.
            Double($0).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension Key<Bool> {
    init(_ name: String, default value: Bool, _ summary: String) {
        self.init(name, allowed: "true or false", default: value, shown: "\(value)", summary: summary) {
            $0 == "true" ? true : $0 == "false" ? false : nil
        }
    }
}

extension Key where Value: RawRepresentable<String> & CaseIterable {
    /// Accepts one of the words of `Value`.
    init(_ name: String, default value: Value, _ summary: String) {
        let words = Value.allCases.map(\.rawValue).joined(separator: ", ")
        self.init(name, allowed: "one of " + words, default: value, shown: value.rawValue, summary: summary) {
            Value(rawValue: $0)
        }
    }
}

extension Key {
    /// Accepts a list of words of `Item`: comma-separated, or a list in YAML.
    init<Item: RawRepresentable<String> & CaseIterable & Sendable>(
        _ name: String, default items: [Item], mayBeEmpty: Bool = true, _ summary: String
    ) where Value == [Item] {
        self.init(
            name, allowed: "a list of " + Item.allCases.map(\.rawValue).joined(separator: ", "), default: items,
            shown: items.map(\.rawValue).joined(separator: ","), summary: summary
        ) { text in
            Setting.items(text, mayBeEmpty: mayBeEmpty) { Item(rawValue: $0) }
        }
    }
}

extension Key<[String]> {
    /// Accepts a list of texts that all satisfy `isFine`.
    static func list(
        _ name: String, allowed: String = "a list", default items: [String] = [], secret: Bool = false,
        _ summary: String, mayBeEmpty: Bool = true, where isFine: @escaping @Sendable (String) -> Bool = { _ in true }
    ) -> Key {
        Key(
            name, allowed: allowed, default: items, shown: items.joined(separator: ","), secret: secret,
            summary: summary
        ) { text in
            Setting.items(text, mayBeEmpty: mayBeEmpty) { isFine($0) ? $0 : nil }
        }
    }
}

extension Setting {
    /// The items of a list written in one line.
    package static func items(_ value: String) -> [String] {
        value.split(separator: ",").map { $0.trimming(" ") }.filter { !$0.isEmpty }
    }

    /// What `parse` makes of the items of a list; nil if one of them is not such a value, or if there is none although there must be.
    fileprivate static func items<Item>(
        _ value: String, mayBeEmpty: Bool = true, as parse: (String) -> Item?
    ) -> [Item]? {
        let texts = items(value)
        let items = texts.compactMap(parse)
        return items.count == texts.count && (mayBeEmpty || !items.isEmpty) ? items : nil
    }
}

extension Substring {
    /// The text without `character` at both ends.
    fileprivate func trimming(_ character: Character) -> String {
        String(drop { $0 == character }.reversed().drop { $0 == character }.reversed())
    }
}
