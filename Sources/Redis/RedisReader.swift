import CHiredis
import NIOCore

/// Reads answers with hiredis, from bytes that come in pieces of any size. What answers may be no Redis: the bytes of one answer, and the
/// values in it, are bounded. Not for several threads.
@safe final class RedisReader {
    /// The vectors of the largest request, with 4096 dimensions, and some room.
    static let largestAnswer = 40 << 20
    static let mostValues = 32_768

    private let reader: UnsafeMutablePointer<redisReader>
    private let allowance = Allowance()
    /// Bytes that came since the last answer was complete.
    private var bytes = 0

    init?() {
        guard let reader = unsafe redisReaderCreateWithFunctions(nodeFunctions) else { return nil }
        unsafe self.reader = reader
        // It counts for the reader as long as this object lives.
        unsafe reader.pointee.privdata = Unmanaged.passUnretained(allowance).toOpaque()
    }

    deinit { unsafe redisReaderFree(reader) }

    func feed(_ buffer: ByteBuffer) throws(RedisError) {
        bytes += buffer.readableBytes
        guard bytes <= Self.largestAnswer else { throw .protocolViolation("an answer has no end") }
        let result = unsafe buffer.withUnsafeReadableBytes { bytes in
            unsafe redisReaderFeed(reader, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        guard result == REDIS_OK else { throw .protocolViolation("an answer takes too much memory") }
    }

    /// The next answer; nil if more bytes must come first.
    func next() throws(RedisError) -> RedisValue? {
        var answer: UnsafeMutableRawPointer?
        guard unsafe redisReaderGetReply(reader, &answer) == REDIS_OK else {
            throw .protocolViolation(
                allowance.values > 0 ? "an answer cannot be read" : "an answer has more than \(Self.mostValues) values")
        }
        guard let answer = unsafe answer else { return nil }
        allowance.values = Self.mostValues
        bytes = unsafe reader.pointee.len - reader.pointee.pos
        return unsafe Unmanaged<Node>.fromOpaque(answer).takeRetainedValue().value
    }
}

/// How many values the answer that is being read may still have.
private final class Allowance {
    var values = RedisReader.mostValues
}

/// A value while hiredis reads it. The reader owns the outermost one, and each the values in it. Arrays grow with what comes: nothing is
/// reserved for the length that they announce.
private final class Node {
    private let leaf: RedisValue?
    var elements: [Node] = []

    /// - Parameter leaf: nil for an array.
    init(_ leaf: RedisValue?) { self.leaf = leaf }

    var value: RedisValue { leaf ?? .array(elements.map(\.value)) }

    /// Puts a value where hiredis wants it.
    ///
    /// - Returns: nil, which ends the reading, if there are too many.
    static func place(_ leaf: RedisValue?, _ task: UnsafePointer<redisReadTask>?) -> UnsafeMutableRawPointer? {
        guard let task = unsafe task?.pointee, let data = unsafe task.privdata else { return nil }
        let allowance = unsafe Unmanaged<Allowance>.fromOpaque(data).takeUnretainedValue()
        guard allowance.values > 0 else { return nil }
        allowance.values -= 1
        let node = Node(leaf)
        guard let parent = unsafe task.parent?.pointee.obj else {
            return unsafe Unmanaged.passRetained(node).toOpaque()
        }
        unsafe Unmanaged<Node>.fromOpaque(parent).takeUnretainedValue().elements.append(node)
        return unsafe Unmanaged.passUnretained(node).toOpaque()
    }

    static func text(_ task: UnsafePointer<redisReadTask>?, _ bytes: UnsafeBufferPointer<CChar>) -> RedisValue {
        let bytes = UnsafeRawBufferPointer(bytes)
        return switch unsafe task?.pointee.type {
        case REDIS_REPLY_STATUS: .status(unsafe String(decoding: bytes, as: UTF8.self))
        case REDIS_REPLY_ERROR: .error(unsafe String(decoding: bytes, as: UTF8.self))
        default: .bytes(unsafe Array(bytes))
        }
    }
}

/// What hiredis calls for each value. Written once, before anything reads it, and kept for the life of the process.
nonisolated(unsafe) private let nodeFunctions: UnsafeMutablePointer<redisReplyObjectFunctions> = {
    let functions = UnsafeMutablePointer<redisReplyObjectFunctions>.allocate(capacity: 1)
    unsafe functions.initialize(
        to: redisReplyObjectFunctions(
            createString: { task, start, count in
                unsafe Node.place(Node.text(task, UnsafeBufferPointer(start: start, count: count)), task)
            },
            createArray: { task, _ in unsafe Node.place(nil, task) },
            createInteger: { task, number in unsafe Node.place(.integer(Int(number)), task) },
            createNil: { task in unsafe Node.place(.null, task) },
            freeObject: { node in
                if let node = unsafe node { unsafe Unmanaged<Node>.fromOpaque(node).release() }
            }))
    return unsafe functions
}()
