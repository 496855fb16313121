import BridgeTesting
import Dispatch
import Testing
import Tokenizers
import WorkScheduling

@testable import Embeddings

/// Tokenises as a test says, and computes nothing.
private struct Tokenizing: EmbeddingBackend {
    let modelID = "tokenizing"
    let dimension = 1
    let fingerprint = "t"
    let calls = Watched<[String]>([])
    var before: @Sendable () -> Void = {}

    func tokenize(_ text: String) -> TokenizedText {
        calls.update { $0.append(text) }
        before()
        return TokenizedText(ids: [Int32(text.utf8.count)], truncated: false)
    }

    func vectors(of texts: [[Int32]], ticket: WorkTicket) async throws -> [[Float]] { [] }
}

@Suite(.timeLimit(.minutes(1))) struct TokenizingTests {
    @Test(arguments: [1, 1 << 20]) func aTaskThatIsCancelledTokenizesNothing(bytes: Int) async {
        let backend = Tokenizing()
        await #expect(throws: CancellationError.self) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.cancelAll()
                group.addTask { _ = try await backend.tokenized([String(repeating: "a", count: bytes)]) }
                try await group.waitForAll()
            }
        }
        #expect(backend.calls.value.isEmpty)
    }

    @Test func aTaskThatIsCancelledTokenizesNoFurtherLongText() async {
        let isCancelled = DispatchSemaphore(value: 0)
        let backend = Tokenizing { isCancelled.wait() }
        let text = String(repeating: "a", count: bytesInPlace)
        await #expect(throws: CancellationError.self) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try await backend.tokenized([text, text]) }
                try await backend.calls.wait { $0.count == 1 }
                group.cancelAll()
                // Once for each text, so that one too many does not hang.
                for _ in 0..<2 { isCancelled.signal() }
                try await group.waitForAll()
            }
        }
        #expect(backend.calls.value.count == 1)
    }

    @Test func textsStayInOrderWhereverTheyAreTokenized() async throws {
        let lengths = (0..<2000).map { $0 % 97 } + [1 << 20, 0, 3]
        let texts = lengths.map { String(repeating: "a", count: $0) }
        #expect(try await Tokenizing().tokenized(texts).map { $0.ids[0] } == lengths.map(Int32.init))
        #expect(try await Tokenizing().tokenized(["a", "", "bb"]).map { $0.ids[0] } == [1, 0, 2])
        #expect(try await Tokenizing().tokenized([]).isEmpty)
    }

    @Test func longTextsLeaveSwiftsThreads() async throws {
        let areInTasks = Watched<[Bool]>([])
        let backend = Tokenizing {
            let isInTask = withUnsafeCurrentTask { $0 != nil }
            areInTasks.update { $0.append(isInTask) }
        }
        _ = try await backend.tokenized([String(repeating: "a", count: bytesInPlace), "b"])
        _ = try await backend.tokenized(["b"])
        #expect(areInTasks.value == [false, false, true])
    }
}
