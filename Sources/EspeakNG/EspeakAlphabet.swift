import Foundation

/// The mnemonics by which espeak-ng is told sounds, for signs of the International Phonetic Alphabet as the library itself writes it.
///
/// In a text between `[[` and `]]` it takes names of its own, in ASCII, which differ by language. What it prints for one of them is the
/// sign: `espeak-ng -v fr -q --ipa "[[O~]]"`. The names are listed in docs/phonemes.md and phsource/ of espeak-ng 1.51.
///
/// Some signs are not told apart, as the library has one sound for both: "ɥ" and "y" in French, where "i" before a vowel becomes "j" as well;
/// "ɪ" and "i" at the end of an American word. Stress is moved to the vowel; a word without it has none.
public struct EspeakAlphabet: Sendable {
    /// Sounds that are spoken without a break.
    public struct Word: Sendable, Hashable {
        /// To stand between `[[` and `]]`: nothing else, and no space.
        public var mnemonics: String
        /// How many there are.
        public var sounds: Int
    }

    private let mnemonics: [String: String]
    private let longestSign: Int

    /// A longer word is cut. The library's buffer ends at 200 sounds, and some sounds become two.
    private static let longestWord = 60

    /// - Parameter voice: the library's name of a voice; nil for one whose sounds are not in the tables here.
    public init?(voice: String) {
        switch voice {
        case "fr": mnemonics = Self.french
        case "en-us": mnemonics = Self.american
        default: return nil
        }
        longestSign = mnemonics.keys.map(\.unicodeScalars.count).max() ?? 1
    }

    /// The words of a text in phonetic signs. Signs that the voice has no sound for are left out, as Piper's voices do; no word is empty.
    public func words(of signs: String) -> [Word] {
        let scalars = Array(signs.decomposedStringWithCanonicalMapping.unicodeScalars)
        var (words, word, index) = ([Word](), [String](), 0)
        func end() {
            if !word.isEmpty {
                // Without bars "O@" would not be "O" and "@" but a third sound.
                words.append(Word(mnemonics: word.joined(separator: "|"), sounds: word.count))
            }
            word = []
        }
        while index < scalars.count {
            if scalars[index].properties.isWhitespace || word.count == Self.longestWord { end() }
            let lengths = stride(from: min(longestSign, scalars.count - index), to: 0, by: -1)
            let found = lengths.lazy.compactMap { length in
                let sign = String(String.UnicodeScalarView(scalars[index..<index + length]))
                return mnemonics[sign].map { (mnemonic: $0, length: length) }
            }.first
            if let found { word.append(found.mnemonic) }
            index += found?.length ?? 1
        }
        end()
        return words
    }

    // MARK: Tables

    private static let french = table(
        common,
        """
        a a  y y  ø Y  œ W  œ̃ W~  ɛ̃ E~  ʁ r
        a- a-  e- e-  y- y-  ə- @-
        """,
        nearest: "r r  ɹ r  ɥ y  ɑ a  æ a  ɒ O  ɜ W  ɚ W  ʊ u  ᵻ I  ʍ w")

    private static let american = table(
        common,
        """
        æ a  ʊ U  ᵻ I#  ɚ 3  ɜː 3:  iː i:  uː u:  ɑː A:  ɔː O:  oː o:  eː e:
        aɪ aI  aʊ aU  eɪ eI  oʊ oU  ɔɪ OI  iə i@  t t2  ɹ r-  ʁ Q"  ʍ w#  l̩ l-  m̩ m-  n̩ n-
        """,
        nearest: "r r-  a a  ɑ A:  ɒ A:  ɜ 3:  y u:  ɥ w  ø 3:  œ 3:  ɛ̃ a|N  œ̃ V|N")

    /// A "t" between vowels stays one in French, and becomes "ɾ" in American English unless it is the second one.
    private static let common = """
        ˈ '  ˌ ,  ː :  b b  d d  e e  f f  h h  i i  j j  k k  l l  m m  n n  o o  p p  q q  s s  t t  u u  v v  w w  x x  z z
        ɡ g  ŋ N  ɲ n^  ʃ S  ʒ Z  θ T  ð D  ç C  ɾ *  ʔ ?  ʀ r"  χ X  ɣ Q  β B  ʎ l^  ɬ l#  ɫ L  ʋ v#  c c  ɟ J  ʝ J^
        ɕ S;  ʑ Z;  ʂ s.  ʐ z.  ɳ n.  ɭ l.
        ə @  ɐ a#  ɛ E  ɔ O  ɪ I  ʌ V  ɑ̃ A~  ɔ̃ O~
        """

    /// - Parameter nearest: what comes closest to a sign that the language has no sound for, or that people write for one of its sounds.
    private static func table(_ common: String, _ own: String, nearest: String) -> [String: String] {
        var table = ["g": "g", "ᵊ": "@"]
        for text in [common, nearest, own] {
            let names = text.split(whereSeparator: \.isWhitespace).map(String.init)
            for index in stride(from: 0, to: names.count - 1, by: 2) {
                table[names[index].decomposedStringWithCanonicalMapping] = names[index + 1]
            }
        }
        return table
    }
}
