import BridgeSupport
import BridgeTesting
import Foundation
import Testing

@testable import ModelStore

/// Every way in which a source can fail ends in a sentence that says what to do, and in nothing installed.
@Suite(.timeLimit(.minutes(5))) struct DownloadFailureTests {
    private static func failing(
        _ code: ServiceError.Code = .upstreamError, mentions words: [String], token: String? = nil,
        models: [ModelDescription] = [TestStore.voiceModel()], requests: Int? = nil,
        large: @escaping HubStandIn.Handler,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await HubStandIn.run({ asked, earlier in
            asked.path.hasSuffix(".json") ? .small(Samples.small) : await large(asked, earlier)
        }) { hub in
            let test = try TestStore(hub.endpoint, token: token, models: models)
            for word in words { await test.expectFailure(code, mentions: word, sourceLocation: sourceLocation) }
            if let requests {
                #expect(hub.asked(".onnx").count == requests * words.count, sourceLocation: sourceLocation)
            }
        }
    }

    @Test func wrongDigestFromTheCatalogue() async throws {
        try await Self.failing(mentions: ["MD5"], models: [TestStore.voiceModel(md5: Samples.md5([1]))], requests: 1) {
            asked, _ in
            .file(Samples.large, etag: "\"x\"", asked: asked)
        }
    }

    @Test func wrongDigestFromTheHub() async throws {
        try await HubStandIn.run({ _, _ in .init(body: Samples.large) }) { content in
            try await Self.failing(mentions: ["SHA-256"]) { _, _ in
                var reply = HubStandIn.Reply.linked(Samples.large, at: "\(content.endpoint)/blob")
                reply.headers["X-Linked-Etag"] = "\"\(Samples.sha256([1]))\""
                return reply
            }
        }
    }

    @Test func aWrongGitBlobIsRefused() async throws {
        try await Self.failing(mentions: ["Git blob"]) { _, _ in
            .init(headers: ["ETag": "\"\(Samples.gitBlob([1]))\""], body: Samples.large)
        }
    }

    @Test func aWrongSizeIsRefused() async throws {
        try await Self.failing(
            mentions: ["200000 bytes instead of 200001"], models: [TestStore.voiceModel(size: 200_001)]
        ) { asked, _ in
            .file(Samples.large, etag: "\"x\"", asked: asked)
        }
    }

    @Test func moreBytesThanAnnouncedAreNotWaitedFor() async throws {
        try await HubStandIn.run({ _, _ in .init(body: Samples.large, stalls: true, hidesLength: true) }) { content in
            try await Self.failing(mentions: ["instead of 1000"], requests: 1) { _, _ in
                var reply = HubStandIn.Reply.linked(Samples.large, at: "\(content.endpoint)/blob")
                reply.headers["X-Linked-Size"] = "1000"
                return reply
            }
        }
    }

    @Test func aWrongBlobIsFoundAlsoWhereNoLengthWasAnnounced() async throws {
        try await Self.failing(mentions: ["Git blob"], requests: 1) { _, _ in
            .init(headers: ["ETag": "\"\(Samples.gitBlob([1]))\""], body: Samples.large, hidesLength: true)
        }
    }

    @Test func aFileThatNothingCanTellFromACutOneIsRefused() async throws {
        try await Self.failing(mentions: ["neither the size nor a digest"], requests: 1) { _, _ in
            .init(headers: ["ETag": "\"x\""], body: Array(Samples.large.prefix(1000)), hidesLength: true)
        }
    }

    @Test func wrongDigestFromTheListOfFiles() async throws {
        let list =
            #"[{"type":"file","path":"fr/test/fr_FR-test-medium.onnx","size":130,"oid":"x","lfs":{"oid":"\#(Samples.sha256([1]))","size":200000}}]"#
        try await HubStandIn.run(
            trees: { _, _ in .init(body: Array(list.utf8)) },
            { asked, _ in asked.path.hasSuffix(".json") ? .small(Samples.small) : .init(body: Samples.large) }
        ) { hub in
            await (try TestStore(hub.endpoint)).expectFailure(.upstreamError, mentions: "SHA-256")
        }
    }

    @Test func sizesWhoseSumIsTooLargeForANumber() async throws {
        let list =
            #"[{"path":"fr/test/fr_FR-test-medium.onnx","size":9223372036854775807},{"path":"fr/test/fr_FR-test-medium.onnx.json","size":9223372036854775807}]"#
        try await HubStandIn.run(
            trees: { _, _ in .init(body: Array(list.utf8)) }, { _, _ in .small(Samples.small) }
        ) { hub in
            await (try TestStore(hub.endpoint)).expectFailure(
                .upstreamError, mentions: "bytes instead of 9223372036854775807")
        }
    }

    @Test func nothingOfAWrongFileStays() async throws {
        let headers = ["ETag": "\"\(Samples.gitBlob([1]))\""]
        try await HubStandIn.run({ _, _ in .init(headers: headers, body: Samples.large) }) { hub in
            let test = try TestStore(hub.endpoint)
            await test.expectFailure(.upstreamError)
            let left = try FileManager.default.contentsOfDirectory(
                atPath: test.incomplete.appending(path: "\(TestStore.voice)/rhasspy--piper-voices").path)
            #expect(left.isEmpty)
        }
    }

    @Test(arguments: [401, 403]) func aGatedModelAsksForAToken(_ status: Int) async throws {
        try await Self.failing(mentions: ["HF_TOKEN", "gated or private"], requests: 1) { _, _ in .status(status) }
        try await Self.failing(mentions: ["does not open it"], token: "hf_other") { _, _ in .status(status) }
    }

    @Test func aMirrorThatRefusesUserAndPassword() async throws {
        try await HubStandIn.run({ _, _ in .status(401) }) { hub in
            let endpoint = hub.endpoint.replacing("http://", with: "http://me:geheim@")
            await (try TestStore(endpoint, token: "hf_other")).expectFailure(
                .upstreamError, mentions: "the user and the password in HF_ENDPOINT do not open it")
        }
    }

    @Test func aMissingModelIsNamed() async throws {
        try await Self.failing(.notFound, mentions: ["HTTP 404", "HF_ENDPOINT"], requests: 1) { _, _ in .status(404) }
    }

    @Test(arguments: [429, 503]) func givesUpAtLast(_ status: Int) async throws {
        try await Self.failing(mentions: ["HTTP \(status)", "3 attempts"], requests: 3) { _, _ in .status(status) }
    }

    @Test func aSourceThatAlwaysBreaksOffIsGivenUp() async throws {
        try await Self.failing(mentions: ["HTTPS_PROXY"]) { _, _ in .init(body: Samples.large, cutAfter: 0) }
    }

    @Test func redirectsInCirclesAreGivenUp() async throws {
        try await Self.failing(mentions: ["circles"]) { asked, _ in .status(302, ["Location": asked.path]) }
    }

    @Test func redirectsToAPortThatIsNone() async throws {
        try await Self.failing(mentions: ["an address that is none"]) { _, _ in
            .status(302, ["Location": "http://127.0.0.1:99999/x"])
        }
    }

    @Test func moreThanTheDiskHolds() async throws {
        try await Self.failing(.storageFull, mentions: ["is full", "9000 TB"]) { _, _ in
            .init(body: Samples.large, declaredLength: 9_000_000_000_000_000)
        }
    }

    @Test func aDiskThatIsFullIsNamed() {
        let full = HubErrors.cannotWrite(
            URL(filePath: "/data"), cause: NSError(domain: NSPOSIXErrorDomain, code: Int(ENOSPC)))
        #expect(full.message.contains("is full") && full.message.contains("JARVIS_DATA_DIR"))
        let wrapped = NSError(
            domain: NSCocoaErrorDomain, code: 512,
            userInfo: [NSUnderlyingErrorKey: NSError(domain: NSPOSIXErrorDomain, code: Int(EDQUOT))])
        #expect(HubErrors.isDiskFull(wrapped))
        // What Foundation really throws.
        let error = #expect(throws: (any Error).self) {
            try FileHandle(forWritingTo: URL(filePath: "/dev/full")).write(contentsOf: Data([1]))
        }
        #expect(error.map(HubErrors.isDiskFull) == true)
        #expect(!HubErrors.isDiskFull(NSError(domain: NSPOSIXErrorDomain, code: Int(EACCES))))
    }

    @Test func offlineModeIsNamed() async throws {
        let test = try TestStore(environment: ["HF_HUB_OFFLINE": "1"])
        await test.expectFailure(.upstreamError, mentions: "HF_HUB_OFFLINE")
        #expect(await test.store.isHubReachable(timeout: .seconds(1)) == false)
    }

    @Test func aPortWhereNobodyListensIsNamed() async throws {
        let test = try TestStore("http://127.0.0.1:1")
        await test.expectFailure(.upstreamError, mentions: "127.0.0.1", "mirror")
        #expect(await test.store.isHubReachable(timeout: .seconds(5)) == false)
    }

    @Test func addressThatIsNone() async throws {
        let test = try TestStore("not an address")
        await test.expectFailure(.invalidRequest, mentions: "HF_ENDPOINT")
    }

    @Test func directoryThatCannotBeWritten() async throws {
        let test = try TestStore()
        try FileManager.default.createDirectory(at: test.root, withIntermediateDirectories: true)
        try Data().write(to: test.root.appending(path: "models"))
        let error = await #expect(throws: ServiceError.self) { try await test.pull() }
        #expect(error?.code == .internal && error?.message.contains("JARVIS_DATA_DIR") == true)
    }
}
