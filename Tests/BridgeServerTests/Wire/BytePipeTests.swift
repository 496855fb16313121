import BridgeTesting
import NIOCore
import Testing

@testable import BridgeServer

@Suite(.timeLimit(.minutes(1))) struct PipeStateTests {
    private struct Broken: Error {}

    /// What the reader gets, and whether the maker waited for room.
    private func take(_ pipe: inout PipeState) -> (text: String, wakesMaker: Bool) {
        let (taken, wakesMaker) = pipe.take()
        return switch taken {
        case .bytes(let bytes): (String(buffer: bytes), wakesMaker)
        case .failure: ("failure", wakesMaker)
        case .end: ("end", wakesMaker)
        case .nothing: ("nothing", wakesMaker)
        }
    }

    /// Whether the reader waited for `text`.
    private func append(_ text: String, to pipe: inout PipeState) -> Bool { pipe.append { $0.writeString(text) } }

    @Test func allThatIsThereIsTakenInOnePiece() {
        var pipe = PipeState(limit: 4)
        #expect(take(&pipe).text == "nothing")
        #expect(append("ab", to: &pipe) == false)
        #expect(!pipe.isFull)
        #expect(append("cd", to: &pipe) == false)
        #expect(pipe.isFull)
        #expect(take(&pipe).text == "abcd")
        #expect(!pipe.isFull && pipe.isEmpty)
    }

    @Test func theReaderIsWokenByBytesAndByTheEndOnly() {
        var pipe = PipeState(limit: 4)
        let begins = pipe.wait(.reader)
        #expect(begins)
        #expect(append("", to: &pipe) == false, "nothing came")
        #expect(append("a", to: &pipe) == true)
        #expect(append("b", to: &pipe) == false, "it does not wait")
        #expect(take(&pipe).text == "ab")
        let (waits, wakes) = (pipe.wait(.reader), pipe.finish(nil))
        #expect(waits && wakes)
        #expect(take(&pipe).text == "end")
        #expect(take(&pipe).text == "end")
    }

    @Test func theMakerIsWokenByRoom() {
        var pipe = PipeState(limit: 1)
        _ = append("a", to: &pipe)
        let (maker, reader) = (pipe.wait(.maker), pipe.wait(.reader))
        #expect(maker && !reader, "never both")
        #expect(take(&pipe) == ("a", true))
        #expect(pipe.waiting == nil)
    }

    @Test func aFailureComesOnceAndBehindTheBytes() {
        var pipe = PipeState(limit: 4)
        _ = append("a", to: &pipe)
        let (first, second) = (pipe.finish(Broken()), pipe.finish(nil))
        #expect(!first && !second)
        #expect(append("b", to: &pipe) == false)
        #expect(take(&pipe).text == "a")
        #expect(take(&pipe).text == "failure")
        #expect(take(&pipe).text == "end")
    }
}

@Suite(.timeLimit(.minutes(1))) struct BytePipeTests {
    @Test func everyByteArrivesInOrder() async throws {
        let pipe = BytePipe(limit: 64)
        let numbers = 0..<10_000
        let made = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for number in numbers { try await pipe.send { $0.writeString("\(number) ") } }
                pipe.finish()
            }
            // As an answer is read: the first piece, then the rest.
            let first = try await pipe.next()
            var text = String(buffer: try #require(first).get())
            try await pipe.forEach { text += String(buffer: try $0.get()) }
            try await group.waitForAll()
            return text
        }
        #expect(made.split(separator: " ").compactMap { Int($0) } == Array(numbers))
    }

    @Test func eitherSideMayLeave() async throws {
        let pipe = BytePipe(limit: 1)
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await pipe.next() }
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.waitForAll() }
        }
        await withThrowingTaskGroup(of: Void.self) { group in
            let (taken, continuation) = AsyncStream<Void>.makeStream()
            group.addTask { try await pipe.forEach { _ in continuation.yield() } }
            try? await pipe.send { $0.writeString("a") }
            for await _ in taken { break }
            // It waits for the next piece now, or is about to.
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.waitForAll() }
        }
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { while true { try await pipe.send { $0.writeString("a") } } }
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.waitForAll() }
        }
        #expect(try await pipe.next()?.get().readableBytes ?? 0 > 0)
    }
}

@Suite(.timeLimit(.minutes(1))) struct BytePipeFailureTests {
    private struct Broken: Error {}

    @Test func aFailureComesBehindTheBytesAndIsTheLast() async throws {
        let pipe = BytePipe(limit: 64)
        try await pipe.send { $0.writeString("a") }
        pipe.finish(throwing: Broken())
        var pieces: [String] = []
        try await pipe.forEach { pieces.append((try? $0.get()).map { String(buffer: $0) } ?? "failure") }
        #expect(pieces == ["a", "failure"])
    }

    @Test func aReaderThatThrowsStops() async throws {
        let pipe = BytePipe(limit: 64)
        try await pipe.send { $0.writeString("a") }
        await #expect(throws: Broken.self) { try await pipe.forEach { _ in throw Broken() } }
        try await pipe.send { $0.writeString("b") }
        #expect(try await pipe.next()?.get() == ByteBuffer(string: "b"))
    }
}

@Suite(.timeLimit(.minutes(1))) struct JSONTextTests {
    @Test func textsHaveTheBytesOfTheEncoder() throws {
        let scalars = (0..<0x300).compactMap(Unicode.Scalar.init).map(String.init)
        let others = ["", "\u{2028}\u{2029}", "e\u{301}", "👩‍👩‍👧", "a/b\\c\"d", "\u{FEFF}", "\r\n", "\u{10FFFF}"]
        for text in scalars + others {
            var buffer = ByteBuffer()
            buffer.writeJSON(text)
            #expect(Array(buffer: buffer) == Array(try Wire.encode(text)), "\(text.unicodeScalars.map(\.value))")
        }
    }
}
