import BridgeSupport
import Testing
import Tokenizers

@testable import Embeddings

@Suite(.timeLimit(.minutes(1))) struct TokenizerFileTests {
    @Test func aMissingFileNamesTheModelAndConcernsItsFiles() {
        let error = #expect(throws: ServiceError.self) {
            try Tokenizer(contentsOf: "/nonexistent/tokenizer.json", modelID: "m1")
        }
        // What to do depends on where the model came from: the loader of models says it behind this.
        #expect(error?.code == .modelNotInstalled && error?.concernsModelFiles == true)
        #expect(error?.message.contains("m1") == true && error?.message.contains("tokenizer.json") == true)
    }
}
