import Foundation

/// How the user calls this program, so that commands in hints can be pasted as they are.
public enum CommandName {
    /// `./jarvis` if that script started the program, because the program itself is then not on the user's path.
    public static let current: String = {
        let name = ProcessInfo.processInfo.environment["JARVIS_COMMAND"] ?? ""
        return name.isEmpty ? "jarvis-bridges" : name
    }()

    /// Its last part, for usage lines and shell completions: shells complete `./jarvis` by the rules for `jarvis`.
    public static var program: String { current.split(separator: "/").last.map(String.init) ?? current }
}
