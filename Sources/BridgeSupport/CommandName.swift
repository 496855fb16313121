import Foundation

/// How the user calls this program, so that the commands in hints can be pasted as they stand.
public enum CommandName {
    /// `./jarvis` when that script started the program, for nobody has the program itself on the path then.
    public static let current: String = {
        let name = ProcessInfo.processInfo.environment["JARVIS_COMMAND"] ?? ""
        return name.isEmpty ? "jarvis-bridges" : name
    }()

    /// Its last part, for usage lines and shell completions: shells complete `./jarvis` by the rules for `jarvis`.
    public static var program: String { current.split(separator: "/").last.map(String.init) ?? current }
}
