public import BridgeSupport
import Foundation
public import SpokenText
import Synchronization

/// The words of the house as they are known now. They change while the server runs: by hand in the file, or through the server.
public final class HouseLexicon: ReloadedFile {
    private struct State {
        var lexicon = Lexicon()
        /// Why the file does not count; nil if it does, or if there is none.
        var problem: ServiceError?
        /// Of the file as it was last looked at, right or wrong.
        var stamp: String?
    }
    private let file: SharedFile
    var source: SharedFile { file }
    var contents: String { "entries of the lexicon" }
    private let state: Mutex<State>

    /// Bytes of the largest file: more than the most entries need.
    private static let largestSize = 4 << 20

    /// Reads the file, without which there are no words. A wrong one does not keep a house from speaking: ``problem`` tells.
    public init(_ configuration: BridgeConfiguration) {
        let configured = configuration[Keys.lexiconFile]
        let url =
            configured.isEmpty
            ? BridgeServices.dataDirectory(configuration).appending(path: "lexicon.yaml") : URL(filePath: configured)
        file = SharedFile(
            url: url, title: "lexicon", key: Keys.lexiconFile, largestSize: Self.largestSize, isSecret: false,
            unwritable: .internal)
        // The stamp comes first: a change after it is seen by the next look.
        var state = State(stamp: file.stamp)
        do throws(ServiceError) {
            if let lexicon = try Self.read(file) {
                state.lexicon = lexicon
            } else if !configured.isEmpty {
                state.problem = .invalid(
                    Keys.lexiconFile.name,
                    "There is no lexicon \(url.path) (\(Keys.lexiconFile.name)). Write one, or leave the setting out.")
            }
        } catch {
            state.problem = error
        }
        self.state = Mutex(state)
    }

    /// The words; none where the file was wrong from the beginning.
    public var lexicon: Lexicon { state.withLock { $0.lexicon } }

    /// Why the file as it is now does not count; nil if it does.
    public var problem: ServiceError? { state.withLock { $0.problem } }

    private static func read(_ file: SharedFile) throws(ServiceError) -> Lexicon? {
        guard let text = try file.read() else { return nil }
        return try LexiconText.lexicon(text, path: file.url.path)
    }

    func note(_ stamp: String?) -> String? {
        state.withLock { state in
            defer { state.stamp = stamp }
            return state.stamp
        }
    }

    func reload(wasThere: Bool) throws(ServiceError) -> FileLook {
        do throws(ServiceError) {
            let lexicon = try Self.read(file)
            if lexicon == nil, !wasThere { return .unchanged }
            state.withLock { ($0.lexicon, $0.problem) = (lexicon ?? Lexicon(), nil) }
            return .read(lexicon?.entries.count ?? 0)
        } catch {
            state.withLock { $0.problem = error }
            throw error
        }
    }

    /// Puts other words in the place of all, in the file too, whose comments are lost. Blocks.
    ///
    /// - Throws: `invalid_request` naming the entry and the field that is wrong (`entries[3].say`), `internal` or `storage_full` if the
    ///   file cannot be written.
    package func replace(by entries: [Lexicon.Entry]) throws(ServiceError) {
        let lexicon = try Self.lexicon(entries)
        try file.update { _ throws(ServiceError) in (LexiconText.text(of: lexicon.entries), ()) }
        taken(lexicon)
    }

    /// Takes away what stands for a match, in the file too. Blocks.
    ///
    /// - Parameter language: of the entry, where there are several for the match; nil for all of them.
    /// - Throws: `not_found` if there is no such entry; `invalid_request` where the file is wrong; what ``replace(by:)`` throws.
    package func remove(_ match: String, language: String?) throws(ServiceError) {
        let lexicon = try file.update { [file] text throws(ServiceError) in
            // As it is now: somebody may just have changed it by hand.
            let old = try text.map { text throws(ServiceError) in
                try LexiconText.lexicon(text, path: file.url.path)
            }
            let kept = (old?.entries ?? []).filter { entry in
                entry.match != match || language != nil && entry.language != language
            }
            guard kept.count < old?.entries.count ?? 0 else {
                throw ServiceError(
                    .notFound, "The lexicon has no such entry; GET /api/tts/lexicon lists all of them.", param: "match")
            }
            let new = try Self.lexicon(kept)
            return (LexiconText.text(of: new.entries), new)
        }
        taken(lexicon)
    }

    /// The file is known: the next look need not read it.
    private func taken(_ lexicon: Lexicon) {
        let stamp = file.stamp
        state.withLock { $0 = State(lexicon: lexicon, stamp: stamp) }
    }

    private static func lexicon(_ entries: [Lexicon.Entry]) throws(ServiceError) -> Lexicon {
        for (index, entry) in entries.enumerated() {
            if let problem = entry.language.flatMap(LanguageCheck.problem) {
                throw .invalid("entries[\(index)].language", "entries[\(index)].language \(problem).")
            }
        }
        do { return try Lexicon(entries.map(\.decomposed)) } catch {
            let name = "entries[\(error.index)]" + (error.field.map { ".\($0)" } ?? "")
            throw .invalid(name, "\(name) \(error.reason)\(error.other.map { " entries[\($0)]" } ?? "").")
        }
    }
}
