import BridgeSupport
import ModelStore
import Testing

@testable import JarvisBridges

@Suite(.timeLimit(.minutes(5))) struct PullProgressTests {
    private static func line(_ completed: Int64, of total: Int64?, rate: Double? = nil) -> PullProgressLine {
        PullProgressLine(
            label: "siwis", rate: rate, progress: PullProgress(file: "f", completed: completed, total: total))
    }

    @Test func drawsABar() {
        let line = Self.line(31_600_000, of: 63_201_294, rate: 4_000_000)
        #expect(
            line.bar(columns: 120)
                == "siwis  \(String(repeating: "█", count: 14))\(String(repeating: "░", count: 16))   49%  31.6 MB of 63.2 MB  4.0 MB/s  0:08 left"
        )
        #expect(line.plain == "siwis: 49%, 31.6 MB of 63.2 MB, 4.0 MB/s, 0:08 left")
    }

    @Test(arguments: [10, 20, 40, 60, 80, 200]) func keepsToTheWidth(_ columns: Int) {
        for completed: Int64 in [0, 5_000_000, 63_201_294] {
            #expect(Self.line(completed, of: 63_201_294, rate: 12_345).bar(columns: columns).count <= columns)
        }
    }

    @Test func saysWhatItKnows() {
        #expect(Self.line(1_500_000, of: nil).plain == "siwis: 1.5 MB")
        #expect(Self.line(0, of: 0).plain == "siwis: 0 B of 0 B")
        #expect(Self.line(200, of: 100).plain == "siwis: 100%, 200 B of 100 B")
        #expect(Self.line(0, of: 36_000_000, rate: 5000).plain.hasSuffix("2:00:00 left"))
        #expect(Self.line(100, of: 100, rate: 5).plain == "siwis: 100%, 100 B of 100 B, 5 B/s")
    }

    @Test func showsAConversion() {
        let line = PullProgressLine(
            label: "base", rate: 5,
            progress: PullProgress(file: "model.bin", completed: 10, total: 10, converted: 0.425))
        #expect(line.plain == "base: 42%, converting model.bin")
        #expect(line.bar(columns: 80).hasSuffix("  42%  converting model.bin"))
    }

    @Test func sizesAreShort() {
        #expect(
            [0, 999, 1000, 99_949, 999_499, 999_500, 63_201_294, 1_500_000_000].map(ByteText.size)
                == ["0 B", "999 B", "1.0 kB", "99.9 kB", "999 kB", "1.0 MB", "63.2 MB", "1.5 GB"])
    }

    @Test func writesOnlyNowAndThenAndLeavesResumedBytesOutOfTheRate() throws {
        var meter = PullProgressMeter(label: "x", interval: .seconds(5))
        func report(_ bytes: Int64) -> PullProgress { PullProgress(file: "f", completed: bytes, total: 1000) }
        #expect(meter.line(for: report(500), at: .zero)?.plain == "x: 50%, 500 B of 1.0 kB")
        #expect(meter.line(for: report(510), at: .seconds(1)) == nil)
        #expect(meter.line(for: report(600), at: .seconds(5))?.plain == "x: 60%, 600 B of 1.0 kB, 20 B/s, 0:20 left")
        #expect(meter.line(for: report(700), at: .seconds(6)) == nil)
        #expect(meter.currentLine(at: .seconds(10))?.plain == "x: 70%, 700 B of 1.0 kB, 20 B/s, 0:15 left")
        // A file that starts again does not give a negative rate.
        #expect(meter.line(for: report(0), at: .seconds(20))?.rate == nil)
        #expect(PullProgressMeter(label: "x", interval: .zero).currentLine(at: .zero) == nil)
    }
}
