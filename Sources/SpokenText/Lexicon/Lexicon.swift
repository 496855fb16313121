/// How a house says its own words: names, brands and abbreviations that no rule can know.
///
/// An entry is applied where its match stands as a whole word or whole words of one sentence. What it puts there is read by the rules, so
/// that figures in it become words, but never by another entry: two that stand for each other do no harm. Where several fit, the longest
/// one counts, then one without a `*`, one in capitals, and the one whose language says the most.
///
/// What an entry says is at most 12 × (characters of its match + 1) long, as the rules read it, so that a text becomes at most 48 times as
/// long, and 64 characters.
public struct Lexicon: Sendable {
    /// One word, or some, and how it is said.
    public struct Entry: Sendable, Hashable {
        /// One word or several; one `*` stands for any letters and figures of one word, also none. Capitals count where it has no other
        /// letters, as in "IA"; spaces, apostrophes and hyphens match others of their kind.
        public var match: String
        /// What is read in its place; a `*` in it is what the one in the match stood for.
        public var say: String?
        /// Its sound, in the International Phonetic Alphabet, for voices that take that: all but those of Piper that are trained on letters,
        /// which read the word as it is written.
        public var phonemes: String?
        /// A tag such as "fr" or "fr-BE"; nil for voices of all languages.
        public var language: String?

        /// The names of the fields, in the order that people read them in, for files and requests.
        public static let fields = ["match", "say", "phonemes", "language"]

        /// Checked by ``Lexicon/init(_:)``.
        public init(match: String, say: String? = nil, phonemes: String? = nil, language: String? = nil) {
            (self.match, self.say, self.phonemes, self.language) = (match, say, phonemes, language)
        }
    }

    /// As they were given.
    public let entries: [Entry]
    private let tree: LexiconTree
    private let open: LexiconOpenRules

    /// Finds the places where one of them may begin.
    let filter: LexiconFilter

    /// The most entries, of which ``maximumOpenEntries`` may have a `*`.
    public static let maximumEntries = 1000
    /// They are the ones that may cost most.
    public static let maximumOpenEntries = 200

    /// Without entries.
    public init() { (entries, tree, open, filter) = ([], LexiconTree(), LexiconOpenRules(), LexiconFilter()) }

    /// - Throws: what is wrong with the first wrong entry.
    public init(_ entries: [Entry]) throws(LexiconError) {
        guard entries.count <= Self.maximumEntries else {
            throw LexiconError(
                index: Self.maximumEntries, field: nil, reason: "comes after \(Self.maximumEntries), which is the most")
        }
        var (tree, open, filter) = (LexiconTree(), LexiconOpenRules(), LexiconFilter())
        var openCount = 0
        var seen: [LexiconRule.Identity: Int] = [:]
        for (index, entry) in entries.enumerated() {
            do throws(LexiconFault) {
                let rule = try LexiconRule(entry, place: index)
                if let first = seen.updateValue(index, forKey: rule.identity) {
                    throw LexiconFault("match", "is the same as that of", other: first)
                }
                filter.add(rule.pattern)
                if let word = rule.pattern.openWord {
                    open.add(rule, word: word)
                } else {
                    tree.add(rule, words: rule.pattern.closedWords)
                }
                if rule.pattern.isOpen { openCount += 1 }
                guard openCount <= Self.maximumOpenEntries else {
                    throw LexiconFault(
                        "match", "has a *, as \(Self.maximumOpenEntries) others have, which are the most")
                }
            } catch {
                throw LexiconError(index: index, field: error.field, reason: error.reason, other: error.other)
            }
        }
        (self.entries, self.tree, self.open, self.filter) = (entries, tree, open, filter)
    }

    /// Whether it changes nothing.
    public var isEmpty: Bool { entries.isEmpty }

    /// The rule that fits best at a place.
    func rule(at index: Int, in words: LexiconWords, for voice: LexiconReader) -> LexiconRule.Hit? {
        var best: LexiconRule.Hit?
        for rule in tree.rules(at: index, in: words) + open.rules(at: index, in: words) where voice.takes(rule) {
            guard let hit = rule.hit(at: index, in: words) else { continue }
            if best.map({ hit.isBetter(than: $0) }) ?? true { best = hit }
        }
        return best
    }
}

/// What is wrong with an entry of a lexicon.
public struct LexiconError: Error, Sendable, Hashable {
    /// The place of the entry, from 0.
    public let index: Int
    /// The field at fault; nil where it is the entry as a whole.
    public let field: String?
    /// The rest of a sentence that begins with the field, or with the entry; the one at ``other`` ends it.
    public let reason: String
    /// The place of another entry with which it collides, from 0.
    public var other: Int?
}

/// The same without the place.
struct LexiconFault: Error {
    let field: String?
    let reason: String
    let other: Int?

    init(_ field: String?, _ reason: String, other: Int? = nil) {
        (self.field, self.reason, self.other) = (field, reason, other)
    }
}
