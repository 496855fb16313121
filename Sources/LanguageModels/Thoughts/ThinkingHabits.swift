import Synchronization

/// What is known of how models begin their answers: whether the template has opened a thought, so that only its end is marked.
///
/// A model's last answer counts most, then its template, then its name. If nothing is known, answers are passed
/// on at once.
final class ThinkingHabits: Sendable {
    typealias Beginning = ThoughtSplitter.Beginning

    /// A model in Ollama's list.
    struct Listing: Sendable, Hashable {
        var digest: String?
        /// nil if the server does not tell.
        var thinks: Bool?
    }

    private struct Key: Hashable {
        var model: String
        /// Templates differ by what was asked for.
        var think: Bool
    }

    private struct State {
        var listings: [String: Listing] = [:]
        /// What templates say, each with the listing that it belongs to: a model that was pulled again is asked for again.
        var templates: [String: (listing: Listing, beginning: Beginning)] = [:]
        var seen: [Key: Beginning] = [:]
        /// Models whose last answer closed a thought that nothing had opened.
        var suspected: Set<Key> = []
    }

    private let state = Mutex(State())

    /// More models than any server has in use; beyond that they are learned anew.
    private static let maxModels = 512

    /// Takes in a new list, by normalised names.
    func list(_ listings: [String: Listing]) {
        state.withLock { state in
            let before = state.listings
            state.listings = listings
            state.templates = state.templates.filter { listings[$0.key] == $0.value.listing }
            state.seen = state.seen.filter { listings[$0.key.model] == before[$0.key.model] }
        }
    }

    /// How `model` begins; calls `describe` for the server's description, once, if the list leaves it open.
    ///
    /// - Parameter describe: returns nil if the server gives no description.
    func beginning(
        of model: String, think: Bool, describe: () async throws -> OllamaDescription?
    ) async throws -> Beginning {
        let (seen, told, listing) = state.withLock { state in
            (state.seen[Key(model: model, think: think)], state.templates[model]?.beginning, state.listings[model])
        }
        if let known = seen ?? told { return known }
        guard let listing, listing.thinks != false else { return .answer }
        let described = try await describe()
        let beginning = described.map(\.beginning) ?? Self.guess(model, listing)
        state.withLock { state in
            if state.templates.count >= Self.maxModels { state.templates = [:] }
            state.templates[model] = (listing, beginning)
        }
        return beginning
    }

    /// False if `model` is known to have no thoughts: a closing tag in its answer is then only a word.
    func mayThink(_ model: String) -> Bool { state.withLock { $0.listings[model]?.thinks != false } }

    /// Remembers how `model` has just begun.
    ///
    /// Anyone can make a model write a closing tag, and what is learned from it counts for everybody: unless its template or
    /// its name makes it a thinker, it must do so twice in a row. Even then, text that is cut off belongs to the answer.
    ///
    /// - Parameter beginning: nil if the answer revealed nothing.
    func learn(_ beginning: Beginning?, of model: String, think: Bool) {
        let key = Key(model: model, think: think)
        state.withLock { state in
            if state.seen.count >= Self.maxModels { state.seen = [:] }
            if state.suspected.count >= Self.maxModels { state.suspected = [] }
            guard beginning == .thought else {
                state.suspected.remove(key)
                if let beginning { state.seen[key] = beginning }
                return
            }
            // It wrote about tags.
            if state.listings[model]?.thinks == false { return }
            let told = state.templates[model]?.beginning ?? .answer
            if told == .answer, state.suspected.insert(key).inserted { return }
            state.seen[key] = told == .thought ? .thought : .thoughtPerhaps
        }
    }

    /// For servers that do not describe their models.
    private static func guess(_ model: String, _ listing: Listing) -> Beginning {
        if let thinks = listing.thinks { return thinks ? .thoughtPerhaps : .answer }
        let thinkers = ["think", "reason", "qwen3", "qwq", "deepseek-r1", "magistral", "exaone-deep"]
        let others = ["instruct", "coder", "embed"]
        return thinkers.contains(where: model.contains) && !others.contains(where: model.contains)
            ? .thoughtPerhaps : .answer
    }
}
