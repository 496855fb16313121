package import BridgeSupport

/// One limit on what a caller may use of a group of routes, such as 600 seconds an hour.
package struct RateRule: Sendable, Hashable {
    /// What is counted.
    package enum Unit: String, Sendable, Hashable, CaseIterable {
        case requests, tokens, seconds, characters, texts
    }

    package let unit: Unit
    package let limit: RateLimit
    /// As the operator wrote it, in one spelling.
    package let text: String

    private static let periods: [(name: String, length: Duration)] = [
        ("second", .seconds(1)), ("minute", .seconds(60)), ("hour", .seconds(3600)), ("day", .seconds(86400)),
    ]

    /// Reads `60/minute`, `3600 seconds/hour`, `10 requests/second burst 20`; nil for anything else.
    package init?(_ text: String) {
        let form = /\s*([1-9][0-9]{0,9})(?:\s+([a-z]+))?\s*\/\s*([a-z]+)(?:\s+burst\s+([1-9][0-9]{0,9}))?\s*/
        guard let parts = text.wholeMatch(of: form)?.output, let amount = Double(parts.1),
            let unit = parts.2.map({ Unit(rawValue: String($0)) }) ?? .requests,
            let period = Self.periods.first(where: { $0.name == parts.3 })
        else { return nil }
        let burst = parts.4.flatMap { Double($0) }
        (self.unit, limit) = (unit, RateLimit(amount, per: period.length, burst: burst))
        self.text = "\(parts.1) \(unit.rawValue)/\(period.name)" + (parts.4.map { " burst \($0)" } ?? "")
    }

    package static func == (a: Self, b: Self) -> Bool { a.text == b.text }
    package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

/// What callers may use of each group of routes. Groups without rules have no limit.
package struct RateRules: Sendable, Hashable {
    package private(set) var groups: [RequestPolicy.Group: [RateRule]]

    package init(_ groups: [RequestPolicy.Group: [RateRule]] = [:]) {
        self.groups = groups.filter { !$0.value.isEmpty }
    }

    package var isEmpty: Bool { groups.isEmpty }

    /// The groups that may have rules, by the names that settings and key files give them.
    package static let limitable: [(name: String, group: RequestPolicy.Group)] =
        Bridge.allCases.map { ($0.rawValue, .bridge($0)) } + [("documents", .documents)]

    /// What may be counted in a group.
    package static func units(of group: RequestPolicy.Group) -> [RateRule.Unit] {
        switch group {
        case .probes: []
        case .documents: [.requests]
        case .bridge(.llm): [.requests, .tokens]
        case .bridge(.stt): [.requests, .seconds]
        case .bridge(.tts): [.requests, .characters]
        case .bridge(.embeddings): [.requests, .texts]
        }
    }

    /// What a list of rules may be, in words.
    package static func allowed(for group: RequestPolicy.Group) -> String {
        let units = units(of: group).map(\.rawValue)
        let other = units.count > 1 ? " or 1000 \(units[1])/hour" : ""
        return
            "a list of limits such as 60/minute, 10 requests/second burst 20\(other), for each second, minute, hour or day, in \(units.joined(separator: " or "))"
    }

    /// The rules that a list in one line spells; nil if one of them is not a rule, or counts something that the
    /// group does not have.
    package static func rules(_ text: String, for group: RequestPolicy.Group) -> [RateRule]? {
        let items = Setting.items(text)
        let rules = items.compactMap(RateRule.init)
        let isRight = rules.count == items.count && rules.allSatisfy { units(of: group).contains($0.unit) }
        return isRight ? rules : nil
    }
}

extension RequestPolicy.Cost {
    /// What is counted in addition to the request; nil if only the request is.
    var unit: RateRule.Unit? {
        switch self {
        case .nothing, .request: nil
        case .tokens: .tokens
        case .audioSeconds: .seconds
        case .characters: .characters
        case .texts: .texts
        }
    }
}

extension Key<[RateRule]> {
    /// What one caller may use of a group of routes.
    init(rates group: RequestPolicy.Group, _ summary: String) {
        self.init(
            "rates." + group.name, allowed: RateRules.allowed(for: group), default: [], shown: "", summary: summary
        ) { RateRules.rules($0, for: group) }
    }
}
