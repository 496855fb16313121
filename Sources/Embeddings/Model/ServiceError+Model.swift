import BridgeSupport

extension ServiceError {
    /// A model's directory that is damaged or needs something that this program does not support.
    static func unusableModel(
        _ modelID: String, file: String, reason: String, cause: (any Error)? = nil
    ) -> ServiceError {
        .unusableFiles(
            "The embedding model \"\(modelID)\" cannot be used because of its file \(file): \(reason).", cause: cause)
    }
}
