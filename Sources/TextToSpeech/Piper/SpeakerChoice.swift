import BridgeSupport

/// The speakers of a voice, by name and number.
struct SpeakerChoice: Sendable {
    /// In the order of their numbers; empty for a voice with one speaker.
    let names: [String]
    private let voiceID: String
    private let numbers: [String: Int]
    private let count: Int
    private let defaultNumber: Int

    init(voiceID: String, _ configuration: PiperConfiguration) {
        self.voiceID = voiceID
        count = configuration.speakerCount
        numbers = configuration.speakerIDs
        defaultNumber = configuration.defaultSpeaker
        // Speakers that the file doesn't name are known by their number.
        let byNumber = Dictionary(configuration.speakerIDs.map { ($1, $0) }) { min($0, $1) }
        names = count > 1 ? (0..<count).map { byNumber[$0] ?? String($0) } : []
    }

    /// - Throws: `invalid_request` for a speaker that the voice does not have.
    func number(_ speaker: SynthesisRequest.Speaker?) throws -> Int {
        let asked: Int? =
            switch speaker {
            case nil: defaultNumber
            case .number(let number): number
            case .name(let name): numbers[name] ?? Int(name)
            }
        if let asked, (0..<count).contains(asked) { return asked }
        let choices = names.isEmpty ? "it has one speaker, so leave speaker out" : "it has \(list)"
        throw ServiceError.invalid("speaker", "The voice \"\(voiceID)\" has no such speaker; \(choices).")
    }

    /// "0 (jessica), 1 (pierre)"; some voices have more than a hundred.
    private var list: String {
        let shown = names.prefix(20).enumerated().map { $1 == String($0) ? $1 : "\($0) (\($1))" }
        return shown.joined(separator: ", ") + (names.count > 20 ? " and so on to \(names.count - 1)" : "")
    }
}
