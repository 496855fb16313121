import BridgeSupport
import Testing
import Tokenizers

@testable import Embeddings

@Suite(.timeLimit(.minutes(1))) struct TokenizerFileTests {
    @Test func aMissingFileNamesTheModelAndWhatToDo() {
        let error = #expect(throws: ServiceError.self) {
            try Tokenizer(contentsOf: "/nonexistent/tokenizer.json", modelID: "m1")
        }
        #expect(
            error?.code == .modelNotInstalled && error?.message.contains("m1") == true
                && error?.message.contains("pull") == true)
    }
}
