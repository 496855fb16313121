import BridgeSupport

extension ServiceError {
    /// A voice whose files are damaged or need something that this program does not do.
    static func unusableVoice(
        _ voiceID: String, file: String, reason: String, cause: (any Error)? = nil
    ) -> ServiceError {
        ServiceError(
            .modelNotInstalled,
            """
            The voice "\(voiceID)" cannot be used because of its file \(file): \(reason). \
            Install it again ('\(CommandName.current) models remove \(voiceID)', then '\(CommandName.current) models pull \(voiceID)') \
            or choose another voice.
            """,
            cause: cause)
    }
}
