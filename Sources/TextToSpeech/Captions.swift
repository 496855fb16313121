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

    /// The stretch of the original for the next sentence; the sentence itself where it isn't found. White space does not count, as some is
    /// lost beside blocks of phonemes.
    mutating func original(of sentence: String) -> String {
        guard !said.isEmpty else { return sentence }
        var (first, end): (Int?, Int) = (nil, position)
        for scalar in sentence.unicodeScalars where !scalar.properties.isWhitespace {
            while end < said.count, said[end].properties.isWhitespace { end += 1 }
            guard end < said.count, said[end] == scalar else { return sentence }
            if first == nil { first = end }
            end += 1
        }
        guard let start = first else { return sentence }
        position = end
        var view = String.UnicodeScalarView()
        view.append(contentsOf: written[spoken.original(of: start..<end)])
        return String(view).trimmed
    }
}
