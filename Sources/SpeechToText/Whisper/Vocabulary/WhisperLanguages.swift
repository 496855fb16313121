import BridgeSupport

/// The languages that Whisper was trained on, in the order of their tokens.
enum WhisperLanguages {
    /// Codes in the order of their ids, which follow the start token; large-v3 added the last one, Cantonese.
    static let codes: [String] = trained.map(\.code)

    /// Languages written without spaces between words, where a word is any whole character.
    static let withoutSpaces: Set<String> = ["zh", "ja", "th", "lo", "my", "yue"]

    /// The code of a language given by its code, by a tag such as "fr-CA" or "fr_CA", or by its name in English, in French or
    /// in the language itself, in any case, with or without accents.
    static func code(of language: String) -> String? {
        // No name is longer.
        let name = folded(String(language.prefix(64)))
        if let code = byName[name] { return code }
        // Text in brackets says where it is spoken, and so does the part of a tag after the language.
        for mark in ["(", "-_"] {
            let first = name.split(whereSeparator: mark.contains).first.map { folded(String($0)) }
            if let code = first.flatMap({ byName[$0] }) { return code }
        }
        return nil
    }

    /// The text in lower case, without accents and surrounding characters, and with one kind of apostrophe.
    private static func folded(_ name: String) -> String {
        let text = name.lowercased().map { "’‘ʻ`".contains($0) ? "'" : $0 }
        let scalars = UnicodeForm(.canonicalDecomposition).normalize(Array(String(text).unicodeScalars))
            .filter { $0.properties.generalCategory != .nonspacingMark }
        return String(String.UnicodeScalarView(scalars)).trimmedWhitespace
    }

    /// Codes, by themselves and by all names.
    private static let byName: [String: String] = {
        let more = names.split(separator: "\n").flatMap { line in
            let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
            return parts[1].split(separator: ",").map { (code: parts[0], name: String($0)) }
        }
        return Dictionary(
            (trained.map { ($0.code, $0.code) } + (trained + otherNames + more).map { (folded($0.name), $0.code) }),
            uniquingKeysWith: { first, _ in first })
    }()

    private static let trained = table(
        """
        en english, zh chinese, de german, es spanish, ru russian, ko korean, fr french, ja japanese, pt portuguese, \
        tr turkish, pl polish, ca catalan, nl dutch, ar arabic, sv swedish, it italian, id indonesian, hi hindi, \
        fi finnish, vi vietnamese, he hebrew, uk ukrainian, el greek, ms malay, cs czech, ro romanian, da danish, \
        hu hungarian, ta tamil, no norwegian, th thai, ur urdu, hr croatian, bg bulgarian, lt lithuanian, la latin, \
        mi maori, ml malayalam, cy welsh, sk slovak, te telugu, fa persian, lv latvian, bn bengali, sr serbian, \
        az azerbaijani, sl slovenian, kn kannada, et estonian, mk macedonian, br breton, eu basque, is icelandic, \
        hy armenian, ne nepali, mn mongolian, bs bosnian, kk kazakh, sq albanian, sw swahili, gl galician, \
        mr marathi, pa punjabi, si sinhala, km khmer, sn shona, yo yoruba, so somali, af afrikaans, oc occitan, \
        ka georgian, be belarusian, tg tajik, sd sindhi, gu gujarati, am amharic, yi yiddish, lo lao, uz uzbek, \
        fo faroese, ht haitian creole, ps pashto, tk turkmen, nn nynorsk, mt maltese, sa sanskrit, lb luxembourgish, \
        my myanmar, bo tibetan, tl tagalog, mg malagasy, as assamese, tt tatar, haw hawaiian, ln lingala, ha hausa, \
        ba bashkir, jw javanese, su sundanese, yue cantonese
        """)

    /// Names that openai-whisper accepts as well.
    private static let otherNames = table(
        """
        my burmese, ca valencian, nl flemish, ht haitian, lb letzeburgesch, ps pushto, pa panjabi, ro moldavian, \
        ro moldovan, si sinhalese, es castilian, zh mandarin
        """)

    private static func table(_ text: String) -> [(code: String, name: String)] {
        text.split(separator: ", ").map { entry in
            let parts = entry.split(separator: " ", maxSplits: 1).map(String.init)
            return (parts[0], parts[parts.count - 1])
        }
    }
}
