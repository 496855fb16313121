import AsyncHTTPClient
import BridgeRuntime
import BridgeSupport
import BridgeTesting
import Foundation
import Testing
import TextToSpeech

/// The words of the house over HTTP.
@Suite(.timeLimit(.minutes(2))) struct LexiconRouteTests {
    private let folder: TemporaryFolder
    private let server: TestServer
    private static let path = "/api/tts/lexicon"

    init() throws {
        folder = try TemporaryFolder()
        server = try TestServer(["tts.lexicon": folder.url.appending(path: "lexicon.yaml").path])
    }

    private func put(_ body: String, _ client: TestClient) async throws -> TestClient.Answer {
        try await client.send(
            "PUT", Self.path, headers: ["Content-Type": "application/json"], body: .bytes(Array(body.utf8)))
    }

    private func matches(_ answer: TestClient.Answer) -> [String?]? {
        answer.json?["entries"]?.arrayValue?.map { $0["match"]?.stringValue }
    }

    @Test func wordsAreListedReplacedAndDeleted() async throws {
        try await server.run { client in
            // The file is named and not there yet.
            let empty = try await client.get(Self.path)
            #expect(empty.status == 200 && matches(empty) == [])
            #expect(empty.json?["problem"]?.stringValue?.contains("There is no lexicon") == true)
            let three =
                #"{"entries":[{"match":"Yves","say":"ive"},{"match":"Wi-Fi","say":"ouifi","language":"fr"},"#
                + #"{"match":"Jarvis","phonemes":"ʒaʁvis","say":null}]}"#
            let answer = try await put(three, client)
            #expect(answer.status == 200 && matches(answer) == ["Yves", "Wi-Fi", "Jarvis"], "\(answer.text)")
            #expect(answer.json?["problem"] == nil)
            let list = try await client.get(Self.path)
            #expect(list.body == answer.body)
            let first = list.json?["entries"]?.arrayValue?[0]
            #expect(first?["say"]?.stringValue == "ive" && first?["phonemes"] == nil && first?["language"] == nil)
            let fewer = try await client.send("DELETE", Self.path + "?match=Wi-Fi&language=fr")
            #expect(fewer.status == 200 && matches(fewer) == ["Yves", "Jarvis"])
            let missing = try await client.send("DELETE", Self.path + "?match=Wi-Fi")
            #expect((missing.status, missing.code, missing.param) == (404, "not_found", "match"))
            let none = try await client.send("DELETE", Self.path)
            #expect(none.status == 200 && matches(none) == [])
            #expect(try await client.send("DELETE", Self.path).status == 200)
        }
    }

    /// Asks a server whose lexicon has one entry, which must stay.
    private func keepingAnEntry(_ ask: @escaping @Sendable (TestClient) async throws -> Void) async throws {
        try await server.run { client in
            _ = try await put(#"{"entries":[{"match":"a","say":"b"}]}"#, client)
            try await ask(client)
            let list = try await client.get(Self.path)
            #expect(matches(list) == ["a"])
        }
    }

    @Test(arguments: [
        ("{}", "entries"), (#"{"entries":{}}"#, "entries"), (#"{"entries":["a"]}"#, "entries"),
        (#"{"entries":[{"say":"b"}]}"#, "entries[0].match"),
        (#"{"entries":[{"match":"a","say":"b","lang":"en"}]}"#, "entries[0].lang"),
        (#"{"entries":[{"match":5,"say":"b"}]}"#, "entries[0].match"),
        (#"{"entries":[{"match":"a","say":["b"]}]}"#, "entries[0].say"),
        (#"{"entries":[{"match":"b","say":"b"},{"match":"a"}]}"#, "entries[1]"),
        (#"{"entries":[{"match":"a","say":"b","phonemes":"c"}]}"#, "entries[0].phonemes"),
        (#"{"entries":[{"match":"a","say":"b","language":"klingon"}]}"#, "entries[0].language"),
        (#"{"entries":[{"match":"*","say":"b"}]}"#, "entries[0].match"),
        (#"{"entries":[{"match":"b","say":"18h30 18h30 18h30"}]}"#, "entries[0].say"),
        (#"{"entries":[{"match":"b","phonemes":"aaaaaaaaaaaaaaaaaaaaa"}]}"#, "entries[0].phonemes"),
    ])
    func whatIsWrongIsNamedAndChangesNothing(body: String, param: String) async throws {
        try await keepingAnEntry { client in
            let answer = try await put(body, client)
            #expect((answer.status, answer.param) == (400, param), "\(answer.text)")
        }
    }

    @Test func theFirstEntryTooManyIsNamed() async throws {
        try await keepingAnEntry { client in
            let many = (0...1000).map { #"{"match":"mot \#($0)","say":"b"}"# }.joined(separator: ",")
            let answer = try await put("{\"entries\":[\(many)]}", client)
            #expect(answer.param == "entries[1000]")
        }
    }

    /// Whoever means one entry must not lose all.
    @Test(arguments: ["?match=", "?language=fr", "?mtach=a"])
    func aQueryWithoutAMatchDeletesNothing(_ query: String) async throws {
        try await keepingAnEntry { client in
            let answer = try await client.send("DELETE", Self.path + query)
            #expect((answer.status, answer.param) == (400, "match"))
        }
    }

    @Test func allVoicesSayThem() async throws {
        try await server.run { client in
            _ = try await put(
                #"{"entries":[{"match":"Yves","say":"ive 2"},{"match":"Jarvis","phonemes":"ʒaʁvis"}]}"#, client)
            let words = try await client.post("/api/tts/normalize", #"{"text":"Yves à 8h, Jarvis."}"#)
            #expect(words.json?["text"]?.stringValue == "ive deux à huit heures, [[ʒaʁvis]].")
            let spans = words.json?["spans"]?.arrayValue ?? []
            #expect(spans.first?["from"]?.arrayValue?.map(\.numberValue) == [0, 4], "\(words.text)")
            #expect(spans.first?["to"]?.arrayValue?.map(\.numberValue) == [0, 8])
            let speech = try await client.post(
                "/api/tts/synthesize", #"{"text":"Yves et Jarvis. Yves !","explain":true}"#)
            #expect(speech.json?["spoken"]?.stringValue == "ive 2 et [[ʒaʁvis]]. ive 2 !")
            #expect(speech.json?["phonemes"]?.stringValue == "/ive 2 et [[ʒaʁvis]]/\n/ive 2 /", "\(speech.text)")
            let plain = try await client.post("/api/tts/synthesize", #"{"text":"Yves.","normalize":false}"#)
            #expect(plain.json?["spoken"] == nil && plain.json?["phonemes"] == nil)
        }
        #expect(server.voice.calls.map(\.text) == ["ive 2 et [[ʒaʁvis]]. ive 2 !", "Yves."])
    }

    @Test func onlyAdministratorsMayEvenRead() async throws {
        let keys = folder.url.appending(path: "keys.jsonl")
        let (user, admin, ears) = (AccessKey.random(), AccessKey.random(), AccessKey.random())
        try KeyFile(keys).update { list throws(ServiceError) in
            try list.add(try KeyEntry(user, name: "kitchen", role: .use, created: .now))
            try list.add(try KeyEntry(admin, name: "operator", role: .admin, created: .now))
            try list.add(try KeyEntry(ears, name: "ears", role: .admin, bridges: [.stt], created: .now))
        }
        let server = try TestServer(["keys.file": keys.path, "data_dir": folder.url.path])
        try await server.run { client in
            for method in ["GET", "PUT", "DELETE"] {
                func status(_ key: AccessKey?) async throws -> Int {
                    var headers = ["Content-Type": "application/json"]
                    headers["Authorization"] = key.map { "Bearer \($0.text)" }
                    return try await client.send(
                        method, Self.path, headers: headers,
                        body: method == "PUT" ? .bytes(Array(#"{"entries":[]}"#.utf8)) : nil
                    ).status
                }
                for (key, expected) in [(nil, 401), (user, 403), (ears, 403), (admin, 200)] {
                    let status = try await status(key)
                    #expect(status == expected, "\(method)")
                }
            }
        }
    }

    @Test func whereNobodySpeaksThereIsNoLexicon() async throws {
        try await TestServer(["services.enabled": "stt"]).run { client in
            let answer = try await client.get(Self.path)
            #expect(answer.code == "not_found")
        }
    }
}
