extension ServiceError {
    /// A model that was loaded well and failed while it computed: likely a damaged file, since what a request may hold is checked
    /// before.
    ///
    /// - Parameters:
    ///   - kind: "voice" or "embedding model", for instance.
    ///   - id: as `models verify` takes it.
    ///   - file: of the model, where it is known which failed.
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
