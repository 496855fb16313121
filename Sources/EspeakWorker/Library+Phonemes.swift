import CEspeakNG
import EspeakProtocol

extension Library {
    /// What the library reads in one step: a stretch of text up to a sentence end, comma or similar.
    struct Clause {
        /// IPA as the library gives it, including language flags such as "(en)", without the terminator.
        var phonemes: String
        var terminator: ClauseTerminator
        /// Bytes of the text, including the terminator and the white space after it. All clauses together are the whole text.
        var length: Int
    }

    /// The clauses of `text` as the selected voice speaks it.
    ///
    /// - Parameter hasMnemonics: whether `[[` and `]]` enclose the library's own names of sounds.
    func clauses(of text: String, hasMnemonics: Bool, _ take: (Clause) -> Void) {
        guard hasMnemonics else { return clauses(of: text, take) }
        heedMnemonics(true)
        clauses(of: text, take)
        heedMnemonics(false)
    }

    func clauses(of text: String, _ take: (Clause) -> Void) {
        let bytes = Array(text.utf8) + [0]
        unsafe bytes.withUnsafeBytes { buffer in
            var start = 0
            var position = buffer.baseAddress
            while unsafe position != nil {
                // The mode is espeakCHARS_AUTO, which piper-tts uses; valid UTF-8 is always read as such.
                let spoken = unsafe espeak_TextToPhonemes(&position, espeakCHARS_AUTO, espeakPHONEMES_IPA)
                let phonemes = unsafe spoken.map { unsafe String(cString: $0) } ?? ""
                let end = unsafe max(start, Self.end(of: buffer, at: position))
                let body = unsafe String(decoding: buffer[start..<end], as: UTF8.self)
                let terminator = unsafe ClauseTerminator(recoveredFrom: body, isLast: position == nil)
                take(Clause(phonemes: phonemes, terminator: terminator, length: end - start))
                start = end
            }
        }
        if !text.isEmpty { forgetLookAhead() }
    }

    /// Where the clause ends after which the library stopped at `position`: it has read one code point more. The buffer ends with NUL.
    private static func end(of buffer: UnsafeRawBufferPointer, at position: UnsafeRawPointer?) -> Int {
        guard let base = buffer.baseAddress, let position = unsafe position else { return buffer.count - 1 }
        var index = unsafe position - base - 1
        while index > 0, unsafe buffer[index] & 0xC0 == 0x80 { index -= 1 }
        return max(0, index)
    }
}
