struct EnglishWriting: WritingRules {
    let transcript: Transcript
    init(_ text: String) { transcript = Transcript(text, numberWords: [:]) }
    func writing(at index: Int) -> Writing? { nil }
}
