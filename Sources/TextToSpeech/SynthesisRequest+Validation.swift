import BridgeSupport

extension SynthesisRequest {
    /// The most Unicode scalars in a text, which JSON Schema counts as characters.
    public static let maximumTextLength = 20_000
    /// The speeds that a request may ask for.
    public static let speeds = 0.25...4.0
    /// The volumes that a request may ask for.
    public static let volumes = 0.0...10.0
    /// The silences that a request may ask for, in seconds.
    public static let silences = 0.0...10.0

    /// - Throws: `invalid_request` naming the field, `voice_not_found` for an impossible name of a voice.
    public func validate() throws {
        let length = text.unicodeScalars.count
        guard length <= Self.maximumTextLength else {
            throw ServiceError.invalid(
                "text",
                "The text has \(length) characters; at most \(Self.maximumTextLength) can be spoken at once. Split it.")
        }
        guard text.contains(where: { !$0.isWhitespace }) else {
            throw ServiceError.invalid(
                "text", "The text is empty. Give 1 to \(Self.maximumTextLength) characters to speak.")
        }
        // NaN is in no range.
        guard Self.speeds.contains(speed) else {
            throw ServiceError.invalid("speed", "The speed must be a number from 0.25 to 4; 1 is the voice's own.")
        }
        if let volume, !Self.volumes.contains(volume) {
            throw ServiceError.invalid("volume", "The volume must be a number from 0 to 10.")
        }
        if let sentenceSilence, !Self.silences.contains(sentenceSilence) {
            throw ServiceError.invalid("sentence_silence", "The silence between sentences must be 0 to 10 seconds.")
        }
        if let voice, !Self.isVoiceName(voice) {
            throw ServiceError(
                .voiceNotFound,
                "There is no voice of the name given: names hold letters, digits, '_', '-', '.' and '+' only.",
                param: "voice")
        }
    }

    /// Names become file names, so that a path must never be accepted.
    private static func isVoiceName(_ name: String) -> Bool {
        guard let first = name.unicodeScalars.first, first != ".", name.utf8.count <= 200 else { return false }
        return name.unicodeScalars.allSatisfy {
            $0.properties.isAlphabetic || "0123456789_-.+".unicodeScalars.contains($0)
        }
    }
}
