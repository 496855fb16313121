import HTTPTypes
import Testing

@testable import BridgeServer

@Suite(.timeLimit(.minutes(1))) struct HeaderNameTests {
    /// One that is no name ends the process, here.
    @Test func ourNamesAreNames() {
        let names: [HTTPField.Name] = [
            .requestID, .requestTimeout, .traceParent, .traceState, .apiKey, .fetchSite, .fetchMode, .voice,
            .sampleRate, .durationMilliseconds, .accelBuffering, .forwarded, .xForwardedFor, .rateLimit, .rateRemaining,
            .rateReset,
        ]
        #expect(
            names.map(\.rawName) == [
                "X-Request-Id", "X-Request-Timeout", "traceparent", "tracestate", "X-API-Key", "Sec-Fetch-Site",
                "Sec-Fetch-Mode", "X-Voice", "X-Sample-Rate", "X-Duration-Ms", "X-Accel-Buffering", "Forwarded",
                "X-Forwarded-For", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset",
            ])
    }
}
