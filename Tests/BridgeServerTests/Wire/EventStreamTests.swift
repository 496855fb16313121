import BridgeRuntime
import BridgeSupport
import BridgeTesting
import HTTPTypes
import Hummingbird
import NIOCore
import NIOPosix
import Testing

@testable import BridgeServer

@Suite(.timeLimit(.minutes(1))) struct EventStreamTests {
    private struct Value: Encodable { var n: Int }

    private static let frame = TextFrame(start: #"{"delta":"#, end: "}")

    private func response(
        _ stream: EventStream, _ produce: @escaping @Sendable (EventStream.Sender) async throws -> Void
    ) async throws -> Response {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.any()
        return try await stream.response(record: RequestRecord(), on: EventLoopExecutor(eventLoop), produce)
    }

    /// What a connection gets that takes each write at once.
    private func writes(of response: Response) async throws -> [String] {
        let writes = Watched<[String]>([])
        try await response.body.write(RecordingWriter(writes: writes))
        return writes.value
    }

    private func text(
        _ stream: EventStream, _ produce: @escaping @Sendable (EventStream.Sender) async throws -> Void
    ) async throws -> String {
        try await writes(of: response(stream, produce)).joined()
    }

    @Test func eachFormHasItsBytes() async throws {
        let send: @Sendable (EventStream.Sender) async throws -> Void = { sender in
            try await sender.send("é\n", in: Self.frame)
            try await sender.send(Value(n: 1))
        }
        #expect(
            try await text(EventStream(format: .serverSentEvents), send)
                == "data: {\"delta\":\"é\\n\"}\n\ndata: {\"n\":1}\n\n")
        #expect(
            try await text(EventStream(format: .newlineDelimited), send) == "{\"delta\":\"é\\n\"}\n{\"n\":1}\n")
    }

    @Test func eventsMayHaveNamesAndATerminator() async throws {
        let send: @Sendable (EventStream.Sender) async throws -> Void = { sender in
            try await sender.send(Value(n: 1))
            try await sender.send("a", in: Self.frame, name: "segment")
            try await sender.send(Value(n: 2), name: "done")
        }
        #expect(
            try await text(EventStream(format: .serverSentEvents, terminator: "[DONE]"), send)
                == "data: {\"n\":1}\n\nevent: segment\ndata: {\"delta\":\"a\"}\n\nevent: done\ndata: {\"n\":2}\n\ndata: [DONE]\n\n"
        )
        #expect(
            try await text(EventStream(format: .newlineDelimited, terminator: "[DONE]"), send)
                == "{\"n\":1}\n{\"delta\":\"a\"}\n{\"n\":2}\n")
    }

    @Test func aFailureInTheMiddleIsTheLastMessageAndNoTerminatorFollows() async throws {
        let record = RequestRecord()
        let stream = EventStream(format: .serverSentEvents, terminator: "[DONE]")
        let eventLoop = MultiThreadedEventLoopGroup.singleton.any()
        let response = try await stream.response(record: record, on: EventLoopExecutor(eventLoop)) { sender in
            try await sender.send(Value(n: 1))
            throw ServiceError(.timeout, "Too long.")
        }
        let expected =
            #"{"error":{"code":"timeout","message":"Too long.","param":null,"type":"server_error"}}"#
        #expect(try await writes(of: response).joined() == "data: {\"n\":1}\n\ndata: \(expected)\n\n")
        #expect(record.snapshot.failure?.code == .timeout)
    }

    @Test func whatFailsBeforeTheFirstMessageIsNoResponse() async throws {
        await #expect(throws: ServiceError.self) {
            _ = try await response(EventStream(format: .serverSentEvents)) { _ in
                throw ServiceError(.overloaded, "Full.")
            }
        }
    }

    @Test func whatIsAtHandIsWrittenAtOnce() async throws {
        let writes = try await writes(
            of: response(EventStream(format: .newlineDelimited)) { sender in
                for n in 1...20 { try await sender.send("\(n)", in: Self.frame, more: n % 10 != 0) }
            })
        #expect(writes.joined().split(separator: "\n").count == 20)
        #expect(writes.count == 2, "\(writes)")
    }

    @Test func whoeverMakesMessagesWaitsForTheReader() async throws {
        let sent = Watched(0)
        let piece = String(repeating: "a", count: 1000)
        let response = try await response(EventStream(format: .newlineDelimited)) { sender in
            for _ in 0..<1000 {
                try await sender.send(piece, in: Self.frame)
                sent.update { $0 += 1 }
            }
        }
        // Some time in which it must not happen.
        try await Task.sleep(for: .milliseconds(50))
        #expect(sent.value == 0)
        #expect(try await writes(of: response).joined().split(separator: "\n").count == 1000)
    }

    @Test func aResponseThatNobodyWritesEndsItsWork() async throws {
        let ended = Gate()
        var kept: Response? = try await response(EventStream(format: .newlineDelimited)) { sender in
            defer { ended.open() }
            while true { try await sender.send(Value(n: 1)) }
        }
        #expect(kept != nil)
        kept = nil
        try await ended.pass()
    }

    @Test func muchThatIsAtHandIsNotHeldForTheRest() async throws {
        let piece = String(repeating: "a", count: 1000)
        let writes = try await writes(
            of: response(EventStream(format: .newlineDelimited)) { sender in
                for n in 1...100 { try await sender.send(piece, in: Self.frame, more: n < 100) }
            })
        #expect(writes.joined().split(separator: "\n").count == 100)
        #expect(writes.count > 5 && writes.allSatisfy { $0.utf8.count < 20_000 })
    }

    @Test func aConnectionThatTakesNoMoreEndsTheWorkAndSaysWhy() async throws {
        let ended = Watched<(any Error)?>(nil)
        let response = try await response(EventStream(format: .newlineDelimited)) { sender in
            do {
                while true { try await sender.send(Value(n: 1)) }
            } catch {
                ended.update { $0 = error }
                throw error
            }
        }
        await #expect(throws: Broken.self) { try await response.body.write(BrokenWriter()) }
        #expect(ended.value is CancellationError)
    }

    /// Such as a time limit while the client takes nothing.
    @Test func whatEndsTheWorkWhileAMessageIsWrittenIsTheLastMessage() async throws {
        let isWriting = Gate()
        let response = try await response(EventStream(format: .newlineDelimited)) { sender in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await sender.send(Value(n: 1)) }
                try await isWriting.pass()
                group.cancelAll()
            }
            throw ServiceError(.timeout, "Too long.")
        }
        let writes = Watched<[String]>([])
        try await response.body.write(StuckWriter(isWriting: isWriting, writes: writes))
        #expect(writes.value.count == 1 && writes.value[0].contains("Too long."), "\(writes.value)")
    }

    @Test func workEndsWithTheTaskThatWritesItsMessages() async throws {
        let (began, ended) = (Gate(), Gate())
        let response = try await response(EventStream(format: .newlineDelimited)) { sender in
            defer { ended.open() }
            try await sender.send(Value(n: 1))
            began.open()
            try await Gate().pass()
        }
        let writing = Task { try await response.body.write(RecordingWriter(writes: Watched([]))) }
        try await began.pass()
        writing.cancel()
        try await ended.pass()
        await #expect(throws: CancellationError.self) { try await writing.value }
    }
}

private struct Broken: Error {}

/// A connection that is gone.
private struct BrokenWriter: ResponseBodyWriter {
    func write(_ buffer: ByteBuffer) async throws { throw Broken() }

    consuming func finish(_: HTTPFields?) async throws {}
}

/// A connection that takes the first message only when it must, and then the others.
private struct StuckWriter: ResponseBodyWriter {
    let isWriting: Gate
    let writes: Watched<[String]>
    private let asked = Watched(0)

    init(isWriting: Gate, writes: Watched<[String]>) { (self.isWriting, self.writes) = (isWriting, writes) }

    func write(_ buffer: ByteBuffer) async throws {
        let times = asked.update { count in
            count += 1
            return count
        }
        if times == 1 {
            isWriting.open()
            try await Gate().pass()
        }
        let text = String(buffer: buffer)
        writes.update { $0.append(text) }
    }

    consuming func finish(_: HTTPFields?) async throws {}
}

/// Notes each write.
private struct RecordingWriter: ResponseBodyWriter {
    let writes: Watched<[String]>

    func write(_ buffer: ByteBuffer) async throws {
        let text = String(buffer: buffer)
        writes.update { $0.append(text) }
    }

    consuming func finish(_: HTTPFields?) async throws {}
}

extension EventStream.Sender {
    fileprivate func send(
        _ text: String, in frame: TextFrame, name: String? = nil, more: Bool = false
    ) async throws {
        if !offer(text, in: frame, name: name, more: more) { try await flush() }
    }
}
