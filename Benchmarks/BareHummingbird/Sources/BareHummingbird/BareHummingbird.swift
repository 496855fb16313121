import AsyncHTTPClient
import Hummingbird
import Logging
import NIOCore

@main
struct BareHummingbird {
    /// Serves `GET /health` on 127.0.0.1 at the port given as the first argument, and `POST /api/llm/generate`, an event for each line
    /// of the Ollama at the address given as the second, which is not read.
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        let port = arguments.first.flatMap(Int.init) ?? 8080
        let ollama = arguments.dropFirst().first ?? "http://127.0.0.1:11434"
        var logger = Logger(label: "bare")
        logger.logLevel = .error
        var pool = HTTPClient.Configuration()
        pool.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        let client = HTTPClient(configuration: pool)
        let router = Router(context: LoopContext.self)
        router.get("/health") { _, _ in "{\"status\":\"healthy\"}" }
        router.post("/api/llm/generate") { request, context in
            let executor = EventLoopExecutor(context.eventLoop)
            var upstream = HTTPClientRequest(url: ollama + "/api/generate")
            upstream.method = .POST
            upstream.body = .bytes(try await request.body.collect(upTo: 1 << 20))
            let ready = upstream
            let answer = try await withTaskExecutorPreference(executor) {
                try await client.execute(ready, timeout: .seconds(600))
            }
            return Response(
                status: .ok, headers: [.contentType: "text/event-stream"],
                body: ResponseBody { writer in
                    try await withTaskExecutorPreference(executor) {
                        // Each line is answered when the next one comes, since the last is no token.
                        var waiting = 0
                        for try await piece in answer.body {
                            let lines = piece.readableBytesView.count { $0 == UInt8(ascii: "\n") }
                            let answered = max(0, waiting + lines - 1)
                            waiting += lines - answered
                            guard answered > 0 else { continue }
                            try await writer.write(
                                ByteBuffer(repeating: "data: {\"delta\":\" capitale\"}\n\n", count: answered))
                        }
                        try await writer.write(ByteBuffer(string: "data: {\"done\":true}\n\n"))
                        try await writer.finish(nil)
                    }
                })
        }
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)), logger: logger)
        try await application.runService()
        try await client.shutdown()
    }
}

/// Knows the event loop of its connection.
struct LoopContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let eventLoop: any EventLoop

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        eventLoop = source.channel.eventLoop
    }
}

/// Runs tasks on the thread of an event loop, as the server does for streams.
final class EventLoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

extension ByteBuffer {
    fileprivate init(repeating text: StaticString, count: Int) {
        self.init()
        for _ in 0..<count { writeStaticString(text) }
    }
}
