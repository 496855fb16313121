public import ArgumentParser
public import Audio
import BridgeRuntime
import BridgeSupport
import Foundation
import ModelStore
import SpokenText
import TextToSpeech

struct SayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "say",
        abstract: "Speak a text, into a file or through the loudspeaker.",
        discussion: """
            EXAMPLES
              \(CommandName.current) say "Le dîner est prêt."
              \(CommandName.current) say "Bonjour, comment allez-vous ?" -o bonjour.wav
              \(CommandName.current) say "Hello" --language en
              \(CommandName.current) say "Hello" --voice espeak-en --speed 1.2 -o hello.mp3
              echo "Le dîner est prêt." | \(CommandName.current) say - -o diner.opus
              \(CommandName.current) say "Bonjour" --format wav -o - | aplay
              \(CommandName.current) say "Un. Deux. Trois." --silence 0.5 --volume 0.8
              \(CommandName.current) say "RDV à 18h30 chez Yves" --explain

            Without -o it is played by the first of pw-play, paplay, aplay and ffplay that is there. The format follows the \
            file's extension (wav, mp3, opus, ogg, flac, aac) unless --format is given.
            """)

    @Argument(help: "The text, or - to read it from standard input.")
    var text: String
    @Option(
        name: .shortAndLong, help: "The file to write, or - for standard output; played aloud when left out.",
        completion: .file())
    var output: String?
    @Option(help: "The voice; 'models list' shows which there are.", completion: Completions.installed(.tts))
    var voice: String?
    @Option(help: "The best installed voice of a language, by its code or name: en, en-US, anglais.")
    var language: String?
    @Option(help: "0.25 to 4; 2 is twice as fast.")
    var speed = 1.0
    @Option(help: "A speaker's name or number, for voices that have several.")
    var speaker: String?
    @Option(help: "A factor on the loudness, 0 to 10; \(Keys.speechVolume.name) of the configuration when left out.")
    var volume: Double?
    @Option(
        help:
            "Seconds of silence between sentences, 0 to 10; \(Keys.sentenceSilence.name) of the configuration when left out."
    )
    var silence: Double?
    @Option(help: "\(AudioFormat.allCases.map(\.rawValue).joined(separator: ", ")).")
    var format: AudioFormat?
    @Flag(
        help:
            "Print the text, what is said for it, and its phonemes, to see what the rules and the lexicon do. Nothing is played."
    )
    var explain = false
    @Flag(help: "Print what was made as JSON.")
    var json = false
    @OptionGroup var common: CommonOptions

    struct Report: Encodable {
        /// nil if it was played.
        var file: String?
        var voice: String
        var format: String
        var sample_rate: Int
        var duration_ms: Int
        var processing_ms: Int
        /// With --explain.
        var text: String?
        var spoken: String?
        var phonemes: String?
    }

    func validate() throws {
        try CommandInput.check(speed, in: SynthesisRequest.speeds, "--speed")
        try CommandInput.check(volume, in: SynthesisRequest.volumes, "--volume")
        try CommandInput.check(silence, in: SynthesisRequest.silences, "--silence")
        if voice == "" {
            throw ValidationError("--voice is empty: name a voice, or leave it out for the default.")
        }
        if language == "" {
            throw ValidationError("--language is empty: name a language, or leave it out for the default voice.")
        }
        if output == "" { throw ValidationError("The name of the file is empty; leave -o out to hear the text.") }
        if format == nil, let output { _ = try Self.format(forFile: output) }
        if explain, output == "-" {
            throw ValidationError("--explain prints on standard output, where -o - writes the sound; name a file.")
        }
        if format != nil, output == nil {
            throw ValidationError("--format is for files: name one with -o, or leave --format out to hear the text.")
        }
    }

    func run() async throws {
        let text = CommandInput.isStandardInput(text) ? try CommandInput.text() : text
        // Searched for first: nobody should wait for a voice that cannot be heard.
        let player = output == nil && !explain ? try SoundPlayer.find() : nil
        let format = try format ?? output.map(Self.format) ?? .wav
        let services = try common.services()
        if let problem = services.lexicon.problem { Terminal.warning(problem.message) }
        let speech = try await services.textToSpeech.encode(
            SynthesisRequest(
                text: text, voice: voice, language: language, speed: speed, speaker: speaker.map { .name($0) },
                volume: volume, sentenceSilence: silence), as: format)
        if voice == nil, language == nil { await services.warnOfStandIn(.tts) }
        if let output { try CommandInput.write(speech.bytes, to: output) }
        try await player?.play(wav: speech.bytes)
        let report = Report(
            file: output, voice: speech.voice, format: format.rawValue, sample_rate: speech.sampleRate,
            duration_ms: Int(speech.duration * 1000), processing_ms: Int(speech.timings.total.milliseconds),
            text: explain ? text : nil,
            spoken: explain ? speech.spoken.text : nil, phonemes: explain ? speech.phonemes : nil)
        if json, output == "-" {
            Terminal.note(try Terminal.json(report))
        } else if json {
            try Terminal.outputJSON(report)
        } else {
            if explain { try Self.explain(text, speech) }
            if explain, output == nil { return }
            Terminal.note(
                "\(output ?? "played"): \(String(format: "%.2f", speech.duration)) s of \(format.rawValue) by \(speech.voice), made in \(report.processing_ms) ms"
            )
        }
    }

    private static func explain(_ text: String, _ speech: EncodedSpeech) throws {
        try Terminal.output("text:     \(Terminal.harmless(text))")
        try Terminal.output("spoken:   \(Terminal.harmless(speech.spoken.text))")
        let lines = speech.phonemes.split(separator: "\n").map(String.init)
        try Terminal.output("phonemes: \(lines.joined(separator: "\n          "))")
    }

    static func format(forFile path: String) throws -> AudioFormat {
        switch URL(filePath: path).pathExtension.lowercased() {
        case "wav", "": .wav
        case "mp3": .mp3
        case "opus", "ogg": .opus
        case "flac": .flac
        case "aac": .aac
        case "f32": .pcmF32LE
        case "raw", "pcm", "s16": .pcmS16LE
        case let other:
            throw ValidationError(
                "No audio format is known for files ending in .\(other); name one with --format (\(AudioFormat.allCases.map(\.rawValue).joined(separator: ", ")))."
            )
        }
    }
}

extension AudioFormat: ExpressibleByArgument {}
