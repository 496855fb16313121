extension ServiceError {
    /// A model that loaded but failed while computing: probably a damaged file, since the contents of requests are checked
    /// beforehand.
    ///
    /// - Parameters:
    ///   - kind: "voice" or "embedding model", for instance.
    ///   - id: as given to `models verify`.
    ///   - file: of the model, if it is known which one failed.
    ///   - reason: the end of a sentence, without internals.
    ///   - cause: what the engine said, for the log.
    public static func failedModel(
        _ kind: String, id: String, file: String?, reason: String? = nil, cause: (any Error)? = nil
    ) -> ServiceError {
        let file = file.map { " in its file \($0)" } ?? ""
        let reason = reason.map { ": \($0)" } ?? ""
        return ServiceError(
            .internal,
            "The \(kind) '\(id)' failed while it computed\(file)\(reason). The file may be damaged: verify it with '\(CommandName.current) models verify \(id)', and pull it again if that finds something.",
            cause: cause)
    }
}
