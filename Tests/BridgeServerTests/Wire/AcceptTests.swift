import Testing

@testable import BridgeServer

@Suite(.timeLimit(.minutes(5))) struct AcceptTests {
    @Test func streamsAreWhatIsWantedMost() {
        let cases: [(String?, EventFormat)] = [
            (nil, .serverSentEvents), ("*/*", .serverSentEvents), ("application/x-ndjson", .newlineDelimited),
            ("Application/X-NDJSON; q=0.5", .newlineDelimited),
            ("text/event-stream, application/x-ndjson;q=0", .serverSentEvents),
            ("application/x-ndjson;q=0", .serverSentEvents),
            ("text/event-stream;q=0.9, application/x-ndjson;q=0.8", .serverSentEvents),
            ("text/event-stream;q=0.8, application/x-ndjson;q=0.9", .newlineDelimited),
        ]
        for (accept, stream) in cases { #expect(EventFormat(accept: accept) == stream, "\(accept ?? "")") }
    }
}
