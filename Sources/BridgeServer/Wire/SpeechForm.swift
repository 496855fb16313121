import Audio

/// The format in which speech is answered.
struct SpeechForm: Hashable {
    var format: AudioFormat
    /// The media type of bare bytes; nil for JSON, which holds them as base64.
    var contentType: String?

    /// The most wanted format among the types in Accept; JSON if it names none of them.
    ///
    /// - Parameter named: the field `format`, which decides if Accept leaves a choice.
    init(accept: String?, named: AudioFormat?) {
        let types = Accept.types(accept)
        let listed = Set(types.map(\.name))
        let forms = Self.forms(named: named)
        // Among equally wanted types, ranges come last, and earlier types before later ones.
        let wanted = types.filter { $0.quality > 0 }.enumerated().sorted { first, second in
            let (a, b) = (first.element, second.element)
            if a.quality != b.quality { return a.quality > b.quality }
            if a.name.hasSuffix("*") != b.name.hasSuffix("*") { return b.name.hasSuffix("*") }
            return first.offset < second.offset
        }
        for (_, type) in wanted {
            // A range applies only to types that are not listed themselves, with a weight of their own.
            let form = forms.first { form in
                form.names.contains(type.name)
                    || Self.range(type.name, holds: form.names) && listed.isDisjoint(with: form.names)
            }
            if let form {
                self = form
                return
            }
        }
        self = forms[0]
    }

    private init(_ format: AudioFormat, _ contentType: String?) {
        self.format = format
        self.contentType = contentType
    }

    /// All formats; the first one is best where any will do.
    private static func forms(named: AudioFormat?) -> [SpeechForm] {
        let raw = named ?? .pcmF32LE
        let pcm: AudioFormat = named == .pcmF32LE ? .pcmF32LE : .pcmS16LE
        let audio = [named ?? .wav, .wav, pcm, .flac, .mp3, .opus, .aac]
        return [SpeechForm(raw, nil)] + audio.map { SpeechForm($0, $0.contentType) }
            + [SpeechForm(raw, "application/octet-stream")]
    }

    /// The names for this format in Accept.
    private var names: [String] {
        guard let contentType else { return ["application/json"] }
        return switch contentType {
        case "audio/wav": ["audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave"]
        case "audio/mpeg": ["audio/mpeg", "audio/mp3"]
        case "audio/ogg": ["audio/ogg", "audio/opus"]
        case "audio/flac": ["audio/flac", "audio/x-flac"]
        default: [contentType]
        }
    }

    private static func range(_ name: String, holds names: [String]) -> Bool {
        name == "*/*" || name.hasSuffix("/*") && names.contains { $0.hasPrefix(name.dropLast()) }
    }
}
