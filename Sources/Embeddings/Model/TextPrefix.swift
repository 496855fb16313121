/// What some models were taught to find in front of each text. None of their files tells, so they are known by their names.
enum TextPrefix {
    /// In front of what is compared with other texts: all models of the e5 family want "query: " there, as their model cards say.
    static func query(of modelID: String) -> String { modelID.contains("-e5-") ? "query: " : "" }
}
