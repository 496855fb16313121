import BridgeSupport

extension ServiceError {
    /// A voice whose files are damaged or need something that this program does not support.
    static func unusableVoice(
        _ voiceID: String, file: String, reason: String, cause: (any Error)? = nil
    ) -> ServiceError {
        ServiceError(
            .modelNotInstalled,
            """
            The voice "\(voiceID)" cannot be used because of its file \(file): \(reason). \
            If it was pulled, install it again ('\(CommandName.current) models remove \(voiceID)', then \
            '\(CommandName.current) models pull \(voiceID)'); if it is one of your own, mend the file. Or choose another voice.
            """,
            cause: cause)
    }
}
