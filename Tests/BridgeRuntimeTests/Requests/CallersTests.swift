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

    @Test(arguments: [[], ["one"], [""]])
    func everybodyMayDoEverythingWhereThereAreNoKeys(shown: [String]) {
        #expect(Callers(keys: []).caller(showing: shown) == Caller(name: "anyone", role: .admin))
    }

    @Test func aRoleIncludesThoseBeforeIt() {
        #expect(Role.open < .use && .use < .admin)
    }
}
