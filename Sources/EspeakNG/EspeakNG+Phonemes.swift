internal import CEspeakNG

/// What the library takes in one step: a stretch of text up to a sentence end, comma or similar.
public struct Clause: Sendable, Hashable {
    /// IPA as the library gives it: language flags such as "(en)" included, the terminator not.
    public var phonemes: String
    public var terminator: ClauseTerminator
    /// The text of the clause, with its terminator and the white space after it. All clauses' texts make up the whole.
    public var text: String

    public init(phonemes: String, terminator: ClauseTerminator, text: String) {
        self.phonemes = phonemes
        self.terminator = terminator
        self.text = text
    }
}

extension EspeakNG {
    /// The clauses of `text`, spoken as `voice` would.
    ///
    /// About 0.2 ms for a sentence. Control characters are left out.
    ///
    /// - Throws: `model_not_installed` for a voice that the library does not have.
    public func clauses(of text: String, voice: String) async throws -> [Clause] {
        try await exclusively {
            try Self.requireVoice(voice)
            defer { Self.forgetLookAhead() }
            return Self.clauses(of: Self.readable(text))
        }
    }

    /// Takes away what the library has read ahead. It keeps that in static variables, and would read it before the next text:
    /// the second dot of a text that ends in two, and the first character that a cancelled text did not come to.
    static func forgetLookAhead() { _ = clauses(of: "") }

    private static func clauses(of text: String) -> [Clause] {
        let bytes = Array(text.utf8) + [0]
        return unsafe bytes.withUnsafeBytes { buffer in
            var result: [Clause] = []
            var start = 0
            var position = buffer.baseAddress
            while unsafe position != nil {
                // The mode is espeakCHARS_AUTO, which piper-tts uses; valid UTF-8 is always read as such.
                let spoken = unsafe espeak_TextToPhonemes(&position, espeakCHARS_AUTO, espeakPHONEMES_IPA)
                let phonemes = unsafe spoken.map { unsafe String(cString: $0) } ?? ""
                let end = unsafe max(start, Self.end(of: buffer, at: position))
                let body = unsafe String(decoding: buffer[start..<end], as: UTF8.self)
                let terminator = unsafe ClauseTerminator(recoveredFrom: body, isLast: position == nil)
                result.append(Clause(phonemes: phonemes, terminator: terminator, text: body))
                start = end
            }
            return result
        }
    }

    /// Where the clause ends that the library left at `position`: it has read one code point more. The buffer ends with NUL.
    private static func end(of buffer: UnsafeRawBufferPointer, at position: UnsafeRawPointer?) -> Int {
        guard let base = buffer.baseAddress, let position = unsafe position else { return buffer.count - 1 }
        var index = unsafe position - base - 1
        while index > 0, unsafe buffer[index] & 0xC0 == 0x80 { index -= 1 }
        return max(0, index)
    }
}
