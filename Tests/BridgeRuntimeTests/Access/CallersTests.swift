import Foundation
import Testing

@testable import BridgeRuntime

@Suite(.timeLimit(.minutes(1))) struct CallersTests {
    @Test(arguments: [
        (["one"], "key-1", Role.admin), (["two"], "key-2", .admin), (["wrong", "two"], "key-2", .admin),
        (["two", "one"], "key-2", .admin), (["owt"], "anyone", .open), (["tw"], "anyone", .open),
        (["twoo"], "anyone", .open), ([""], "anyone", .open), ([], "anyone", .open),
    ])
    func aCallerIsCalledByThePlaceOfItsKey(shown: [String], name: String, role: Role) {
        let caller = Callers(keys: ["one", "two", "two"]).caller(showing: shown)
        #expect(caller == Caller(name: name, role: role))
    }

    @Test func keysOfTheFileHaveNamesRolesAndBridges() throws {
        let (kitchen, operatorsKey) = (AccessKey.random(), AccessKey.random())
        let callers = Callers(
            keys: ["one"],
            entries: [
                try KeyEntry(kitchen, name: "kitchen", role: .use, bridges: [.stt, .tts], created: .now),
                try KeyEntry(operatorsKey, name: "operator", role: .admin, created: .now),
            ])
        #expect(
            callers.caller(showing: [kitchen.text]) == Caller(name: "kitchen", role: .use, bridges: [.stt, .tts]))
        #expect(callers.caller(showing: ["?", operatorsKey.text]) == Caller(name: "operator", role: .admin))
        #expect(callers.caller(showing: ["one"]).name == "key-1")
        // The secret of one with the id of another, a digit less, and another case.
        let mixed = "jb_\(kitchen.id)_\(operatorsKey.text.suffix(40))"
        for text in [mixed, String(kitchen.text.dropLast()), kitchen.text.uppercased(), kitchen.id, " " + kitchen.text]
        {
            #expect(callers.caller(showing: [text]) == .stranger, "\(text)")
        }
    }

    @Test func aFileWithoutKeysLetsNobodyIn() {
        #expect(Callers(keys: [], entries: []).caller(showing: ["a"]) == .stranger)
    }

    /// One hash of each of 10,000 keys would take seconds for a hundred requests.
    @Test func tenThousandKeysAreLookedUpAsFastAsOne() throws {
        let keys = (0..<10_000).map { _ in AccessKey.random() }
        let entries = try keys.enumerated().map { place, key in
            try KeyEntry(key, name: "name\(place)", role: .use, created: .now)
        }
        let text = entries.map { $0.line + "\n" }.joined()
        #expect(text.utf8.count < 4 << 20)
        let callers = Callers(
            keys: keys.map { "configured-\($0.text)" }, entries: try KeyList(text, path: "keys").entries)
        let duration = try ContinuousClock().measure {
            for place in stride(from: 0, to: 10_000, by: 100) {
                try #require(callers.caller(showing: [keys[place].text]).name == "name\(place)")
                try #require(callers.caller(showing: ["configured-\(keys[place].text)"]).name == "key-\(place + 1)")
                try #require(callers.caller(showing: [AccessKey.random().text]) == .stranger)
            }
        }
        #expect(duration < .milliseconds(500), "\(duration) for 300 look-ups")
    }

    @Test(arguments: [[], ["one"], [""]])
    func everybodyMayDoEverythingWhereThereAreNoKeys(shown: [String]) {
        #expect(Callers(keys: []).caller(showing: shown) == Caller(name: "anyone", role: .admin))
    }

    @Test func aRoleIncludesThoseBeforeIt() {
        #expect(Role.open < .use && .use < .admin)
    }
}
