import Foundation
import Tokenizers

/// The tokens of a model's directory: of `tokenizer.json`, or of the older `vocab.json`, `merges.txt` and `added_tokens.json`.
struct VocabularyFile {
    /// The file that was read, to be named in messages.
    let name: String
    let tokens: BytePairFile

    /// What is wrong with which file: its name, and the end of a sentence that begins with it.
    struct Unreadable: Error {
        var file: String
        var reason: String
        var cause: (any Error)?
    }

    init(in directory: URL) throws(Unreadable) {
        if let whole = try Self.contents("tokenizer.json", in: directory) {
            name = "tokenizer.json"
            tokens = try Self.reading(name) { () throws(TokenizerFormatError) in try BytePairFile(json: whole) }
            return
        }
        guard let vocabulary = try Self.contents("vocab.json", in: directory),
            let merges = try Self.contents("merges.txt", in: directory)
        else { throw Unreadable(file: "tokenizer.json", reason: "is missing, or vocab.json with merges.txt") }
        let added = try Self.contents("added_tokens.json", in: directory)
        name = added == nil ? "vocab.json" : "vocab.json or added_tokens.json"
        tokens = try Self.reading(name) { () throws(TokenizerFormatError) in
            try BytePairFile(vocabulary: vocabulary, merges: String(decoding: merges, as: UTF8.self), added: added)
        }
    }

    /// nil if there is no such file.
    private static func contents(_ name: String, in directory: URL) throws(Unreadable) -> [UInt8]? {
        let file = directory.appending(path: name)
        guard FileManager.default.fileExists(atPath: file.path(percentEncoded: false)) else { return nil }
        do {
            return [UInt8](try Data(contentsOf: file))
        } catch {
            throw Unreadable(file: name, reason: "can't be read", cause: error)
        }
    }

    private static func reading<Value>(
        _ name: String, _ read: () throws(TokenizerFormatError) -> Value
    ) throws(Unreadable) -> Value {
        do {
            return try read()
        } catch {
            throw Unreadable(file: name, reason: "is not the JSON that it should be", cause: error)
        }
    }
}

extension VocabularyFile {
    /// The most special tokens that there can be, tokens of times left out: those of the languages, tasks, and ends.
    private static let mostSpecialTokens = WhisperLanguages.codes.count + 8

    /// Why these are not the tokens of a network with so many rows in its table of tokens; nil if they are. All of the rows have a
    /// token, but those of times, which no file need list, and the special ones if only `vocab.json` is there.
    ///
    /// - Parameter weights: the name of the network's file.
    func mismatch(rows: Int, of weights: String) -> String? {
        let ids = Array(tokens.vocabulary.values) + tokens.added.values
        if let stray = ids.filter({ !(0..<rows).contains($0) }).max(by: { $0.magnitude < $1.magnitude }),
            stray < 0 || stray - rows > Self.mostSpecialTokens + SpecialTokens.timestampCount
        {
            return "it gives a token the id \(stray), and \(weights) has \(rows) tokens"
        }
        let last = ids.max() ?? -1
        let unlisted = SpecialTokens.timestampCount + (tokens.added.isEmpty ? Self.mostSpecialTokens : 0)
        guard last < rows, last >= rows - 1 - unlisted else {
            return "it knows \(last + 1) tokens and \(weights) has \(rows): the two are of different models"
        }
        // The words of ids that have no token would vanish.
        let gaps = last + 1 - Set(ids).count
        return gaps * 100 > last ? "it lacks \(gaps) of the tokens up to its last, which has the id \(last)" : nil
    }
}
