import EspeakProtocol

/// Frames of an answer, sent in batches: each frame sent alone would wake the server.
struct Answer {
    private var frames = FrameWriter()
    /// With the frame that goes beyond it, no more than the server reads at once.
    private static let enough = 56 << 10

    var isLarge: Bool { frames.bytes.count >= Self.enough }

    mutating func hello(_ library: Library) {
        frames.frame(.hello) {
            $0.uint16(Frame.version)
            $0.uint32(UInt32(library.sampleRate))
            $0.string(library.version)
            $0.string(library.dataDirectory)
        }
    }

    mutating func add(_ clause: Library.Clause, of text: UInt32) {
        frames.frame(.clause) {
            $0.uint32(text)
            $0.uint32(UInt32(clause.length))
            $0.uint8(clause.terminator.symbol?.asciiValue ?? 0)
            $0.bool(clause.terminator.endsSentence)
            $0.string(clause.phonemes)
        }
    }

    mutating func add(_ samples: [Int16]) {
        guard !samples.isEmpty else { return }
        frames.frame(.sound) { $0.samples(samples) }
    }

    mutating func end() { frames.frame(.done) }

    mutating func end(_ failure: Frame.Failure, _ words: String) {
        frames.frame(.failed) {
            $0.uint8(failure.rawValue)
            $0.string(words)
        }
    }

    /// When the server is gone, the process ends by itself; a slow reader is waited for.
    mutating func send(to socket: borrowing FrameSocket) {
        _ = socket.send(frames.bytes, within: -1)
        frames.removeAll()
    }
}
