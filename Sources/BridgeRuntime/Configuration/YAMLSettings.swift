import BridgeSupport
import Foundation
import Yams

/// The settings of a YAML file, each with its place in it.
///
/// Errors show nothing of the file but the names of settings: it contains keys and, with one quote missing, they can end up in
/// unexpected places.
struct YAMLSettings {
    let path: String
    private(set) var values: [String: String] = [:]
    private var marks: [String: Mark] = [:]

    /// Reads `named`, which must exist, or else `jarvis.yaml` (or `.yml`) in `folder` if there is one.
    ///
    /// - Throws: `invalid_request` with the place and what is expected there.
    static func read(_ named: String?, in folder: String) throws -> YAMLSettings {
        let usual = ["jarvis.yaml", "jarvis.yml"].map { folder == "." ? $0 : "\(folder)/\($0)" }
        // A file that cannot be read counts as existing: it may contain the keys that keep strangers out. Links are not followed here.
        guard let path = named ?? usual.first(where: { (try? FileManager.default.attributesOfItem(atPath: $0)) != nil })
        else { return YAMLSettings(path: usual[0]) }
        return try YAMLSettings(path: path, text: text(of: path))
    }

    private static func text(of path: String) throws -> String {
        guard let file = FileHandle(forReadingAtPath: path), let data = try? file.readToEnd() ?? Data() else {
            throw ServiceError.invalid(
                "config", "The configuration file \(path) cannot be read. Check that it is a file, and its permissions."
            )
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw ServiceError.invalid(
                "config",
                "The configuration file \(path) is not UTF-8 text. Save it as UTF-8, in an editor or, from Latin-1, with 'iconv -f latin1 -t utf-8'."
            )
        }
        return text
    }

    private init(path: String) { self.path = path }

    private init(path: String, text: String) throws {
        self.path = path
        do {
            if let root = try Yams.compose(yaml: text) { try flatten(root, "") }
        } catch let error as YamlError {
            throw ServiceError.invalid("config", "The configuration file \(path) is not YAML: \(Self.reason(error)).")
        }
    }

    /// Place and problem, in the parser's fixed words. The error's own description would include text of the file.
    static func reason(_ error: YamlError) -> String {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            // The start of the faulty construct, such as a quote, is more helpful than the place where the error was noticed.
            let start = context?.mark ?? mark
            let what = context.map { $0.text.isEmpty ? problem : "\($0.text), \(problem)" } ?? problem
            let isQuote = what.contains("quoted scalar") || what.contains("block mapping")
            let advice = isQuote ? "; look for a quote that is not closed, there or before" : ""
            return "line \(start.line), column \(start.column): \(what)\(advice)"
        case .duplicatedKeysInMapping(let names, let context):
            // A name that is not a setting may be a misplaced secret.
            return
                "line \(context.mark.line): \(names.first(where: namesOfSettings.contains) ?? "a key") is there twice"
        case .reader(_, let offset?, _, let yaml):
            return "line \(yaml.prefix(offset).count(where: \.isNewline) + 1): a character that YAML does not allow"
        default: return "it cannot be read as such"
        }
    }

    /// The names of settings, and of the groups that they form.
    private static let namesOfSettings = Set(
        Keys.all.flatMap { [$0.name] + $0.name.split(separator: ".").map(String.init) })

    /// Reads {models: {tts: x}} as models.tts = x, and a list as its items joined by commas.
    private mutating func flatten(_ node: Node, _ prefix: String) throws {
        if !prefix.isEmpty, node.mapping == nil, values[prefix] != nil {
            throw ServiceError.invalid(
                name(prefix), "\(name(prefix)) is there twice in \(path); keep one of them.")
        }
        if let mark = node.mark { marks[prefix] = mark }
        switch node {
        // A key without a value counts as not set.
        case .scalar where !prefix.isEmpty && node.null != nil: return
        case .scalar(let scalar) where !prefix.isEmpty: values[prefix] = scalar.string
        case .sequence(let items) where !prefix.isEmpty:
            values[prefix] = try items.map { item in
                guard let text = item.scalar?.string else {
                    throw ServiceError.invalid(
                        name(prefix), "\(name(prefix)) (in \(place(of: prefix))) must be a list of plain values.")
                }
                return text
            }.joined(separator: ",")
        case .mapping(let mapping):
            if let key = Keys.byName[prefix] { throw noSettingsBelow(key) }
            for (name, value) in mapping {
                guard let name = name.scalar?.string else {
                    throw ServiceError.invalid("config", "A key in \(path) is not a plain text.")
                }
                try flatten(value, prefix.isEmpty ? name : "\(prefix).\(name)")
            }
        default:
            throw ServiceError.invalid("config", "The configuration file \(path) must hold settings as key: value.")
        }
    }

    // MARK: What is said of them

    /// The file, and the line where a setting's value begins.
    func place(of name: String) -> String { marks[name].map { "\(path), line \($0.line)" } ?? path }

    /// - Throws: `invalid_request` for a name that is not a setting, shown only if it nearly is one.
    func checkNames() throws {
        for name in values.keys.sorted() where Keys.byName[name] == nil {
            // A name below a secret may be a secret itself.
            if let secret = Keys.all.first(where: { $0.isSecret && name.hasPrefix($0.name + ".") }) {
                throw noSettingsBelow(secret)
            }
            let meant = BridgeConfiguration.nearest(to: name, among: Array(Keys.byName.keys))
            let hint = meant.map { " Did you mean \($0)?" } ?? ""
            throw ServiceError.invalid(
                meant == nil ? "config" : name,
                "There is no setting \(meant == nil ? "of that name" : name) (in \(place(of: name))).\(hint) '\(CommandName.current) config --markdown' lists all settings."
            )
        }
    }

    private func noSettingsBelow(_ key: Setting) -> ServiceError {
        ServiceError.invalid(
            key.name, "\(key.name) (in \(path)) must be \(key.allowed); there are no settings below it.")
    }

    /// A name that is safe to show.
    private func name(_ name: String) -> String { Keys.byName[name] == nil ? "A name" : name }
}
