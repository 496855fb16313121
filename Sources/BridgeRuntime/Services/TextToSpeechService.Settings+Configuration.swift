package import TextToSpeech

extension TextToSpeechService.Settings {
    package init(_ configuration: BridgeConfiguration) {
        self.init(
            maximumSeconds: configuration[Keys.speechSeconds], maximumSecondsName: Keys.speechSeconds.name,
            volume: configuration[Keys.speechVolume], sentenceSilence: configuration[Keys.sentenceSilence])
    }
}
