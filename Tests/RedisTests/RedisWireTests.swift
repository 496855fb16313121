import NIOCore
import Testing

@testable import Redis

/// What goes over the wire, and what may come over it.
@Suite(.timeLimit(.minutes(1))) struct RedisWireTests {
    private static let all =
        "+OK\r\n:-7\r\n$-1\r\n$0\r\n\r\n$4\r\na\0\r\n\r\n-ERR no\r\n*3\r\n:1\r\n*1\r\n+a\r\n$-1\r\n*0\r\n*-1\r\n"
    private static let values: [RedisValue] = [
        .status("OK"), .integer(-7), .null, .bytes([]), .bytes(Array("a\0\r\n".utf8)), .error("ERR no"),
        .array([.integer(1), .array([.status("a")]), .null]), .array([]), .null,
    ]

    private func values(_ text: String, by size: Int) throws -> [RedisValue] {
        let reader = try #require(RedisReader())
        let bytes = Array(text.utf8)
        var values: [RedisValue] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            try reader.feed(ByteBuffer(bytes: bytes[start..<min(start + size, bytes.count)]))
            while let value = try reader.next() { values.append(value) }
        }
        return values
    }

    @Test(arguments: [1, 2, 3, 7, 1000]) func answersAreReadInPiecesOfAnySize(_ size: Int) throws {
        #expect(try values(Self.all, by: size) == Self.values)
    }

    @Test(arguments: [
        "HTTP/1.1 400 Bad Request\r\n", "*99999999999\r\n", "$-2\r\n\r\n", ":abc\r\n", "\0\0\0\0\r\n",
        String(repeating: "*1\r\n", count: 20) + ":1\r\n",
        "*2147483647\r\n" + String(repeating: "*0\r\n", count: 40_000),
    ])
    func whatIsNoRedisIsRefused(_ text: String) throws {
        #expect(throws: RedisError.self) { try values(text, by: 4096) }
    }

    /// The memory is taken as bytes come, not for the length that is announced.
    @Test(arguments: ["$2000000000\r\n", "*2147483647\r\n"]) func aHugeLengthReservesNothing(_ text: String) throws {
        #expect(try values(text, by: 4096) == [])
    }

    @Test func anAnswerWithoutAnEndIsRefused() throws {
        let reader = try #require(RedisReader())
        try reader.feed(ByteBuffer(string: "$2000000000\r\n"))
        let piece = ByteBuffer(repeating: 0x61, count: 4 << 20)
        let error = #expect(throws: RedisError.self) {
            for _ in 0..<12 {
                try reader.feed(piece)
                _ = try reader.next()
            }
        }
        #expect(error == .protocolViolation("an answer has no end"))
    }

    @Test func anUnfinishedAnswerIsGivenBack() throws {
        // Under valgrind, this would show what a connection that ends in mid-answer leaves behind.
        #expect(try values("*3\r\n:1\r\n*2\r\n+a\r\n", by: 5) == [])
    }

    @Test func commandsHoldAnyBytes() {
        var buffer = ByteBuffer()
        RedisCommand("SET", [[0, 13, 10], []]).write(to: &buffer)
        RedisCommand("GET", texts: ["é"]).write(to: &buffer)
        #expect(
            Array(buffer: buffer)
                == Array("*3\r\n$3\r\nSET\r\n$3\r\n\0\r\n\r\n$0\r\n\r\n*2\r\n$3\r\nGET\r\n$2\r\né\r\n".utf8))
    }

    @Test func answersGoToWhoeverAsked() throws {
        var queue = AnswerQueue<String>()
        queue.add("a", count: 2)
        queue.add("b", count: 1)
        #expect(try queue.receive(.integer(1)) == nil)
        let first = try queue.receive(.integer(2))
        #expect(first?.batch == "a" && first?.answers == [.integer(1), .integer(2)])
        #expect(queue.drain() == ["b"] && queue.isEmpty)
        #expect(throws: RedisError.self) { try queue.receive(.null) }
    }
}
