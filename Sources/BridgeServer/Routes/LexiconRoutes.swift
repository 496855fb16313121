import BridgeRuntime
import BridgeSupport
import Hummingbird
import SpokenText
import WorkScheduling

/// `/api/tts/lexicon`: how voices say the words of the house.
struct LexiconRoutes {
    let dependencies: RouteDependencies

    private var lexicon: HouseLexicon { dependencies.services.lexicon }

    func add(to routes: inout RouteTable) {
        // The lexicon tells its readers who lives in the house.
        let look = RoutePolicy(role: .admin, group: .bridge(.tts))
        let change = RoutePolicy(role: .admin, group: .bridge(.tts), bodyLimit: dependencies.textLimit)
        routes.add(.get, "/api/tts/lexicon", policy: look) { try await list($0, $1) }
        routes.add(.put, "/api/tts/lexicon", policy: change) { try await replace($0, $1) }
        routes.add(.delete, "/api/tts/lexicon", policy: look) { try await remove($0, $1) }
    }

    private struct Answer: Encodable {
        struct Entry: Encodable {
            var match: String
            var say: String?
            var phonemes: String?
            var language: String?
        }
        var entries: [Entry]
        /// Why the file as it is now does not count.
        var problem: String?

        init(_ lexicon: HouseLexicon) {
            entries = lexicon.lexicon.entries.map {
                Entry(match: $0.match, say: $0.say, phonemes: $0.phonemes, language: $0.language)
            }
            problem = lexicon.problem?.message
        }
    }

    private func list(_ request: Request, _: BridgeContext) async throws -> Response {
        try .json(Answer(lexicon))
    }

    /// All of them at once, so that a client that sends the same again changes nothing.
    private func replace(_ request: Request, _ context: BridgeContext) async throws -> Response {
        let fields = try await request.jsonFields(upTo: context.policy.bodyLimit)
        guard let objects = try fields.objects("entries") else {
            throw ServiceError.invalid("entries", "entries is missing; it must be a list of objects, [] for none.")
        }
        let entries = try objects.enumerated().map { try Self.entry($1, at: $0) }
        // Not given up halfway when its client leaves.
        try await aside { [lexicon] () throws(ServiceError) in try lexicon.replace(by: entries) }
        return try .json(Answer(lexicon))
    }

    private static func entry(_ object: [String: JSONValue], at index: Int) throws -> Lexicon.Entry {
        if let strange = object.keys.filter({ !Lexicon.Entry.fields.contains($0) }).min() {
            // A misspelt language would have the entry hold for all of them.
            throw ServiceError.invalid(
                "entries[\(index)].\(strange)",
                "entries[\(index)].\(strange) is not known; an entry has \(Lexicon.Entry.fields.joined(separator: ", "))."
            )
        }
        func text(_ field: String) throws -> String? {
            switch object[field] {
            case nil, .null?: return nil
            case .string(let text)?: return text
            default:
                throw ServiceError.invalid("entries[\(index)].\(field)", "entries[\(index)].\(field) must be a text.")
            }
        }
        guard let match = try text("match") else {
            throw ServiceError.invalid(
                "entries[\(index)].match", "entries[\(index)].match is missing; it must be the word to say otherwise.")
        }
        return Lexicon.Entry(
            match: match, say: try text("say"), phonemes: try text("phonemes"), language: try text("language"))
    }

    /// Removes the entries of one match, or all entries.
    private func remove(_ request: Request, _: BridgeContext) async throws -> Response {
        let query = RequestFields(texts: request.queryFields)
        let language = try query.name("language")
        if let match = try query.text("match") {
            try await aside { [lexicon] () throws(ServiceError) in try lexicon.remove(match, language: language) }
        } else if request.queryFields.isEmpty {
            try await aside { [lexicon] () throws(ServiceError) in try lexicon.replace(by: []) }
        } else {
            // Somebody who means one entry must not lose all.
            throw ServiceError.invalid(
                "match", "match is missing or empty; name the entry to delete, or leave out the query to delete all.")
        }
        return try .json(Answer(lexicon))
    }
}
