public import ArgumentParser
public import BridgeRuntime
import BridgeSupport
import Foundation

struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Make, list and revoke the keys that clients show.",
        discussion: """
            A server that runs takes changes over within a few seconds.

            EXAMPLES
              \(CommandName.current) keys add kitchen
              \(CommandName.current) keys add panel --bridges stt,tts
              \(CommandName.current) keys add operator --role admin
              \(CommandName.current) keys add guest --limit stt=60/minute --limit 'llm=20000 tokens/day'
              \(CommandName.current) keys list
              \(CommandName.current) keys revoke kitchen
            """,
        subcommands: [Add.self, List.self, Revoke.self], defaultSubcommand: List.self)
}

extension KeysCommand {
    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Make a key, and print it: it is shown this once, and stored nowhere.",
            discussion: """
                EXAMPLES
                  \(CommandName.current) keys add kitchen
                  \(CommandName.current) keys add panel --bridges stt,tts
                  \(CommandName.current) keys add operator --role admin > operator.key
                """)

        @Argument(help: "What the log calls whoever shows the key.")
        var name: String
        @Option(help: "use, or admin, which may also change models, caches and lexicons.")
        var role = Role.use
        @Option(help: "The bridges that it may be used for, such as stt,tts; all when left out.")
        var bridges: BridgeNames?
        @Option(
            name: .customLong("limit"),
            help: "What it may use of a bridge, in place of what all may use, such as stt=60/minute; again for others.")
        var limits: [KeyLimit] = []
        @OptionGroup var common: CommonOptions

        func run() throws {
            let file = try common.bridgeConfiguration().keyFile
            let isNew = !file.exists
            let key = AccessKey.random()
            try CommonOptions.endingInUsage {
                let entry = try KeyEntry(
                    key, name: name, role: role, bridges: bridges?.bridges, limits: KeyLimit.rules(limits),
                    created: Date())
                try file.update { list throws(ServiceError) in try list.add(entry) }
            }
            try Terminal.output(key.text)
            Terminal.note(
                "This is the only time that the key is shown. Requests carry it as Authorization: Bearer KEY.")
            if isNew {
                Terminal.note("\(file.url.path) is new: from now on the server asks everybody for a key.")
            }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Show the names of the keys in the file, and what they may be used for.",
            discussion: """
                EXAMPLES
                  \(CommandName.current) keys list
                  \(CommandName.current) keys list --json
                """)

        private struct Row: Encodable {
            var name: String
            var role: String
            /// nil for all of them.
            var bridges: [String]?
            /// By bridge; nil where it has none of its own.
            var limits: [String: [String]]?
            var id: String
            var created: String

            init(_ entry: KeyEntry) {
                (name, role, id, created) = (entry.name, "\(entry.role)", entry.id, entry.created)
                let rules = RateRules.limitable.compactMap { name, group in
                    entry.limits.groups[group].map { (name, $0.map(\.text)) }
                }
                limits = rules.isEmpty ? nil : Dictionary(rules, uniquingKeysWith: { $1 })
                bridges = entry.bridges.map { allowed in Bridge.allCases.filter(allowed.contains).map(\.rawValue) }
            }

            var cells: [String] { [name, role, bridges?.joined(separator: ",") ?? "all", id, created] }
        }

        @Flag(help: "Print JSON.")
        var json = false
        @OptionGroup var common: CommonOptions

        func run() throws {
            let file = try common.bridgeConfiguration().keyFile
            let list = try CommonOptions.endingInUsage { try file.read() }
            let rows = (list?.entries ?? []).map(Row.init)
            if json {
                try Terminal.outputJSON(rows)
            } else if list == nil {
                Terminal.note(
                    "There is no key file yet; '\(CommandName.current) keys add NAME' makes \(file.url.path).")
            } else {
                try Terminal.output(
                    Terminal.table([["NAME", "ROLE", "BRIDGES", "ID", "CREATED"]] + rows.map(\.cells)))
            }
        }
    }

    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "revoke", abstract: "Delete keys: whoever shows one is refused from then on.",
            discussion: """
                EXAMPLES
                  \(CommandName.current) keys revoke kitchen
                """)

        @Argument(help: "The names of keys, as 'keys list' shows them.", completion: Completions.keys)
        var names: [String]
        @OptionGroup var common: CommonOptions

        func run() throws {
            let file = try common.bridgeConfiguration().keyFile
            let left = try CommonOptions.endingInUsage {
                try file.update { list throws(ServiceError) in
                    for name in names where !list.revoke(name) { throw unknown(name, file) }
                    return list.entries.count
                }
            }
            for name in names { Terminal.note("\(name) revoked.") }
            if left == 0 {
                Terminal.note(
                    "\(file.url.path) has no key left: the server refuses everybody. Delete the file to serve without keys."
                )
            }
        }

        private func unknown(_ name: String, _ file: KeyFile) -> ServiceError {
            .invalid(
                "name",
                "No key in \(file.url.path) is called \(name), and none was revoked. '\(CommandName.current) keys list' shows the names."
            )
        }
    }
}

/// Limits of a key on one group of routes, as GROUP=LIMITS.
struct KeyLimit: ExpressibleByArgument {
    let group: RequestPolicy.Group
    let rules: [RateRule]

    /// nil if there is no such group, or if the limits are not valid.
    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2, let group = RateRules.limitable.first(where: { $0.name == parts[0] })?.group,
            let rules = RateRules.rules(parts[1], for: group), !rules.isEmpty
        else { return nil }
        (self.group, self.rules) = (group, rules)
    }

    static func rules(_ limits: [KeyLimit]) -> RateRules {
        RateRules(Dictionary(limits.map { ($0.group, $0.rules) }, uniquingKeysWith: +))
    }
}

/// Names of bridges, separated by commas.
struct BridgeNames: ExpressibleByArgument {
    let bridges: Set<Bridge>

    /// nil if one of the names is not a bridge's, or if there are no names.
    init?(argument: String) {
        let found = Setting.items(argument).map(Bridge.init(rawValue:))
        guard !found.isEmpty, !found.contains(nil) else { return nil }
        bridges = Set(found.compactMap(\.self))
    }

    static var allValueStrings: [String] { Bridge.allCases.map(\.rawValue) }
}

extension Role: ExpressibleByArgument {
    /// nil for any text but the name of a role that a key may have.
    public init?(argument: String) { self.init(ofKey: argument) }

    /// What the help and the shell's completion offer.
    public static var allValueStrings: [String] { ofKeys.map { "\($0)" } }

    /// As the help shows a default.
    public var defaultValueDescription: String { "\(self)" }
}
