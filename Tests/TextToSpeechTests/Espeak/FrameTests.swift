import EspeakProtocol
import Testing

@Suite(.timeLimit(.minutes(5))) struct FrameTests {
    private func clause() -> [UInt8] {
        var writer = FrameWriter()
        writer.frame(.clause) {
            $0.uint32(7)
            $0.uint16(513)
            $0.bool(true)
            $0.string("bɔ̃ʒˈuʁ")
        }
        writer.frame(.sound) { $0.samples([-32768, 0, 32767]) }
        writer.frame(.done)
        return writer.bytes
    }

    @Test(arguments: [1, 2, 3, 7, 1000])
    func framesSurviveAnyCut(_ size: Int) throws {
        var buffer = FrameBuffer()
        var frames: [Frame] = []
        let bytes = clause()
        for start in stride(from: 0, to: bytes.count, by: size) {
            buffer.append(bytes[start..<min(start + size, bytes.count)])
            while let frame = try buffer.next() { frames.append(frame) }
        }
        try #require(frames.map(\.kind) == [.clause, .sound, .done])
        var fields = FieldReader(frames[0])
        #expect(try fields.uint32() == 7 && fields.uint16() == 513 && fields.bool() && fields.string() == "bɔ̃ʒˈuʁ")
        try fields.end()
        var sound = FieldReader(frames[1])
        #expect(try sound.samples() == [-32768, 0, 32767])
    }

    @Test func noByteBehindTheEndIsReadWhateverTheFrame() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            var bytes = clause()
            for _ in 0..<3 {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            var buffer = FrameBuffer()
            buffer.append(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
            while let frame = try? buffer.next() {
                var fields = FieldReader(frame)
                _ = try? (fields.uint32(), fields.uint16(), fields.bool(), fields.string(), fields.end())
                var sound = FieldReader(frame)
                _ = try? sound.samples()
            }
        }
    }

    @Test func anImpossibleLengthIsRefusedBeforeMemoryIsTaken() {
        for bytes: [UInt8] in [[255, 255, 255, 255, 5], [0, 0, 0, 0], [1, 0, 0, 0, 99]] {
            var buffer = FrameBuffer()
            buffer.append(bytes)
            #expect(throws: MalformedFrame.self) { try buffer.next() }
        }
        var fields = FieldReader(Frame(.hello, fields: [255, 255, 255, 127, 65]))
        #expect(throws: MalformedFrame.self) { try fields.string() }
        var odd = FieldReader(Frame(.sound, fields: [1]))
        #expect(throws: MalformedFrame.self) { try odd.samples() }
    }
}
