import Tokenizers
import WorkScheduling

extension EmbeddingBackend {
    /// Each of `texts` as the network takes it, unless the task is cancelled.
    ///
    /// - Throws: `CancellationError`.
    func tokenized(_ texts: [String]) async throws -> [TokenizedText] {
        let isShort = texts.reduce(0) { $0 + $1.utf8.count } <= bytesInPlace
        var results: [TokenizedText] = []
        results.reserveCapacity(texts.count)
        var rest = texts[...]
        while !rest.isEmpty {
            try Task.checkCancellation()
            var bytes = 0
            let group = rest.prefix { text in
                defer { bytes += text.utf8.count }
                return bytes < bytesInPlace
            }
            results += isShort ? group.map(tokenize) : await aside { group.map(tokenize) }
            rest = rest[group.endIndex...]
        }
        return results
    }
}

/// Bytes of texts that are tokenised at once, without another thread. That takes 3 ms at most, depending on script and model; the way
/// to another thread and back takes 20 µs, which is little for larger texts. A single text of a megabyte takes up to a quarter of a second.
let bytesInPlace = 8 << 10
