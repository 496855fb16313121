import Audio
import Testing

@testable import BridgeServer

@Suite(.timeLimit(.minutes(5))) struct SpeechFormTests {
    @Test(
        arguments: [
            (nil, AudioFormat.pcmF32LE, nil), ("*/*", .pcmF32LE, nil), ("text/html", .pcmF32LE, nil),
            ("audio/L16", .pcmF32LE, nil), ("audio/wav;q=0", .pcmF32LE, nil),
            ("application/json, text/plain, */*", .pcmF32LE, nil),
            ("audio/wav;q=0.1, application/json", .pcmF32LE, nil),
            ("audio/wav", .wav, "audio/wav"), ("AUDIO/VND.WAVE", .wav, "audio/wav"), ("audio/mp3", .mp3, "audio/mpeg"),
            ("audio/opus", .opus, "audio/ogg"), ("audio/pcm", .pcmS16LE, "audio/pcm"),
            ("application/octet-stream", .pcmF32LE, "application/octet-stream"),
            ("audio/flac, audio/wav", .flac, "audio/flac"), ("audio/wav;q=0.5, audio/flac", .flac, "audio/flac"),
            ("*/*, audio/aac", .aac, "audio/aac"), ("audio/*", .wav, "audio/wav"),
            ("audio/*, audio/wav;q=0", .pcmS16LE, "audio/pcm"), ("audio/*, audio/wav;q=0.2", .pcmS16LE, "audio/pcm"),
            ("*/*, application/json;q=0", .wav, "audio/wav"),
        ] as [(String?, AudioFormat, String?)])
    func theMostWantedTypeIsChosen(accept: String?, format: AudioFormat, type: String?) {
        let form = SpeechForm(accept: accept, named: nil)
        #expect(form.format == format && form.contentType == type)
    }

    /// Where Accept leaves a choice, the field `format` decides.
    @Test(
        arguments: [
            (nil, AudioFormat.flac, AudioFormat.flac, nil), ("audio/*", .flac, .flac, "audio/flac"),
            ("audio/pcm", .pcmF32LE, .pcmF32LE, "audio/pcm"), ("audio/pcm", .mp3, .pcmS16LE, "audio/pcm"),
            ("application/octet-stream", .wav, .wav, "application/octet-stream"),
            ("audio/wav", .mp3, .wav, "audio/wav"),
        ] as [(String?, AudioFormat, AudioFormat, String?)])
    func theFieldDecidesWhatAcceptLeavesOpen(
        accept: String?, named: AudioFormat, format: AudioFormat, type: String?
    ) {
        let form = SpeechForm(accept: accept, named: named)
        #expect(form.format == format && form.contentType == type)
    }
}
