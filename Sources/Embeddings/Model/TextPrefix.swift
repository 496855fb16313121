/// The prefixes that some models were trained to find in front of each text. Their files do not mention them, so names identify them.
enum TextPrefix {
    /// The prefix of texts that are compared with other texts: all models of the e5 family want "query: ", as their model cards say.
    static func query(of modelID: String) -> String { "-\(modelID)".contains("-e5-") ? "query: " : "" }
}
