import Testing

@testable import BridgeServer

/// Who has a place, and who makes room.
@Suite(.timeLimit(.minutes(1))) struct ConnectionPlacesTests {
    private typealias Places = ConnectionPlaces<Int>
    private static let grace = Places.grace

    /// Connections 1 to `count`, opened in this order, each at its number.
    private func places(_ limit: Int, reserve: Int = 64, lingering: Int = 64, open count: Int) -> Places {
        var places = Places(limit: limit, reserve: reserve, lingering: lingering)
        for id in 0..<count { _ = places.open(id + 1, at: UInt64(id + 1)) }
        return places
    }

    /// Asks on it, and takes the answer, all at `time`.
    private func serve(_ places: inout Places, _ id: Int, at time: UInt64, isLast: Bool = false) -> [Places.Step] {
        places.begin(id, at: time) + places.end(id, at: time, isLast: isLast)
    }

    @Test func placesAreHeldWhileInUse() {
        var places = places(2, open: 4)
        for id in 1...3 { #expect(places.begin(id, at: 5).isEmpty) }
        #expect((1...4).map { places.isExtra($0) } == [false, false, true, false])
        // More of the same connection takes no second one.
        #expect(places.begin(1, at: 6).isEmpty)
        #expect(places.end(1, at: 7, isLast: false).isEmpty)
        #expect(places.begin(3, at: 8).isEmpty && !places.isExtra(3))
        #expect(places.begin(4, at: 9).isEmpty && places.isExtra(4))
        places.close(2)
        #expect(places.begin(1, at: 10).isEmpty && !places.isExtra(1))
    }

    /// Many come at once, and ask a little later.
    @Test func whoHasJustComeIsNotOutOfUse() {
        var places = places(2, reserve: 2, open: 4)
        #expect(serve(&places, 3, at: 10).isEmpty)
        #expect(places.open(5, at: 11) == [.end(3)])
        for id in 6...9 { #expect(places.open(id, at: UInt64(id + 6)).isEmpty) }
        for id in [1, 2, 4] { #expect(places.begin(id, at: 20).isEmpty) }
        #expect([1, 2, 4].map { places.isExtra($0) } == [false, false, true])
    }

    @Test func theOneOutOfUseLongestLeaves() {
        var places = places(2, reserve: 2, open: 4)
        _ = places.begin(1, at: 5)
        #expect(serve(&places, 2, at: 10).isEmpty)
        #expect(places.open(5, at: Self.grace + 2) == [.end(2)])
        // Never served, and old by now.
        #expect(serve(&places, 5, at: Self.grace + 3).isEmpty)
        #expect(places.open(6, at: Self.grace + 4) == [.end(3)])
        #expect(places.open(7, at: Self.grace + 5) == [.end(4)])
        #expect(places.open(8, at: Self.grace + 6) == [.end(5)])
        // Where none is, the next that comes out of use leaves.
        #expect(places.open(9, at: Self.grace + 7).isEmpty)
        #expect(places.end(1, at: Self.grace + 8, isLast: false) == [.end(1)])
    }

    @Test func theOneLeavingLongestIsCutWhereFilesRunShort() {
        var places = places(1, reserve: 1, lingering: 2, open: 2)
        #expect(serve(&places, 2, at: 3, isLast: true).isEmpty)
        #expect(places.open(3, at: 4).isEmpty)
        #expect(serve(&places, 3, at: 5).isEmpty)
        #expect(places.open(4, at: 6) == [.end(3), .cut(2)])
        // Not told twice, nor counted.
        #expect(places.end(2, at: 7, isLast: true).isEmpty)
        #expect(places.open(5, at: 8) == [.cut(3)])
        // None leaves any more.
        #expect(places.open(6, at: 9) == [.cut(1)])
        places.close(4)
        #expect(places.open(7, at: 10).isEmpty)
        #expect(places.open(8, at: 11) == [.cut(5)])
    }

    /// There is always room to accept one more, which is what health checks come in by.
    @Test func aNewcomerIsNotCutForItself() {
        var places = places(1, reserve: 1, lingering: 1, open: 2)
        for id in 1...2 { _ = places.begin(id, at: 3) }
        #expect(places.open(3, at: 4).isEmpty)
        #expect(places.begin(3, at: 5).isEmpty && places.isExtra(3))
        // No other comes that could ask for the room.
        #expect(places.end(2, at: 6, isLast: true) == [.cut(2)])
        places.close(2)
        #expect(places.open(4, at: 7).isEmpty)
        #expect(places.end(1, at: 8, isLast: false) == [.end(1), .cut(1)])
    }

    /// It is served if it can be, and another makes the room.
    @Test func aRequestOnItsWayCountsAlsoWhereTheConnectionWasTold() {
        var places = places(1, reserve: 1, lingering: 1, open: 2)
        #expect(places.open(3, at: 3) == [.cut(1)])
        #expect(places.begin(1, at: 4) == [.cut(2)] && !places.isExtra(1))
        #expect(places.end(1, at: 5, isLast: false).isEmpty)
        places.close(2)
        #expect(places.open(4, at: 6) == [.end(1), .cut(1)])
    }
}
