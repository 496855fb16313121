import BridgeSupport

extension ServiceError {
    /// A model's directory that is damaged or needs something that this program does not support.
    static func unusableModel(
        _ modelID: String, file: String, reason: String, cause: (any Error)? = nil
    ) -> ServiceError {
        ServiceError(
            .modelNotInstalled,
            """
            The embedding model "\(modelID)" cannot be used because of its file \(file): \(reason). \
            Install it again ('\(CommandName.current) models remove \(modelID)', then '\(CommandName.current) models pull \(modelID)') \
            or choose another model.
            """,
            cause: cause)
    }
}
