import SpokenText

/// Gives sentences of the spoken text back as they were written. They come in order.
struct Captions: Sendable {
    private let spoken: SpokenText
    private let written: [Unicode.Scalar]
    private let said: [Unicode.Scalar]
    private var position = 0

    /// - Parameter text: what became `spoken`.
    init(_ spoken: SpokenText, of text: String) {
        self.spoken = spoken
        // What was left alone needs no way back.
        let isChanged = spoken.text != text
        written = isChanged ? Array(text.unicodeScalars) : []
        said = isChanged ? Array(spoken.text.unicodeScalars) : []
    }

    /// The stretch of the original for the next sentence; the sentence itself where it isn't found.
    mutating func original(of sentence: String) -> String {
        let scalars = Array(sentence.unicodeScalars)
        guard !said.isEmpty, let first = scalars.first else { return sentence }
        var start = position
        while start < said.count, said[start] != first, said[start].properties.isWhitespace { start += 1 }
        let end = start + scalars.count
        guard end <= said.count, said[start..<end].elementsEqual(scalars) else { return sentence }
        position = end
        var view = String.UnicodeScalarView()
        view.append(contentsOf: written[spoken.original(of: start..<end)])
        return String(view).trimmed
    }
}
