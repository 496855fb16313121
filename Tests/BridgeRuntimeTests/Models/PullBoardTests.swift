import BridgeSupport
import BridgeTesting
import Logging
import ModelStore
import Testing

@testable import BridgeRuntime

@Suite(.timeLimit(.minutes(1))) struct PullBoardTests {
    private static func progress(_ completed: Int64) -> PullProgress {
        PullProgress(file: "weights", completed: completed, total: 10)
    }

    @Test func watchersShareAFetchWhichGoesOnWithoutThem() throws {
        var board = PullBoard<String>()
        let firstPlace = board.join("a", "one")
        let first = try #require(firstPlace)
        #expect(first.isFirst && first.progress == nil)
        #expect(board.note(Self.progress(3), of: "a") == ["one"])
        let secondPlace = board.join("a", "two")
        let second = try #require(secondPlace)
        #expect(!second.isFirst && second.progress == Self.progress(3))
        board.leave("a", ticket: first.ticket)
        #expect(board.note(Self.progress(4), of: "a") == ["two"])
        board.leave("a", ticket: second.ticket)
        #expect(board.note(Self.progress(5), of: "a").isEmpty && board.ids == ["a"])
        let thirdPlace = board.join("a", "three")
        let third = try #require(thirdPlace)
        #expect(!third.isFirst && third.progress == Self.progress(5))
        #expect(board.end("a") == ["three"] && board.ids.isEmpty)
        #expect(board.join("a", "four")?.isFirst == true)
    }

    @Test func noMoreAreOrderedThanThereIsRoomForButWatchersMayJoin() {
        var board = PullBoard<String>()
        for (id, others) in [("a", 0), ("b", 1)] { #expect(board.join(id, "one", capacity: 2)?.others == others) }
        #expect(board.join("c", "one", capacity: 2) == nil && board.ids == ["a", "b"])
        #expect(board.join("a", "two", capacity: 2)?.isFirst == false)
        _ = board.end("b")
        #expect(board.join("c", "one", capacity: 2)?.isFirst == true)
    }

    /// A download that a test holds up, beside the one that runs it.
    private func pulling(
        _ fetch: @escaping ModelPulls.Fetch, _ body: @Sendable (ModelPulls) async throws -> Void
    ) async throws {
        let pulls = ModelPulls(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, fetch: fetch)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await pulls.run() }
            defer { group.cancelAll() }
            try await body(pulls)
        }
    }

    @Test func aClientThatComesLaterSeesHowFarItIs() async throws {
        let (gate, count) = (Gate(), Watched(0))
        try await pulling { _, progress in
            count.update { $0 += 1 }
            progress(Self.progress(7))
            try await gate.pass()
        } _: { pulls in
            var first = pulls.watch("a").makeAsyncIterator()
            let begun = try await first.next()
            #expect(begun == Self.progress(7))
            var second = pulls.watch("a").makeAsyncIterator()
            let joined = try await second.next()
            #expect(joined == Self.progress(7) && pulls.ids == ["a"])
            gate.open()
            let ends = [try await first.next(), try await second.next()]
            #expect(ends == [nil, nil])
            #expect(pulls.ids.isEmpty && count.value == 1)
        }
    }

    @Test func itGoesOnWhenItsClientLeaves() async throws {
        let (gate, done) = (Gate(), Watched(false))
        try await pulling { _, progress in
            progress(Self.progress(1))
            try await gate.pass()
            done.update { $0 = true }
        } _: { pulls in
            for try await _ in pulls.watch("a") { break }
            gate.open()
            try await done.wait { $0 }
        }
    }

    @Test func twoAreFetchedAtATimeAndOthersAreToldThatTheyWait() async throws {
        let (gate, running, most) = (Gate(), Watched(0), Watched(0))
        try await pulling { _, _ in
            running.update { $0 += 1 }
            most.update { $0 = max($0, running.value) }
            try await gate.pass()
            running.update { $0 -= 1 }
        } _: { pulls in
            let watches = (0..<6).map { pulls.watch("\($0)") }
            try await running.wait { $0 == 2 }
            var last = watches[5].makeAsyncIterator()
            #expect(try await last.next()?.pause?.contains("ordered before") == true)
            #expect(pulls.ids.count == 6)
            let seventh = pulls.watch("seventh")
            for number in 7..<ModelPulls.mostOrders { _ = pulls.watch("\(number)") }
            await #expect { for try await _ in pulls.watch("too many") {} } throws: { error in
                (error as? ServiceError)?.code == .overloaded
            }
            gate.open()
            for watch in watches.dropLast() { for try await _ in watch {} }
            for try await _ in seventh {}
            try await waitUntil { pulls.ids.isEmpty }
            #expect(most.value == 2)
        }
    }

    @Test func allClientsHearWhyItFailed() async throws {
        let full = ServiceError(.storageFull, "The disk is full.")
        let gate = Gate()
        try await pulling { _, _ in
            try await gate.pass()
            throw full
        } _: { pulls in
            let watches = [pulls.watch("a"), pulls.watch("a")]
            gate.open()
            for watch in watches {
                await #expect { for try await _ in watch {} } throws: { ($0 as? ServiceError)?.code == .storageFull }
            }
            #expect(pulls.ids.isEmpty)
        }
    }

    @Test func theEndOfTheServerIsTold() async throws {
        let pulls = ModelPulls(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }) { _, _ in
            try await Gate().pass()
        }
        let watch = pulls.watch("a")
        let run = Task { await pulls.run() }
        run.cancel()
        await #expect { for try await _ in watch {} } throws: { ($0 as? ServiceError)?.code == .shuttingDown }
    }
}
