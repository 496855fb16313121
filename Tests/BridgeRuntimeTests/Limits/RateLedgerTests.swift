import BridgeSupport
import Testing

@testable import BridgeRuntime

@Suite(.timeLimit(.minutes(1))) struct RateLedgerTests {
    private func demand(_ payer: String, _ rule: String = "2/minute", cost: Double = 1) throws -> RateDemand {
        RateDemand(key: .init(payer: payer, group: .bridge(.stt), rule: try #require(RateRule(rule))), cost: cost)
    }

    @Test(arguments: [
        ("60/minute", "60 requests/minute"), ("3600 seconds/hour", "3600 seconds/hour"),
        ("  10 requests / second  burst 20 ", "10 requests/second burst 20"), ("5 tokens/day", "5 tokens/day"),
    ])
    func rulesAreRead(_ text: String, _ spelled: String) throws {
        let rule = try #require(RateRule(text))
        #expect(rule.text == spelled && RateRule(spelled) == rule)
    }

    @Test(arguments: [
        "", "60", "0/minute", "-1/minute", "1.5/minute", "60/fortnight", "60 words/minute", "60/minute burst 0",
        "60/minute burst", "99999999999/second",
    ])
    func whatIsNoRuleIsRefused(_ text: String) { #expect(RateRule(text) == nil) }

    @Test func aRuleMustCountWhatTheGroupHas() {
        #expect(RateRules.rules("60/minute, 600 seconds/hour", for: .bridge(.stt))?.count == 2)
        #expect(RateRules.rules("60 tokens/minute", for: .bridge(.stt)) == nil)
        #expect(RateRules.rules("60/minute, nonsense", for: .bridge(.stt)) == nil)
        #expect(RateRules.rules("", for: .documents) == [])
    }

    @Test func allRulesMustHoldAndARefusalTakesNothing() throws {
        var ledger = RateLedger()
        let both = [try demand("a", "2/minute"), try demand("a", "3/hour")]
        #expect(ledger.take(both, at: .zero) == nil)
        #expect(ledger.take(both, at: .zero) == nil)
        let first = ledger.take(both, at: .zero)
        #expect(first?.rule.text == "2 requests/minute" && first?.retry == .seconds(30) && first?.remaining == 0)
        #expect(ledger.take(both, at: .seconds(60)) == nil)
        #expect(ledger.take(both, at: .seconds(60))?.rule.text == "3 requests/hour")
        #expect(ledger.take([try demand("b")], at: .zero) == nil)
    }

    @Test func aClockThatJumpsBackLeavesNobodyOutForLong() throws {
        var ledger = RateLedger()
        let demands = [try demand("a")]
        for _ in 0..<3 { _ = ledger.take(demands, at: .seconds(1_000_000)) }
        #expect(ledger.take(demands, at: .seconds(5)) != nil)
        #expect(ledger.take(demands, at: .seconds(5 + 24 * 60)) == nil)
    }

    @Test func theRoomIsBoundedAndWhoWaitsLongestStays() throws {
        var ledger = RateLedger(capacity: 1000)
        ledger.charge([try demand("worst", "2/hour", cost: 4)], at: .zero)
        let worst = [try demand("worst", "2/hour")]
        let rule = try #require(RateRule("2/minute"))
        let demand = { (payer: String) in
            RateDemand(key: .init(payer: payer, group: .bridge(.stt), rule: rule), cost: 1)
        }
        let clock = ContinuousClock()
        let time = clock.measure {
            for number in 0..<100_000 {
                _ = ledger.take([demand("\(number)")], at: .milliseconds(number))
                if number % 997 == 0 { #expect(ledger.count <= 1000) }
            }
        }
        #expect(time < .seconds(20))
        #expect(ledger.take(worst, at: .seconds(100)) != nil)
        // Nobody who is full takes room.
        _ = ledger.take([demand("new")], at: .seconds(100_000))
        for number in 0..<1000 { _ = ledger.take([demand("x\(number)")], at: .seconds(100_000)) }
        #expect(ledger.count <= 1000)
    }
}
