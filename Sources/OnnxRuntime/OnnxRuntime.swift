internal import COnnxRuntime
public import Foundation
import Synchronization
import WorkScheduling

/// The inference engine: the library, opened at run time, and its one environment with a global thread pool. It runs whatever it is
/// told to; the scheduler decides what runs.
///
/// The library is opened once per process and never closed (its threads would outlive it). Its usage telemetry is switched
/// off before the environment exists.
@safe public final class OnnxRuntime: Sendable {
    /// The options of the process's only engine; later calls get that engine, whatever their options.
    public struct Options: Sendable, Hashable {
        /// The library to open; nil to search for it.
        public var libraryPath: String?
        /// Threads that work on one run, including the caller's; 0 for one per core.
        public var intraOpThreads: Int

        /// By default the library is searched for, and there is a thread for each core.
        public init(libraryPath: String? = nil, intraOpThreads: Int = 0) {
            self.libraryPath = libraryPath
            self.intraOpThreads = intraOpThreads
        }
    }

    /// The engine's own version, such as "1.32.0".
    public let version: String
    /// The library that was opened.
    public let path: String
    /// Threads that work on one run, including the caller's.
    public let threads: Int
    let api: EngineAPI
    /// Work on runs that take one thread each, beside their caller's.
    let helpers: WorkerPool
    // The environment is made once, never released, and all its functions may be called from any thread.
    nonisolated(unsafe) let environment: OpaquePointer

    private init(version: String, path: String, threads: Int, api: EngineAPI, environment: OpaquePointer) {
        self.version = version
        self.threads = threads
        self.path = path
        self.api = api
        helpers = WorkerPool("jarvis.crowd", threads: threads - 1)
        unsafe self.environment = unsafe environment
    }

    private static let shared = Mutex<OnnxRuntime?>(nil)

    /// The environment variable that names the library.
    public static let pathVariable = "JARVIS_ONNXRUNTIME"

    /// The engine of this process, opened by the first call, whose options count.
    ///
    /// Searches `options.libraryPath`, ``pathVariable``, the project's own download below `dataDirectory`, the system.
    ///
    /// - Parameter log: gets the engine's own warnings and errors, from any thread. Without it they are dropped: a failing
    ///   run reports itself by its error, and the engine should write nothing to stderr.
    /// - Throws: ``OnnxRuntimeError`` with `engineMissing` (says where it looked and what to do) or `engineUnusable`.
    public static func load(
        _ options: Options = Options(), dataDirectory: String? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment,
        log: (@Sendable (EngineLogMessage) -> Void)? = nil
    ) throws -> OnnxRuntime {
        try shared.withLock { shared in
            if let engine = shared { return engine }
            let search = EngineSearch(options: options, dataDirectory: dataDirectory, environment: environment)
            let engine = try open(search, options, log: log)
            shared = engine
            return engine
        }
    }

    /// Keeps the engine from reporting usage to its vendor, as its Linux wheel does unless this is set before its environment is
    /// made: neither the uploader's thread nor its files in the cache directory are then created.
    ///
    /// ``load(_:dataDirectory:environment:log:)`` takes care of it. A program should call this first of all, since no process
    /// may change its environment while another of its threads reads it.
    public static func disableTelemetry() {
        let name = "ORT_DISABLE_TELEMETRY"
        if let value = unsafe getenv(name), unsafe String(cString: value) == "1" { return }
        unsafe setenv(name, "1", 1)
    }

    /// Makes the C library return large blocks to the system when they are freed: tensors, recordings, the engine's own tables.
    /// By default it soon keeps blocks of up to 32 MiB, in a pool for each thread: 100 MiB and more after some minutes of work.
    ///
    /// To be called first in a program as well: it applies to blocks allocated afterwards.
    public static func giveLargeBlocksBack() { jb_give_large_blocks_back(4 << 20) }

    /// The engine made by ``load(_:dataDirectory:environment:)``, nil before.
    static var loaded: OnnxRuntime? { shared.withLock { $0 } }

    private static func open(
        _ search: EngineSearch, _ options: Options, log: (@Sendable (EngineLogMessage) -> Void)?
    ) throws -> OnnxRuntime {
        disableTelemetry()
        let library = try search.openLibrary()
        let threads = options.intraOpThreads > 0 ? options.intraOpThreads : ProcessInfo.processInfo.activeProcessorCount
        let environment = unsafe try makeEnvironment(library.api, threads: threads, log: log)
        return unsafe OnnxRuntime(
            version: library.version, path: library.path, threads: threads, api: library.api, environment: environment)
    }

    private static func makeEnvironment(
        _ api: EngineAPI, threads: Int, log: (@Sendable (EngineLogMessage) -> Void)?
    ) throws -> OpaquePointer {
        var threading: OpaquePointer?
        try unsafe api.check("make threading options", unsafe jb_CreateThreadingOptions(api.table, &threading))
        defer { unsafe jb_ReleaseThreadingOptions(api.table, threading) }
        try unsafe api.check(
            "set its threads", unsafe jb_SetGlobalIntraOpNumThreads(api.table, threading, Int32(clamping: threads)))
        try unsafe api.check("set its threads", unsafe jb_SetGlobalInterOpNumThreads(api.table, threading, 1))
        // A run has hundreds of short parallel sections, and to wake a sleeping thread takes as long as some of them: threads that look
        // for work in between make a short command 18 % faster. Sessions end that with their runs, or an idle server would burn a core.
        try unsafe api.check("set its threads", unsafe jb_SetGlobalSpinControl(api.table, threading, 1))
        let sink = unsafe EngineLogSink.makePointer(log)
        var environment: OpaquePointer?
        try unsafe api.check(
            "make its environment",
            unsafe jb_CreateEnv(
                api.table, EngineLogSink.callback, sink, EngineLogMessage.Severity.warning.rawValue, "jarvis",
                threading,
                &environment))
        guard let environment = unsafe environment else {
            throw OnnxRuntimeError(
                operation: "make its environment", code: .engineUnusable, message: "the engine gave none")
        }
        try unsafe api.check("switch its telemetry off", unsafe jb_DisableTelemetryEvents(api.table, environment))
        try unsafe shareArena(api, environment)
        return unsafe environment
    }

    /// One arena for all sessions that use one: an arena grows to its largest run and keeps that, and few run at a time.
    private static func shareArena(_ api: EngineAPI, _ environment: OpaquePointer) throws {
        var memory: OpaquePointer?
        try unsafe api.check("describe memory", unsafe jb_CreateCpuMemoryInfo(api.table, 1, 0, &memory))
        defer { unsafe jb_ReleaseMemoryInfo(api.table, memory) }
        var settings: OpaquePointer?
        // No limit, and the engine's own defaults.
        try unsafe api.check("describe its arena", unsafe jb_CreateArenaCfg(api.table, 0, -1, -1, -1, &settings))
        defer { unsafe jb_ReleaseArenaCfg(api.table, settings) }
        try unsafe api.check(
            "make its arena", unsafe jb_CreateAndRegisterAllocator(api.table, environment, memory, settings))
    }
}

extension EngineAPI {
    /// The function table of the loaded engine.
    static func loaded() throws(OnnxRuntimeError) -> EngineAPI {
        guard let engine = OnnxRuntime.loaded else {
            throw OnnxRuntimeError(
                operation: "make a tensor", code: .engineMissing, message: "the engine was not loaded before")
        }
        return engine.api
    }
}
