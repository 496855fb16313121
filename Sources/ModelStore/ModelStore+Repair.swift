import BridgeSupport

extension ModelStore {
    /// What to do about a model whose files are damaged, as a sentence: that depends on where they came from.
    ///
    /// Names no folder of the machine, as clients read it too.
    public func repair(of id: String) -> String {
        let command = CommandName.current
        if catalogue[id] != nil {
            return
                "Install it again ('\(command) models remove \(id)', then '\(command) models pull \(id)'), or choose another model."
        }
        guard let origin = Manifest.read(in: directory(of: id))?.source.map(Self.importable) else {
            return "Mend its files, or choose another model."
        }
        return "Import it again ('\(command) models import \(origin) --id \(id) --replace'), or choose another model."
    }

    /// The source of an imported model as `models import` takes it.
    private static func importable(_ source: String) -> String {
        source.hasPrefix("hub:") ? String(source.prefix { $0 != "@" }) : "FOLDER"
    }
}
