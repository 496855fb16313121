import BridgeSupport
import Foundation
import Testing

@testable import BridgeRuntime

@Suite(.timeLimit(.minutes(1))) struct KeyListTests {
    private static let date = Date(timeIntervalSince1970: 1_800_000_000)

    private func entry(_ name: String, _ key: AccessKey = .random()) throws -> KeyEntry {
        try KeyEntry(key, name: name, role: .use, bridges: [.tts, .stt], created: Self.date)
    }

    @Test func whatIsWrittenIsReadAgain() throws {
        let key = AccessKey.random()
        var list = KeyList()
        try list.add(entry("kitchen", key))
        try list.add(KeyEntry(.random(), name: "operator", role: .admin, created: Self.date))
        let again = try KeyList(list.text, path: "keys")
        #expect(again.entries == list.entries && again.text == list.text)
        let first = try #require(again.entries.first)
        #expect((first.name, first.role, first.bridges) == ("kitchen", .use, [.stt, .tts]))
        #expect(first.created == "2027-01-15T08:00:00Z" && first.matches(key) && !first.matches(.random()))
        // Nothing of the key but its id.
        #expect(!list.text.contains(key.text.suffix(40)) && list.text.contains(key.id))
    }

    @Test func theSameKeyIsHashedDifferentlyEachTime() throws {
        let key = AccessKey.random()
        #expect(try entry("a", key).line != entry("a", key).line)
    }

    @Test func aKeyHasAtLeast128RandomBits() throws {
        let keys = (0..<64).map { _ in AccessKey.random() }
        #expect(Set(keys.map(\.id)).count == 64)
        for key in keys {
            #expect(key.text.wholeMatch(of: /jb_[0-9a-f]{16}_[0-9a-f]{40}/) != nil)
            #expect(AccessKey(key.text) == key)
        }
        // Each of the 160 bits is both 0 and 1 somewhere (by chance not so once in 10^17).
        let secrets = try keys.map { try #require(Hexadecimal.bytes($0.text.suffix(40))) }
        for place in 0..<20 {
            #expect(secrets.reduce(0) { $0 | $1[place] } == 255 && secrets.reduce(255) { $0 & $1[place] } == 0)
        }
    }

    @Test func commentsAndEmptyLinesStay() throws {
        let text = "# mine\n\n\(try entry("a").line)\r\n  # b follows\n\(try entry("b").line)"
        var list = try KeyList(text, path: "keys")
        #expect(list.entries.map(\.name) == ["a", "b"])
        #expect(list.revoke("a") && !list.revoke("a"))
        #expect(list.text.hasPrefix("# mine\n\n  # b follows\n{") && list.text.hasSuffix("}\n"))
    }

    @Test func aNameIsThereOnce() throws {
        var list = KeyList()
        try list.add(entry("a"))
        let error = #expect(throws: ServiceError.self) { try list.add(entry("a")) }
        #expect(error?.message.contains("There is a key a already") == true)
        #expect(list.entries.count == 1)
    }

    @Test(arguments: ["", "a b", "-a", "anyone", "key-12", "é", "a\"b", String(repeating: "a", count: 65)])
    func namesThatWouldMisleadAreRefused(_ name: String) {
        let error = #expect(throws: ServiceError.self) { try entry(name) }
        #expect(error?.param == "name" && error?.message.hasPrefix("name ") == true)
    }

    @Test(arguments: [
        ("{", "is not JSON: the text ends too early"), ("[]", "must be an object"), ("jb_SECRET", "is not JSON"),
        (#"{"SECRET":1}"#, "has a field of an unknown name; there are name, role"), ("{}", "name must be there"),
        (#"{"name":7}"#, "name must be there, and a text"), (#"{"name":"anyone"}"#, "name cannot be"),
        (#"{"name":"a","role":"SECRET"}"#, #"role must be "use" or "admin""#),
        (#"{"name":"a","role":"open"}"#, #"role must be "use" or "admin""#),
        (#"{"name":"a","role":"use","bridges":[]}"#, #"bridges must be a list of some of "llm", "stt""#),
        (#"{"name":"a","role":"use","bridges":["SECRET"]}"#, "bridges must be a list of some of"),
        (#"{"name":"a","role":"use","bridges":"tts"}"#, "bridges must be a list of some of"),
        (#"{"name":"a","role":"use","id":"SECRET"}"#, "id must be 16 hexadecimal digits"),
        (#"{"name":"a","role":"use","limits":7}"#, "limits must be an object with some of"),
        (#"{"name":"a","role":"use","limits":{"SECRET":"1/day"}}"#, "limits must be an object with some of"),
        (#"{"name":"a","role":"use","limits":{"stt":["1/day"]}}"#, "limits.stt must be a list of limits such as"),
        (#"{"name":"a","role":"use","limits":{"stt":"1 tokens/day"}}"#, "limits.stt must be a list of limits such as"),
    ])
    func aWrongLineIsNamedAndNothingOfItShown(_ line: String, reason: String) throws {
        let error = #expect(throws: ServiceError.self) {
            try KeyList("# a\n\n\(entry("a").line)\n\(line)\n", path: "/etc/keys")
        }
        #expect(error?.message.hasPrefix("Line 4 of the key file /etc/keys is wrong: \(reason)") == true, "\(error!)")
        #expect(error?.message.contains("SECRET") == false && error?.message.contains("keys add") == true)
    }

    @Test(arguments: [
        ("salt", "salt must be 32 hexadecimal digits"), ("hash", "hash must be 64 hexadecimal digits"),
        ("created", "created must be a time such as"), ("id", "id must be 16"),
    ])
    func aDamagedFieldIsNamed(_ field: String, reason: String) throws {
        let line = try entry("a").line.replacing(try Regex("\"\(field)\":\".")) {
            "\($0.output[0].substring!.dropLast())?"
        }
        let error = #expect(throws: ServiceError.self) { try KeyList(line, path: "keys") }
        #expect(error?.message.contains("Line 1 of the key file keys is wrong: \(reason)") == true)
    }

    @Test func twoKeysOfOneNameOrIdAreRefused() throws {
        let key = AccessKey.random()
        for (second, field) in [(try entry("a"), "name"), (try entry("b", key), "id")] {
            let text = "\(try entry("a", key).line)\n\(second.line)\n"
            let error = #expect(throws: ServiceError.self) { try KeyList(text, path: "keys") }
            #expect(
                error?.message.contains("Line 2 of the key file keys is wrong: \(field) is the same as in line 1")
                    == true)
        }
    }
}
