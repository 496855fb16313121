import BridgeSupport
import BridgeTesting
import Foundation
import Logging
import Synchronization
import Testing
import WorkScheduling

@testable import BridgeRuntime

@Suite(.timeLimit(.minutes(5))) struct LoggingTests {
    private let line = LogLine(
        time: Date(timeIntervalSince1970: 1_700_000_000.25), level: .info, message: "request",
        metadata: ["status": .stringConvertible(200), "route": "/a b", "forged": "x\ny\u{1B}[2J\"q\"", "level": "lie"])

    @Test func linesOfJSON() throws {
        let text = line.text(in: .json)
        #expect(text.hasPrefix(#"{"time":"2023-11-14T22:13:20.250Z","level":"info","message":"request","#))
        #expect(text.contains(#""status":200"#))
        #expect(text.split(separator: "\n").count == 1)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(object["forged"] as? String == "x\ny\u{1B}[2J\"q\"")
        #expect(object["level"] as? String == "info")
    }

    /// Against Foundation's formatter, which is asked once a second only.
    @Test func timesAreThoseOfTheFormatter() {
        let style = Date.ISO8601FormatStyle.iso8601.year().month().day().time(includingFractionalSeconds: true)
            .timeZone(separator: .omitted)
        for seconds in [1_700_000_000.25, 1_700_000_000.999, 1_700_000_001.001, 1_700_000_000.5, 0, -1.5, 4e9 + 0.125] {
            let time = Date(timeIntervalSince1970: seconds)
            #expect(LogLine.timestamp(time) == time.formatted(style))
        }
    }

    @Test func linesForPeople() {
        let text = line.text(in: .text(coloured: false))
        #expect(text.hasPrefix("22:13:20.250 INFO     request forged="))
        #expect(text.contains(#"route="/a b" status=200"#))
        #expect(!text.contains("\u{1B}"))
        #expect(text.split(separator: "\n").count == 1)
        #expect(line.text(coloured: true).contains("\u{1B}[32mINFO"))
    }

    private let temporary: TemporaryFolder

    init() throws { temporary = try TemporaryFolder() }

    private func names(_ folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    @Test func fullFilesArePutAsideCompressedAndTheOldestGo() throws {
        let folder = temporary.url
        let file = try RotatingLogFile(
            path: folder.appending(path: "j.log").path,
            policy: .init(maximumBytes: 100, isDaily: true, compresses: true, kept: 2), compress: { $0() })
        for index in 0..<10 { file.write(LogLines("line \(index) " + String(repeating: "x", count: 60))) }
        let names = try names(folder)
        #expect(
            names.count == 3 && names[0] == "j.log" && names.dropFirst().allSatisfy { $0.hasSuffix(".gz") }, "\(names)")
        let unzip = Process()
        unzip.executableURL = URL(filePath: "/bin/gzip")
        unzip.arguments = ["-dc", folder.appending(path: names[2]).path]
        let pipe = Pipe()
        unzip.standardOutput = pipe
        try unzip.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        unzip.waitUntilExit()
        #expect(text.hasPrefix("line 8 "))
        #expect(try String(contentsOf: folder.appending(path: "j.log"), encoding: .utf8).hasPrefix("line 9 "))
    }

    /// Lines that come while others are written are written together, and fill a file as they would one by one.
    @Test func linesThatComeTogetherAreCutBetweenFiles() throws {
        let folder = temporary.url
        let file = try RotatingLogFile(
            path: folder.appending(path: "j.log").path,
            policy: .init(maximumBytes: 20, isDaily: false, compresses: false, kept: 9), compress: { $0() })
        file.write(LogLines("one", "two"))
        file.write(LogLines("three", "four", "a line that is longer than a file", "five", "six"))
        let texts = try names(folder).map { try String(contentsOf: folder.appending(path: $0), encoding: .utf8) }
        // The newest is in the file without a number, which comes first.
        #expect(
            texts == ["five\nsix\n", "one\ntwo\nthree\nfour\n", "a line that is longer than a file\n"], "\(texts)")
    }

    @Test func manyLinesAreWrittenAtOnce() {
        let written = LinesBox()
        let hold = DispatchSemaphore(value: 0)
        let writes = Watched(0)
        let sink = LogSink(label: "test", format: .json) { lines in
            hold.wait()
            hold.signal()
            writes.update { $0 += 1 }
            written.add(lines)
        }
        for _ in 0..<1000 { sink.take(line) }
        hold.signal()
        sink.flush()
        #expect(written.lines == Array(repeating: line.text(in: .json), count: 1000))
        #expect(writes.value <= 2)
    }

    @Test func aNewDayBeginsANewFile() throws {
        let folder = temporary.url
        let noon = Date(timeIntervalSince1970: 1_700_000_000)
        let file = try RotatingLogFile(
            path: folder.appending(path: "j.log").path,
            policy: .init(maximumBytes: 1 << 20, isDaily: true, compresses: false, kept: 5),
            now: noon, compress: { $0() })
        file.write(LogLines("today"), now: noon)
        file.write(LogLines("today"), now: noon.addingTimeInterval(60))
        #expect(try names(folder) == ["j.log"])
        file.write(LogLines("tomorrow"), now: noon.addingTimeInterval(86400))
        #expect(try names(folder) == ["j.log", "j.log.20231115-221320.000"])
        #expect(try String(contentsOf: folder.appending(path: "j.log"), encoding: .utf8) == "tomorrow\n")
    }

    @Test func aFileThatCannotBeWrittenIsSaidAtTheStart() throws {
        let error = #expect(throws: ServiceError.self) {
            _ = try RotatingLogFile(
                path: "/proc/nowhere/j.log", policy: .init(maximumBytes: 1, isDaily: false, compresses: false, kept: 0),
                compress: { $0() })
        }
        #expect(error?.param == "log.file")
    }

    @Test func theConfiguredLogWritesItsFile() throws {
        let path = temporary.url.appending(path: "sub/j.log").path
        let configuration = try BridgeConfiguration.loadAlone(
            environment: [:], flags: ["log.file": path, "log.level": "critical"])
        let logging = try BridgeLogging(configuration)
        logging.logger.info("not this")
        logging.logger.critical("this", metadata: ["n": .stringConvertible(1)])
        logging.flush()
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 1 && lines[0].hasSuffix(#""level":"critical","message":"this","n":1}"#))
    }

    @Test func linesThatAreLostAreComplainedOfOnce() throws {
        let complaints = Watched<[String]>([])
        let file = try RotatingLogFile(
            path: "/dev/full", policy: .init(maximumBytes: 1 << 20, isDaily: false, compresses: false, kept: 1),
            compress: { $0() },
            complain: { sentence in complaints.update { $0.append(sentence) } })
        for _ in 0..<5 { file.write(LogLines("a line")) }
        #expect(
            complaints.value == ["The log file /dev/full cannot be written, so its lines are lost; is the disk full?"])
    }

    @Test(arguments: [true, false])
    func aSlowSinkDropsLinesAndSaysSoInTheirFormat(isJSON: Bool) {
        let written = LinesBox()
        let hold = DispatchSemaphore(value: 0)
        let sink = LogSink(label: "test", format: isJSON ? .json : .text(coloured: false)) { lines in
            hold.wait()
            hold.signal()
            written.add(lines)
        }
        for _ in 0..<20000 { sink.take(line) }
        hold.signal()
        sink.flush()
        sink.take(line)
        sink.flush()
        #expect(written.lines.count < 20000)
        let note = written.lines.first { $0.contains("log lines were dropped") } ?? ""
        #expect(isJSON == note.hasPrefix("{\"time\":") && isJSON != note.contains(" WARNING "), "\(note)")
        #expect(written.lines.last == line.text(in: isJSON ? .json : .text(coloured: false)))
    }

    @Test func aFullFileIsCompressedWhereItHoldsUpNoLine() throws {
        let folder = temporary.url
        let work = Watched<[@Sendable () -> Void]>([])
        let file = try RotatingLogFile(
            path: folder.appending(path: "j.log").path,
            policy: .init(maximumBytes: 100, isDaily: false, compresses: true, kept: 1),
            compress: { compression in work.update { $0.append(compression) } })
        for index in 0..<3 { file.write(LogLines("line \(index) " + String(repeating: "x", count: 90))) }
        // Written, put aside and counted, all before anything is compressed; the oldest is gone already.
        #expect(try names(folder).count == 2 && names(folder).allSatisfy { !$0.hasSuffix(".gz") })
        #expect(try String(contentsOf: folder.appending(path: "j.log"), encoding: .utf8).hasPrefix("line 2 "))
        for compression in work.value { compression() }
        let names = try names(folder)
        #expect(names.count == 2 && names[1].hasSuffix(".gz"), "\(names)")
    }

    @Test func theServersPoolCompressesFullFiles() async throws {
        let folder = temporary.url
        let logging = try BridgeLogging(
            .loadAlone(
                environment: [:],
                flags: ["log.file": folder.appending(path: "j.log").path, "log.max_bytes": "4096"]))
        let compressed = { try self.names(folder).filter { $0.hasSuffix(".gz") && !$0.hasPrefix(".") } }
        try await holdingThreads(of: WorkScheduler.blockingWork) {
            for _ in 0..<2 { logging.logger.info("\(String(repeating: "x", count: 4000))") }
            logging.flush()
            try await waitUntil { try WorkScheduler.blockingWork.waitingCount > 0 || !compressed().isEmpty }
            #expect(try names(folder).count == 2 && compressed().isEmpty)
        }
        try await waitUntil(every: .milliseconds(1)) { try !compressed().isEmpty }
    }
}

private final class LinesBox: Sendable {
    private let box = Mutex<[String]>([])
    var lines: [String] { box.withLock { $0 } }
    func add(_ lines: LogLines) {
        let text = String(decoding: lines.bytes, as: UTF8.self)
        box.withLock { $0 += text.split(separator: "\n").map { $0 + "\n" } }
    }
}

extension LogLine {
    fileprivate func text(in format: Format) -> String {
        var bytes: [UInt8] = []
        write(to: &bytes, in: format)
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension LogLines {
    fileprivate init(_ lines: String...) { self.init(lines.map { Array(($0 + "\n").utf8) }) }
}
