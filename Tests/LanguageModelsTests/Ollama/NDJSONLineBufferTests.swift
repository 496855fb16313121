import NIOCore
import Testing

@testable import LanguageModels

@Suite(.timeLimit(.minutes(5)))
struct NDJSONLineBufferTests {
    private func lines(_ text: String, cutEvery size: Int, limit: Int = 1000) throws -> [String] {
        var buffer = NDJSONLineBuffer(maxLineBytes: limit)
        var found: [String] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            buffer.append(ByteBuffer(bytes: bytes[start..<min(start + size, bytes.count)]))
            while let line = try buffer.next() { found.append(String(buffer: line)) }
        }
        if let rest = buffer.finish() { found.append(String(buffer: rest)) }
        return found
    }

    @Test(arguments: 1...20)
    func linesComeOutWholeWhereverChunksEnd(size: Int) throws {
        let text = "{\"a\":\"é🙂\"}\r\n\n  \n{\"b\":2}\n{\"c\":3}"
        #expect(try lines(text, cutEvery: size) == ["{\"a\":\"é🙂\"}", "{\"b\":2}", "{\"c\":3}"])
    }

    @Test
    func nothingMakesNoLines() throws {
        #expect(try lines("", cutEvery: 1) == [])
        #expect(try lines("\n\r\n \t\n", cutEvery: 2) == [])
    }

    @Test(arguments: ["12345\n", "12345", "1\n12345678901"])
    func aLineOverTheLimitIsAnErrorEndedOrNot(text: String) throws {
        #expect(throws: NDJSONLineBuffer.LineTooLong.self) { try lines(text, cutEvery: 3, limit: 4) }
        #expect(throws: NDJSONLineBuffer.LineTooLong.self) { try lines(text, cutEvery: 100, limit: 4) }
    }

    @Test
    func aLineOfExactlyTheLimitPasses() throws {
        #expect(try lines("1234\n5678\n", cutEvery: 100, limit: 4) == ["1234", "5678"])
    }
}
