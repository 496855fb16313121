import BridgeSupport
import BridgeTesting
import Foundation
import Synchronization
import Testing

@testable import ModelStore

/// Downloads that broke off.
extension DownloadTests {
    @Test func continuesWhereTheConnectionBroke() async throws {
        try await Self.hub(large: { asked, earlier in
            .file(Samples.large, etag: Self.etag, asked: asked, cutAfter: earlier == 0 ? 70_000 : nil)
        }) { hub in
            let test = try TestStore(hub.endpoint, models: [TestStore.voiceModel(md5: Samples.md5(Samples.large))])
            _ = try await test.pull()
            #expect(test.file(Self.large) == Samples.large)
            let ranges = hub.asked(".onnx").map { $0["range"] }
            #expect(ranges.count == 2 && ranges[0] == nil && ranges[1]?.hasPrefix("bytes=") == true)
            #expect(hub.asked(".onnx")[1]["if-range"] == Self.etag)
        }
    }

    @Test func aLaterStoreContinuesWhatAnEarlierOneLeft() async throws {
        try await Self.hub(large: { asked, earlier in
            switch earlier {
            case 0: .file(Samples.large, etag: Self.etag, asked: asked, cutAfter: 100_000)
            case 1, 2: .status(503)
            default: .file(Samples.large, etag: Self.etag, asked: asked)
            }
        }) { hub in
            let test = try TestStore(hub.endpoint, models: [TestStore.voiceModel(md5: Samples.md5(Samples.large))])
            await test.expectFailure(.upstreamError, mentions: "HTTP 503")
            let later = try TestStore(hub.endpoint, models: test.store.catalogue.models, sharing: test)
            _ = try await later.pull()
            #expect(later.file(Self.large) == Samples.large)
            #expect(hub.asked(".onnx").last?["range"]?.hasPrefix("bytes=") == true)
            #expect(hub.asked(".onnx.json").count == 1, "a file that is done is not asked for again")
        }
    }

    @Test func aBadLineIsSlowAndNotHopeless() async throws {
        try await Self.hub(large: { asked, _ in .file(Samples.large, etag: Self.etag, asked: asked, cutAfter: 40_000) })
        { hub in
            // Six attempts of which each brings a part, where three without one would end it; the last cuts nothing off.
            let test = try TestStore(hub.endpoint)
            _ = try await test.pull()
            #expect(test.file(Self.large) == Samples.large)
            #expect(hub.asked(".onnx").count >= 5)
        }
    }

    @Test func startsAgainWhereRangesAreIgnored() async throws {
        try await Self.hub(large: { _, earlier in
            .init(headers: ["ETag": Self.etag], body: Samples.large, cutAfter: earlier == 0 ? 70_000 : nil)
        }) { hub in
            let test = try TestStore(hub.endpoint, models: [TestStore.voiceModel(md5: Samples.md5(Samples.large))])
            _ = try await test.pull()
            #expect(test.file(Self.large) == Samples.large)
        }
    }

    @Test func startsAgainWhenTheFileChanged() async throws {
        let newer = Array(Samples.large.reversed())
        try await Self.hub(large: { asked, earlier in
            // A careless host: it honours the range though the ETag is another.
            earlier == 0
                ? .init(headers: ["ETag": "\"old\""], body: Samples.large, cutAfter: 70_000)
                : asked["range"] == nil
                    ? .init(headers: ["ETag": "\"new\""], body: newer)
                    : .init(
                        status: 206,
                        headers: ["ETag": "\"new\"", "Content-Range": "bytes \(Self.start(asked))-199999/200000"],
                        body: Array(newer[Self.start(asked)...]))
        }) { hub in
            let test = try TestStore(hub.endpoint)
            _ = try await test.pull()
            #expect(test.file(Self.large) == newer)
        }
    }

    @Test func startsAgainWhenTheHostContinuesElsewhere() async throws {
        try await Self.hub(large: { asked, earlier in
            if earlier == 0 { return .init(headers: ["ETag": Self.etag], body: Samples.large, cutAfter: 70_000) }
            guard asked["range"] != nil else { return .file(Samples.large, etag: Self.etag, asked: asked) }
            return .init(
                status: 206, headers: ["ETag": Self.etag, "Content-Range": "bytes 90000-199999/200000"],
                body: Array(Samples.large[90_000...]))
        }) { hub in
            // Without a digest, nothing but the range tells.
            let test = try TestStore(hub.endpoint)
            _ = try await test.pull()
            #expect(test.file(Self.large) == Samples.large)
        }
    }

    static func start(_ asked: HubStandIn.Asked) -> Int {
        asked["range"].flatMap { Int($0.dropFirst("bytes=".count).dropLast()) } ?? 0
    }

    @Test func startsAgainWhenTheRangeCannotBeSatisfied() async throws {
        try await Self.hub(large: { asked, earlier in
            if earlier == 0 { return .init(headers: ["ETag": Self.etag], body: Samples.large, cutAfter: 70_000) }
            return asked["range"] == nil ? .file(Samples.large, etag: Self.etag, asked: asked) : .status(416)
        }) { hub in
            let test = try TestStore(hub.endpoint)
            _ = try await test.pull()
            #expect(test.file(Self.large) == Samples.large)
        }
    }
}
