import BridgeSupport
import Foundation
import Tokenizers

extension Tokenizer {
    /// Reads `tokenizer.json` in a model's directory.
    ///
    /// - Throws: `ServiceError` naming the file, the reason and what to do.
    init(contentsOf file: String, modelID: String) throws(ServiceError) {
        do {
            try self.init(json: [UInt8](try Data(contentsOf: URL(fileURLWithPath: file))))
        } catch {
            let reason = (error as? TokenizerFormatError)?.reason ?? "it cannot be read"
            throw ServiceError.unusableModel(modelID, file: "tokenizer.json", reason: reason, cause: error)
        }
    }
}
