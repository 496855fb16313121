import BridgeSupport

extension ServiceError {
    /// A voice whose files are damaged or need something that this program does not support.
    static func unusableVoice(
        _ voiceID: String, file: String, reason: String, cause: (any Error)? = nil
    ) -> ServiceError {
        .unusableFiles(
            "The voice \"\(voiceID)\" cannot be used because of its file \(file): \(reason).", cause: cause)
    }
}
