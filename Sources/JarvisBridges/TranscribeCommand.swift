public import ArgumentParser
public import Audio
import BridgeRuntime
import BridgeSupport
import Foundation
import ModelStore
import SpeechToText

struct TranscribeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "transcribe",
        abstract: "Turn speech into text.",
        discussion: """
            Reads the audio and video files of phones, browsers and recorders; all but WAV need FFmpeg. A file of hours \
            needs no more memory than one of seconds, and its segments are printed as they are finished.

            EXAMPLES
              \(CommandName.current) transcribe commande.wav
              \(CommandName.current) transcribe reunion.mp3 --language fr --timestamps
              \(CommandName.current) transcribe interview.ogg --translate --json
              \(CommandName.current) transcribe commande.wav --language fr --text-format written
              arecord -f S16_LE -r 16000 -d 5 | \(CommandName.current) transcribe -
              nc -l 9100 | \(CommandName.current) transcribe - --encoding pcm_s16le --sample-rate 48000
            """)

    @Argument(help: "The audio file, or - for standard input.", completion: .file())
    var file: String
    @Option(help: "The language spoken (fr, en, french, …), or auto to detect it.")
    var language = "auto"

    @Option(
        help:
            "The languages to choose from where one is detected, such as fr,en, or all; else those of \(Keys.spokenLanguages.name)."
    )
    var languages: String?
    @Option(help: "The model; 'models list' shows which there are.", completion: Completions.installed(.stt))
    var model: String?
    @Option(help: "Words that the audio may hold: names, spelling.")
    var prompt: String?
    @Option(
        help: "Number of beams, 1 to 10; more is slower and a little better. Default: \(Keys.beams.name), which is 1.")
    var beam: Int?
    @Option(
        help: "\(AudioEncoding.allCases.map(\.rawValue).joined(separator: ", ")); samples without a header need it.")
    var encoding = AudioEncoding.auto
    @Option(name: .customLong("sample-rate"), help: "Samples a second, where no header says it.")
    var sampleRate = 16_000
    @Flag(help: "Translate into English.")
    var translate = false
    @Flag(help: "Print each segment with its times.")
    var timestamps = false
    @Option(
        name: .customLong("text-format"),
        help: "spoken, as the model heard it, or written: 21 °C for vingt et un degrés, in French and English.")
    var textFormat = TranscriptionRequest.TextFormat.spoken
    @Flag(name: .customLong("no-vad"), help: "Send silence and noise to the model as well.")
    var noVAD = false
    @Flag(help: "Print JSON, as the server would answer.")
    var json = false
    @OptionGroup var common: CommonOptions

    func validate() throws {
        try CommandInput.check(beam, in: 1...SpeechToTextService.maximumBeams, "--beam")
        try CommandInput.check(sampleRate, in: AudioEncoding.sampleRates, "--sample-rate")
        if model == "" { throw ValidationError(CommandInput.noModel) }
        if file.isEmpty { throw ValidationError("The name of the audio file is empty; - reads standard input.") }
    }

    func run() async throws {
        let audio =
            file == "-"
            ? AudioInput(
                try CommandInput.bytes(), encoding: encoding, sampleRate: sampleRate, field: "standard input")
            : AudioInput(file: file, encoding: encoding, sampleRate: sampleRate, field: file)
        let services = try common.services()
        let request = TranscriptionRequest(
            audio: audio, language: language, languages: languages.map(Setting.items),
            task: translate ? .translate : .transcribe, model: model, prompt: prompt,
            beamSize: beam, vad: !noVAD, textFormat: textFormat)
        let (json, timestamps) = (json, timestamps)
        let transcription = try await services.speechToText.withTranscription(of: request) { events in
            var whole: Transcription?
            for try await event in events {
                switch event {
                case .segment(let segment):
                    if !json { try Terminal.output(timestamps ? Self.line(segment) : segment.text) }
                case .done(let transcription): whole = transcription
                }
            }
            return whole
        }
        guard let transcription else { return }
        if model == nil { await services.warnOfStandIn(.stt) }
        if json {
            try Terminal.outputJSON(TranscriptionResponse(transcription))
        } else if transcription.segments.isEmpty {
            Terminal.note("No speech was found in \(String(format: "%.1f", transcription.audioDuration)) s of audio.")
        }
        if !json { transcription.warnings.forEach(Terminal.warning) }
    }

    private static func line(_ segment: TranscribedSegment) -> String {
        "[\(clock(segment.start)) → \(clock(segment.end))] \(segment.text)"
    }

    private static func clock(_ seconds: Double) -> String {
        let whole = Int(seconds)
        return String(format: "%02d:%02d:%05.2f", whole / 3600, whole / 60 % 60, seconds - Double(whole / 60 * 60))
    }
}

extension AudioEncoding: ExpressibleByArgument {}
extension TranscriptionRequest.TextFormat: ExpressibleByArgument {}
