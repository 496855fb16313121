import Hummingbird
import Logging

@main
struct BareHummingbird {
    /// Serves `GET /health` on 127.0.0.1 at the port given as the only argument.
    static func main() async throws {
        let port = CommandLine.arguments.dropFirst().first.flatMap(Int.init) ?? 8080
        var logger = Logger(label: "bare")
        logger.logLevel = .error
        let router = Router()
        router.get("/health") { _, _ in "{\"status\":\"healthy\"}" }
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)), logger: logger)
        try await application.runService()
    }
}
