import BridgeSupport
import Testing
import Tracing

@testable import OTLPTracing

/// The decisions about spans that wait, without any collector.
@Suite(.timeLimit(.minutes(1))) struct CollectorStateTests {
    private func span(_ name: String) -> SpanData {
        SpanData(trace: .new { _ in true }, parent: nil, name: name, kind: .internal, start: 1)
    }

    @Test func theOldestStayWhereThereIsNoRoom() {
        var buffer = SpanBuffer(capacity: 5, batch: 2)
        let actions = (0..<7).map { buffer.add(span("\($0)")) }
        #expect(actions == [.none, .send, .none, .send, .none, .drop, .drop])
        #expect(buffer.next.map(\.name) == ["0", "1"] && buffer.next.map(\.name) == ["0", "1"])
        buffer.remove(2)
        let action = buffer.add(span("7"))
        #expect(action == .send)
        buffer.remove(2)
        #expect(buffer.next.map(\.name) == ["4", "7"] && buffer.count == 2)
        buffer.remove(9)
        #expect(buffer.next.isEmpty)
    }

    @Test func pausesGrowAndChangesAreSaidOnce() {
        var health = CollectorHealth(.init(first: .seconds(1), longest: .seconds(8), longestAsked: .seconds(60)))
        let wasAway = health.succeeded()
        #expect(!wasAway)
        for whole in [1, 2, 4, 8, 8, 8] {
            let (isNew, pause) = health.failed()
            #expect(isNew == (whole == 1) && (.milliseconds(500 * whole) ... .seconds(whole)).contains(pause))
        }
        let asked = [Duration.seconds(30), .seconds(3600)].map { health.failed(asked: $0).pause }
        #expect(asked == [.seconds(30), .seconds(60)])
        let isBack = [health.succeeded(), health.succeeded()]
        #expect(isBack == [true, false])
        let isGone = health.failed().isNew
        #expect(isGone)
    }

    @Test(arguments: [
        (200, nil, CollectorAnswer.taken(rejected: 0)), (204, nil, .taken(rejected: 0)),
        (429, "7", .later(status: 429, pause: .seconds(7))), (503, "soon", .later(status: 503, pause: nil)),
        (500, "7", .refused(status: 500)), (401, nil, .refused(status: 401)),
    ])
    func theStatusDecides(status: Int, retryAfter: String?, answer: CollectorAnswer) {
        #expect(CollectorAnswer(status: status, retryAfter: retryAfter, body: []) == answer)
    }
}
