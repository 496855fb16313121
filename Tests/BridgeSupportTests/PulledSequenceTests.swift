import BridgeSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct PulledSequenceTests {
    private struct Broken: Error {}

    @Test func eachElementIsMadeWhenItIsAskedFor() async throws {
        var made = 0
        let numbers = PulledSequence<Int> {
            guard made < 3 else { return nil }
            made += 1
            return made
        }
        #expect(made == 0)
        #expect(try await numbers.next() == 1)
        #expect(made == 1)
        var rest: [Int] = []
        for try await number in numbers { rest.append(number) }
        #expect(rest == [2, 3])
    }

    @Test(arguments: [true, false]) func theFirstEndIsTheEnd(fails: Bool) async throws {
        var asked = 0
        let numbers = PulledSequence<Int> {
            asked += 1
            if fails { throw Broken() }
            return nil
        }
        if fails {
            await #expect(throws: Broken.self) { try await numbers.next() }
        } else {
            #expect(try await numbers.next() == nil)
        }
        #expect(try await numbers.next() == nil)
        #expect(asked == 1)
    }

    @Test func whatItHoldsGoesWithItsEnd() async throws {
        final class Held {}
        var held: Held? = Held()
        weak let seen = held
        let numbers = PulledSequence<Int> { [held] in held == nil ? 1 : nil }
        held = nil
        #expect(seen != nil)
        #expect(try await numbers.next() == nil)
        #expect(seen == nil)
    }

    @Test func thoseWhoLookChangeElementsInTheirOrder() async throws {
        var rest = [1, 2]
        let numbers = PulledSequence<Int> { rest.popLast() }.onEach { $0 += 1 }.onEach { $0 *= 10 }
        #expect(try await numbers.next() == 30)
        #expect(try await numbers.next() == 20)
        #expect(try await numbers.next() == nil)
    }
}
