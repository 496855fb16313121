/// Bytes that are sent while they are read, of unknown length.
///
/// One piece at a time is asked for, after the previous one was used: the sender waits for the reader.
actor LivePieces<Pieces: AsyncSequence & Sendable>: BytePieces where Pieces.Element == [UInt8] {
    private var iterator: Pieces.AsyncIterator

    init(_ pieces: Pieces) {
        iterator = pieces.makeAsyncIterator()
    }

    func next() async throws -> [UInt8]? {
        // A copy, since an actor's property can't be changed across a suspension.
        var iterator = iterator
        let piece = try await iterator.next(isolation: self)
        self.iterator = iterator
        // Many sequences end for a cancelled reader, which is not the end of the audio.
        if piece == nil { try Task.checkCancellation() }
        return piece
    }
}
