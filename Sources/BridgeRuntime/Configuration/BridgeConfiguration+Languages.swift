import SpeechToText

extension BridgeConfiguration {
    /// The codes of the languages that are spoken in the house; empty where that may be any.
    public var houseLanguages: [String] {
        self[Keys.spokenLanguages].compactMap(SpeechToTextService.languageCode)
    }

    /// Whether any language may be spoken in the house.
    var speaksAllLanguages: Bool { houseLanguages.count < self[Keys.spokenLanguages].count }
}
