import Testing

@testable import BridgeServer

/// Who has a place, and who makes room.
@Suite(.timeLimit(.minutes(1))) struct ConnectionPlacesTests {
    /// Connections 1 to `count`, opened in this order, each at its number.
    private func places(_ limit: Int, reserve: Int = 64, open count: Int) -> ConnectionPlaces<Int> {
        var places = ConnectionPlaces<Int>(limit: limit, reserve: reserve)
        for id in 0..<count { _ = places.open(id + 1, at: UInt64(id + 1)) }
        return places
    }

    @Test func theOneOutOfUseLongestGivesUpItsPlace() {
        var places = places(3, open: 3)
        _ = places.begin(1)
        _ = places.end(1, at: 10, isSending: false)
        #expect(places.open(4, at: 11) == [2])
        #expect((1...4).map { places.isExtra($0) } == [false, true, false, false])
        #expect(places.open(5, at: 12) == [3])
        #expect(places.open(6, at: 13) == [1])
    }

    /// Its place is gone for good, also when a request comes before it hears of that.
    @Test func whoGaveUpAPlaceCountsNoMore() {
        var places = places(2, open: 2)
        _ = places.begin(2)
        #expect(places.open(3, at: 3) == [1])
        _ = places.begin(3)
        #expect(places.begin(1) == nil && places.isExtra(1))
        #expect(places.open(4, at: 4).isEmpty && places.isExtra(4))
        places.close(1)
        #expect(places.open(5, at: 5).isEmpty && places.isExtra(5))
        places.close(2)
        #expect(places.open(6, at: 6).isEmpty && !places.isExtra(6))
    }

    @Test func connectionsInUseKeepTheirPlaces() {
        var places = places(2, open: 2)
        for id in 1...2 { _ = places.begin(id) }
        #expect(places.open(3, at: 3).isEmpty && places.isExtra(3))
        // When its request comes, another may be out of use, or gone.
        _ = places.end(2, at: 4, isSending: false)
        #expect(places.begin(3) == 2 && !places.isExtra(3) && places.isExtra(2))
        #expect(places.open(4, at: 5).isEmpty && places.isExtra(4))
        places.close(1)
        #expect(places.begin(4) == nil && !places.isExtra(4))
    }

    @Test func whoStillSendsMakesRoomLast() {
        var places = places(2, reserve: 2, open: 2)
        for id in 1...2 { _ = places.begin(id) }
        _ = places.end(1, at: 3, isSending: true)
        _ = places.end(2, at: 4, isSending: false)
        #expect(places.open(3, at: 5) == [2])
        _ = places.begin(3)
        #expect(places.open(4, at: 6) == [1])
        _ = places.begin(4)
        // It was given a little time, until room for others is needed.
        #expect(places.open(5, at: 7) == [1])
        #expect(places.open(6, at: 8) == [5])
    }

    /// There is always room to accept one more, which is what health checks come in by.
    @Test func extraConnectionsAreFewerThanTheReserve() {
        var places = places(0, reserve: 3, open: 2)
        #expect(places.open(3, at: 3) == [1])
        // Not told twice.
        #expect(places.open(4, at: 4) == [2])
        _ = places.begin(3)
        #expect(places.open(5, at: 5) == [4])
        // Whoever has been served goes first.
        #expect(places.end(3, at: 6, isSending: false) == nil)
        #expect(places.open(6, at: 7) == [3])
        #expect(places.open(7, at: 8) == [5])
        // A request that comes in time is answered.
        for id in [6, 7] { #expect(places.begin(id) == nil) }
        // Where all are in use, the first that is not any more makes the room: no other comes that could ask for it.
        #expect(places.open(8, at: 9).isEmpty)
        #expect(places.end(6, at: 10, isSending: false) == 6)
        #expect(places.end(7, at: 11, isSending: false) == nil)
    }
}
