import BridgeTesting
import Foundation
import Testing

@testable import OnnxGraph

@Suite(.timeLimit(.minutes(1))) struct BinaryFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func file(_ bytes: [UInt8]) throws -> BinaryFile {
        let url = folder.url.appending(path: "file")
        try Data(bytes).write(to: url)
        return try BinaryFile(url)
    }

    /// The reason why a read fails; nil if it does not.
    private func reason(_ read: () throws -> Void) -> String? {
        do { try read() } catch { return (error as? Malformed)?.reason ?? "\(error)" }
        return nil
    }

    @Test func numbersAreLittleEndian() throws {
        var file = try file([1, 0xFF, 0xFF, 4, 3, 2, 1, 0xFE, 0xFF, 0xFF, 0xFF, 0, 0, 0x80, 0x3F])
        #expect(try file.number(UInt8.self) == 1)
        #expect(try file.number(Int16.self) == -1)
        #expect(try file.number(UInt32.self) == 0x0102_0304)
        #expect(try file.number(Int32.self) == -2)
        #expect(try file.float() == 1)
        #expect(file.isAtEnd && file.position == 15)
    }

    @Test func whatIsReadIsTheFileHoweverItIsCut() throws {
        let bytes = (0..<20_000).map { UInt8(truncatingIfNeeded: $0 * 7 + $0 / 256) }
        var file = try file(bytes)
        var read: [UInt8] = []
        for count in [0, 1, 3, 4095, 4096, 5, 9000, 17] { read += try file.read(count) }
        #expect(read[...] == bytes.prefix(read.count) && file.position == read.count)
        for place in [12_345, 12_350, 3, 19_999, 0] {
            try file.move(to: place)
            #expect(try file.read(1) == [bytes[place]])
        }
    }

    @Test func nothingIsReadBeyondTheEnd() throws {
        var file = try file([1, 2, 3])
        #expect(reason { _ = try file.number(UInt32.self) } == "it is cut off")
        #expect(reason { _ = try file.read(.max) } == "it is cut off")
        #expect(reason { _ = try file.read(-1) } == "it is cut off")
        #expect(reason { try file.move(to: 4) } == "it is cut off")
        // None of that has moved it.
        #expect(try file.read(3) == [1, 2, 3])
        #expect(reason { _ = try file.read(1) } == "it is cut off")
    }

    @Test(arguments: [(0, "0 rows"), (-1, "-1 rows"), (8, "8 rows")] as [(Int32, String)])
    func aCountIsWithinItsBounds(_ count: Int32, _ words: String) throws {
        var file = try file((0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * Int32($0))) })
        #expect(reason { _ = try file.count("rows", upTo: 7) } == "it would have \(words)")
    }
}
