/// The languages that Whisper was trained on, in the order of their tokens.
enum WhisperLanguages {
    /// Codes in the order of their ids, which follow the start token; large-v3 added the last one, Cantonese.
    static let codes: [String] = """
        en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg lt la mi ml \
        cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be tg sd gu am \
        yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su yue
        """.split(separator: " ").map(String.init)

    /// Languages written without spaces between words, where a word is any whole character.
    static let withoutSpaces: Set<String> = ["zh", "ja", "th", "lo", "my", "yue"]
}
