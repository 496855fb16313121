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
            "The \(kind) '\(id)' failed while it computed\(file)\(reason). The file may be damaged: '\(CommandName.current) models verify \(id)' tells, and says what to do then.",
            cause: cause)
    }

    /// A model whose files are damaged, or need something that this program does not support.
    ///
    /// - Parameter what: which model, which of its files and why, as a sentence. What to do is added by the code that knows where it came
    ///   from.
    public static func unusableFiles(_ what: String, cause: (any Error)? = nil) -> ServiceError {
        var error = ServiceError(.modelNotInstalled, what, cause: cause)
        error.concernsModelFiles = true
        return error
    }
}
