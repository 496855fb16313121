import ArgumentParser
import AsyncHTTPClient
import BridgeRuntime
import BridgeSupport
import Foundation
import NIOCore
import NIOHTTP1

/// `top`: what a running server does, second by second.
struct TopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Watch a running server: requests, lanes, models, memory and cache, drawn again each second.",
        discussion: """
            Reads /metrics of the server on this machine, or of the one that --url names. Into a pipe it writes plain text, a page
            each time; Ctrl-C ends it.

            EXAMPLES
              \(CommandName.current) top
              \(CommandName.current) top --url http://maison.local:8005 --key jb_...
              \(CommandName.current) top --count 1 | grep whisper
            """)

    @OptionGroup var common: CommonOptions
    @Option(
        help: ArgumentHelp("The server; the configuration's host and port when this is left out.", valueName: "url"))
    var url: String?
    @Option(
        help: ArgumentHelp("A key, where the server asks for one; BRIDGES_KEY may hold it as well.", valueName: "key"))
    var key: String?
    @Option(help: ArgumentHelp("Seconds between two looks, 0.2 to 60.", valueName: "seconds"))
    var every: Double = 1
    @Option(help: ArgumentHelp("How many pages to show; without an end when this is left out.", valueName: "pages"))
    var count: Int?

    func validate() throws {
        guard (0.2...60).contains(every) else { throw ValidationError("--every takes 0.2 to 60 seconds.") }
        if let count, count < 1 { throw ValidationError("--count takes 1 or more.") }
        if let url, !url.hasPrefix("http://"), !url.hasPrefix("https://") {
            throw ValidationError("--url takes an address that begins with http:// or https://.")
        }
    }

    func run() async throws {
        let configuration = try common.bridgeConfiguration()
        let address =
            url.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
            ?? configuration.address(port: configuration.port)
        // The configured key is this machine's, and not for a server elsewhere.
        let own = url == nil ? configuration[Keys.apiKeys].first : nil
        let key = key ?? ProcessInfo.processInfo.environment["BRIDGES_KEY"] ?? own
        let server = Server(address: address, key: key)
        try await untilSignal { try await watch(server) }
    }

    private func watch(_ server: Server) async throws {
        let clock = ContinuousClock()
        var (last, seen) = (try await server.metrics(), clock.now)
        if Terminal.standardOutputIsTerminal { try Terminal.write(Data("\u{1B}[2J".utf8)) }
        var pages = 0
        while pages < count ?? .max {
            try await clock.sleep(for: .seconds(every))
            do {
                let (metrics, now) = (try await server.metrics(), clock.now)
                try show(TopPage(before: last, now: metrics, seconds: (now - seen).inSeconds), of: server)
                (last, seen) = (metrics, now)
            } catch let error as ServiceError where Terminal.standardOutputIsTerminal && count == nil {
                // A server that is being started anew comes back.
                try Terminal.write(Data("\u{1B}[H\u{1B}[J\(error.message)\n".utf8))
            }
            pages += 1
        }
    }

    private func show(_ page: TopPage, of server: Server) throws {
        let text = "Jarvis Bridges at \(server.address): \(page.headline)\n\n\(page.text)\n"
        guard Terminal.standardOutputIsTerminal else { return try Terminal.output(text) }
        // From the top left, each line to its end, and the rest of the screen: drawn so, nothing flickers.
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).prefix(max(2, Terminal.rows - 1))
        try Terminal.write(Data("\u{1B}[H\(lines.joined(separator: "\u{1B}[K\n"))\u{1B}[J".utf8))
    }

    /// A server that is asked for its metrics.
    private struct Server: Sendable {
        let address: String
        let key: String?

        private static let longestAnswer = 8 << 20

        /// - Throws: `upstream_error` saying why there is no answer, and what to do.
        func metrics() async throws -> MetricsText {
            var request = HTTPClientRequest(url: address + "/metrics")
            if let key { request.headers.add(name: "Authorization", value: "Bearer \(key)") }
            do {
                let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(5))
                let body = try await answer.body.collect(upTo: Self.longestAnswer)
                guard answer.status == .ok else { throw refusal(Int(answer.status.code)) }
                return MetricsText(String(buffer: body))
            } catch let error as ServiceError {
                throw error
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                throw ServiceError(
                    .upstreamError,
                    "There is no answer from \(address). Start the server with '\(CommandName.current) serve', or say with --url where it is.",
                    cause: error)
            }
        }

        private func refusal(_ status: Int) -> ServiceError {
            let reason =
                switch status {
                case 401, 403: "It asks for a key: --key KEY, or the variable BRIDGES_KEY."
                case 404: "It is another program, or a version of this one without metrics."
                default: "It answered with status \(status)."
                }
            return ServiceError(.upstreamError, "\(address) does not show its metrics. \(reason)")
        }
    }
}
