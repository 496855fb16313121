import BridgeTesting
import COnnxRuntime
import Foundation
import Synchronization
import Testing

@testable import OnnxRuntime

@Suite(.timeLimit(.minutes(5))) struct EngineSearchTests {
    private func search(
        path: String? = nil, dataDirectory: String? = nil, environment: [String: String] = [:]
    ) throws -> EngineLibrary {
        try EngineSearch(options: .init(libraryPath: path), dataDirectory: dataDirectory, environment: environment)
            .openLibrary()
    }

    @Test func findsTheDownloadBelowEachKindOfDataFolder() throws {
        let path = try Fixture.engine().path
        let folder = try ScratchFolder()
        for runtime in ["/runtime", "/jarvis-bridges/runtime", "/.local/share/jarvis-bridges/runtime"] {
            let home = folder.path + runtime + "/onnxruntime-1.32.0"
            try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                atPath: home + "/libonnxruntime.so.1.32.0", withDestinationPath: path)
        }
        #expect(try search(dataDirectory: folder.path).path.hasPrefix(folder.path + "/runtime"))
        #expect(try search(environment: ["JARVIS_DATA_DIR": folder.path]).path.hasPrefix(folder.path + "/runtime"))
        // A data folder of the configuration file, which './jarvis setup' does not read.
        #expect(
            try search(dataDirectory: folder.path + "/other", environment: ["HOME": folder.path]).path
                .hasPrefix(folder.path + "/.local"))
        #expect(try search(environment: ["XDG_DATA_HOME": folder.path]).path.hasPrefix(folder.path + "/jarvis-bridges"))
        #expect(try search(environment: ["HOME": folder.path]).path.hasPrefix(folder.path + "/.local"))
    }

    @Test func prefersTheNewestDownloadThatOpens() throws {
        let path = try Fixture.engine().path
        let folder = try ScratchFolder()
        // The newest is a download that was cut off, the next another library.
        let downloads = ["1.9.0": path, "1.30.0": path, "1.50.0": try otherLibrary(), "1.100.0": nil]
        for (version, library) in downloads {
            let home = folder.path + "/runtime/onnxruntime-\(version)"
            try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
            if let library {
                try FileManager.default.createSymbolicLink(
                    atPath: home + "/libonnxruntime.so.\(version)", withDestinationPath: library)
            } else {
                try Data("half".utf8).write(to: URL(filePath: home + "/libonnxruntime.so.\(version)"))
            }
        }
        #expect(try search(dataDirectory: folder.path).path.contains("1.30.0"))
    }

    /// The path of a library that this process has open, and that is not the engine: C's own.
    private func otherLibrary() throws -> String {
        // Its size is told as 0, so it is read until there is no more.
        let file = try #require(FileHandle(forReadingAtPath: "/proc/self/maps"))
        let maps = String(decoding: try #require(try file.readToEnd()), as: UTF8.self).split(separator: "\n")
        let line = try #require(maps.first { $0.contains("/libc.so") })
        return try #require(line.split(separator: " ").last.map(String.init))
    }

    @Test func saysWhatWasWrongWithEachThatItFound() throws {
        let folder = try ScratchFolder()
        let home = folder.path + "/runtime/onnxruntime-1.50.0"
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: home + "/libonnxruntime.so", withDestinationPath: try otherLibrary())
        do {
            // Not missing where the system has one.
            let found = try search(dataDirectory: folder.path)
            #expect(EngineSearch.systemNames.contains(found.path))
        } catch let error as OnnxRuntimeError {
            #expect(error.code == .engineMissing)
            #expect(error.message.contains("\(home)/libonnxruntime.so: it is not an ONNX Runtime library; "))
        }
    }

    @Test func aLibraryThatWasNamedIsTheOnlyOne() throws {
        let named = try Fixture.engine().path
        #expect(try search(environment: ["JARVIS_ONNXRUNTIME": named]).path == named)
        #expect(try search(path: named, environment: ["JARVIS_ONNXRUNTIME": "/other"]).path == named)
        let error = try #require(throws: OnnxRuntimeError.self) {
            try search(environment: [
                "JARVIS_ONNXRUNTIME": "/nowhere/libonnxruntime.so", "JARVIS_DATA_DIR": TestData.folder.path,
            ])
        }
        #expect(error.code == .engineMissing)
        #expect(error.message.contains("/nowhere/libonnxruntime.so"))
        #expect(error.message.contains("JARVIS_ONNXRUNTIME"))
    }

    @Test func saysWhatToDoWhenThereIsNone() throws {
        let folder = try ScratchFolder()
        do {
            // Not missing where the system has one.
            let found = try search(dataDirectory: folder.path)
            #expect(EngineSearch.systemNames.contains(found.path))
        } catch let error as OnnxRuntimeError {
            #expect(error.code == .engineMissing)
            #expect(error.message.contains("libonnxruntime.so.1"))
            #expect(error.message.contains("./jarvis setup"))
        }
    }

    @Test(arguments: [UInt64(100), 60_000, 8_000_000])
    func aLibraryThatIsCutOffIsRefusedBeforeItCanKill(_ size: UInt64) throws {
        let folder = try ScratchFolder()
        let half = folder.path + "/libonnxruntime.so"
        try FileManager.default.copyItem(atPath: try TestData.engineLibrary(), toPath: half)
        let file = try #require(FileHandle(forWritingAtPath: half))
        try file.truncate(atOffset: size)
        try file.close()
        let error = try #require(throws: OnnxRuntimeError.self) { try search(path: half) }
        #expect(error.code == .engineMissing)
        if size > 1000 { #expect(error.message.contains("libonnxruntime.so is cut off"), "\(error.message)") }
    }

    @Test func anotherLibraryIsRefused() throws {
        let error = try #require(throws: OnnxRuntimeError.self) { try search(path: "libm.so.6") }
        #expect(error.code == .engineUnusable)
        #expect(error.description.contains("libm.so.6: it is not an ONNX Runtime library. Check the path"))
    }

    @Test func anOldLibraryIsRefused() throws {
        let getBase: @convention(c) () -> UnsafePointer<OrtApiBase>? = {
            let base = UnsafeMutablePointer<OrtApiBase>.allocate(capacity: 1)
            base.initialize(
                to: OrtApiBase(
                    GetApi: { _ in nil },
                    GetVersionString: {
                        let text = strdup("1.4.0")
                        return UnsafePointer(text)
                    }))
            return UnsafePointer(base)
        }
        let symbol = unsafeBitCast(getBase, to: UnsafeMutableRawPointer.self)
        let error = try #require(throws: OnnxRuntimeError.self) { try EngineLibrary(path: "/old.so", symbol: symbol) }
        #expect(error.code == .engineUnusable)
        #expect(error.message.contains("version 1.4.0 is too old: 1.11 or later"))
    }

    @Test func theEngineIsLoadedOnce() throws {
        let engine = try Fixture.engine()
        #expect(engine.version.split(separator: ".").count >= 2)
        // Whatever the user of this machine has.
        #expect(engine.path.hasPrefix(TestData.folder.path))
        #expect(try OnnxRuntime.load(.init(libraryPath: "/nowhere")) === engine)
    }
}

@Suite(.timeLimit(.minutes(5))) struct EngineLogTests {
    @Test func passesTheEnginesLinesOn() throws {
        let lines = Lines()
        let sink = EngineLogSink.makePointer { lines.append($0) }
        EngineLogSink.callback(sink, 3, "onnxruntime", "id", "file.cc:1", "Something failed")
        EngineLogSink.callback(sink, 77, nil, nil, nil, nil)
        EngineLogSink.callback(nil, 3, nil, nil, nil, nil)
        #expect(
            lines.all == [
                EngineLogMessage(severity: .error, category: "onnxruntime", message: "Something failed"),
                EngineLogMessage(severity: .error, category: "", message: ""),
            ])
    }

    @Test(arguments: [
        (
            "Load model from x.onnx failed:Protobuf parsing failed.",
            "Load model from x.onnx failed:Protobuf parsing failed."
        ),
        (
            "Non-zero status code returned while running Add node. Name:'' Status Message: /onnxruntime_src/onnxruntime/core/providers/cpu/math/element_wise_ops.h:500 void onnxruntime::BroadcastIterator::Init(ptrdiff_t, ptrdiff_t) axis == 1 || axis == largest was false. Attempting to broadcast an axis by a dimension other than 1. 2 by 4\n",
            "Non-zero status code returned while running Add node. Name:'' Status Message: axis == 1 || axis == largest was false. Attempting to broadcast an axis by a dimension other than 1. 2 by 4"
        ),
        (
            "/onnxruntime_src/onnxruntime/core/graph/model.cc:181 onnxruntime::Model::Model(onnx::ModelProto&&) Unknown model file format version.\nStacktrace:\n#0 frame",
            "Unknown model file format version."
        ),
    ])
    func leavesThePathsOfItsSourcesOut(message: String, tidied: String) {
        #expect(EngineAPI.tidy(message) == tidied)
    }
}

private final class Lines: Sendable {
    private let lines = Mutex<[EngineLogMessage]>([])

    var all: [EngineLogMessage] { lines.withLock { $0 } }
    func append(_ line: EngineLogMessage) { lines.withLock { $0.append(line) } }
}
