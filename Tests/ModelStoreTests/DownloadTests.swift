import BridgeSupport
import BridgeTesting
import Foundation
import Synchronization
import Testing

@testable import ModelStore

/// Downloads of a voice of two files, a large one and a small one, from a stand-in of the hub.
@Suite(.timeLimit(.minutes(5))) struct DownloadTests {
    static let etag = "\"content-1\""

    /// The small file is always well; the large one is the test's.
    static func hub<Result: Sendable>(
        large: @escaping HubStandIn.Handler, _ body: @Sendable (HubStandIn) async throws -> Result
    ) async throws -> Result {
        try await HubStandIn.run(
            { asked, earlier in
                asked.path.hasSuffix(".json") ? .small(Samples.small) : await large(asked, earlier)
            }, body)
    }

    static let large = "\(TestStore.voice)/\(TestStore.voice).onnx"

    @Test func pullsBothFilesAndNotesWhereTheyCameFrom() async throws {
        try await Self.hub(large: { asked, _ in
            .file(Samples.large, etag: "\"\(Samples.gitBlob(Samples.large))\"", asked: asked)
        }) { hub in
            let test = try TestStore(hub.endpoint)
            let seen = Mutex<[PullProgress]>([])
            let model = try await test.store.pull(TestStore.voice) { report in seen.withLock { $0.append(report) } }
            #expect(model.service == .tts && model.sizeBytes == Int64(Samples.large.count + Samples.small.count))
            #expect(test.file(Self.large) == Samples.large)
            #expect(seen.withLock { $0.last?.completed } == model.sizeBytes)
            let manifest = try #require(Manifest.read(in: model.directory))
            #expect(manifest.revision == Samples.commit)
            #expect(model.source == "hub:rhasspy/piper-voices@\(Samples.commit)")
            #expect(manifest.file("\(TestStore.voice).onnx")?.sha256 == Samples.sha256(Samples.large))
            #expect(try test.store.installed() == [model])
            // The second file comes from the commit of the first, whatever the branch has become.
            #expect(hub.asked(".onnx").first?.path.contains("/resolve/\(Samples.commit)/") == true)
            let requests = hub.asked.count
            #expect(try await test.pull() == model)
            #expect(hub.asked.count == requests, "an installed model asks nobody")
        }
    }

    @Test func aBlobIsCheckedAlsoWhereNoLengthIsAnnounced() async throws {
        let reply = HubStandIn.Reply(
            headers: ["ETag": "\"\(Samples.gitBlob(Samples.large))\""], body: Samples.large, hidesLength: true)
        try await Self.hub(large: { _, _ in reply }) { hub in
            let test = try TestStore(hub.endpoint)
            _ = try await test.pull()
            #expect(test.file(Self.large) == Samples.large)
        }
    }

    @Test func saysWhereOnlyTheSizeWasChecked() async throws {
        try await Self.hub(large: { asked, _ in .file(Samples.large, etag: Self.etag, asked: asked) }) { hub in
            let test = try TestStore(hub.endpoint)
            let warnings = Mutex<[String]>([])
            _ = try await test.store.pull(TestStore.voice) { report in
                warnings.withLock { $0 += [report.warning].compactMap(\.self) }
            }
            #expect(
                warnings.withLock { $0 } == [
                    "the hub gave no digest of fr/test/\(TestStore.voice).onnx, so only its size was checked"
                ])
        }
    }

    @Test func theSizeOfTheWholeIsKnownBeforehandWhereTheHubListsItsFiles() async throws {
        let (large, small) = (Samples.large.count, Samples.small.count)
        let list = Array(
            """
            [{"type":"directory","path":"fr"},
             {"type":"file","path":"fr/test/\(TestStore.voice).onnx","size":130,"lfs":{"oid":"\(Samples.sha256(Samples.large))","size":\(large)}},
             {"type":"file","path":"fr/test/\(TestStore.voice).onnx.json","size":\(small),"oid":"\(Samples.gitBlob(Samples.small))"}]
            """.utf8)
        try await HubStandIn.run(
            trees: { _, _ in .init(body: list) },
            { asked, _ in .init(body: asked.path.hasSuffix(".json") ? Samples.small : Samples.large) }
        ) { hub in
            let test = try TestStore(hub.endpoint)
            let seen = Mutex<[PullProgress]>([])
            _ = try await test.store.pull(TestStore.voice) { report in seen.withLock { $0.append(report) } }
            #expect(hub.asked.first?.path == "/api/models/rhasspy/piper-voices/tree/main")
            #expect(seen.withLock { Set($0.map(\.total)) } == [Int64(large + small)])
            // The list has the digests as well.
            #expect(seen.withLock { $0.allSatisfy { $0.warning == nil } })
        }
    }

    @Test func aMirrorsUserAndPasswordStayOutOfTheManifest() async throws {
        try await Self.hub(large: { _, _ in .small(Samples.large) }) { hub in
            let endpoint = hub.endpoint.replacing("http://", with: "http://me:pass%40word@")
            let test = try TestStore(environment: ["HF_ENDPOINT": endpoint])
            let model = try await test.pull()
            let manifest = try String(
                contentsOf: model.directory.appending(path: Manifest.fileName), encoding: .utf8)
            #expect(manifest.contains("\"source\" : \"\(hub.endpoint)/") && !manifest.contains("word"))
            let basic = "Basic \(Data("me:pass@word".utf8).base64EncodedString())"
            #expect(hub.asked.allSatisfy { $0["authorization"] == basic })
        }
    }

    @Test func aMirrorsUserAndPasswordComeBeforeTheToken() async throws {
        try await Self.hub(large: { _, _ in .small(Samples.large) }) { hub in
            let test = try TestStore(hub.endpoint.replacing("http://", with: "http://me:word@"), token: "hf_secret")
            _ = try await test.pull()
            let basic = "Basic \(Data("me:word".utf8).base64EncodedString())"
            #expect(hub.asked.allSatisfy { $0["authorization"] == basic })
        }
    }

    @Test func aListOfFilesIsReadWithCare() async throws {
        let list = """
            [{"path":"a","size":130,"lfs":{"oid":"\(Samples.sha256([1]).uppercased())","size":7}},
             {"path":"b","size":-5,"oid":"\(Samples.gitBlob([1]).uppercased())"}, {"path":"c","size":9,"lfs":{"oid":"x","size":-1}}]
            """
        try await HubStandIn.run(trees: { _, _ in .init(body: Array(list.utf8)) }, { _, _ in .status(404) }) { hub in
            let listing = try await TestStore(hub.endpoint).store.client.listing(repository: "x/y", revision: "main")
            #expect(listing["a"] == ExpectedContent(size: 7, sha256: Samples.sha256([1])))
            #expect(listing["b"] == ExpectedContent(gitBlob: Samples.gitBlob([1])))
            #expect(listing["c"] == ExpectedContent())
        }
    }

    @Test func aFileThatTheListLacksIsMerelyUnknown() async throws {
        let list = #"[{"path":"fr/test/\#(TestStore.voice).onnx.json","size":\#(Samples.small.count)}]"#
        try await HubStandIn.run(
            trees: { _, _ in .init(body: Array(list.utf8)) },
            { asked, _ in .small(asked.path.hasSuffix(".json") ? Samples.small : Samples.large) }
        ) { hub in
            let test = try TestStore(hub.endpoint)
            _ = try await test.pull()
            #expect(test.file(Self.large) == Samples.large)
        }
    }

    @Test func aSizeBelowZeroIsNoSize() async throws {
        try await Self.hub(large: { asked, earlier in
            var reply = HubStandIn.Reply.file(
                Samples.large, etag: Self.etag, asked: asked, cutAfter: earlier == 0 ? 70_000 : nil)
            reply.headers["X-Linked-Size"] = earlier == 0 ? "-5" : "\(Int64.min)"
            if let range = reply.headers["Content-Range"] {
                reply.headers["Content-Range"] = range.replacing("/200000", with: "/-5")
            }
            return reply
        }) { hub in
            let test = try TestStore(hub.endpoint)
            _ = try await test.pull()
            #expect(test.file(Self.large) == Samples.large)
            #expect(hub.asked(".onnx").count == 2)
        }
    }

    @Test func aLengthThatCannotBeAddedToTheOffsetIsNoSize() async throws {
        try await Self.hub(large: { asked, earlier in
            var reply = HubStandIn.Reply.file(
                Samples.large, etag: Self.etag, asked: asked, cutAfter: earlier == 0 ? 70_000 : nil)
            guard earlier == 1 else { return reply }
            reply.headers["Content-Range"] = reply.headers["Content-Range"]?.replacing("/200000", with: "/*")
            reply.declaredLength = .max
            reply.cutAfter = 1000
            return reply
        }) { hub in
            let test = try TestStore(hub.endpoint, models: [TestStore.voiceModel(md5: Samples.md5(Samples.large))])
            _ = try await test.pull()
            #expect(test.file(Self.large) == Samples.large)
            #expect(hub.asked(".onnx").count == 3)
        }
    }

    @Test func anUnknownIDIsLookedForInTheNewestListOfVoices() async throws {
        let list = """
            {"fr_FR-new-low": {"name": "new", "language": {"family": "fr", "name_native": "Français"}, "quality": "low",
              "files": {"a/fr_FR-new-low.onnx": {}, "a/fr_FR-new-low.onnx.json": {}}}}
            """
        try await HubStandIn.run({ asked, _ in
            .small(asked.path.hasSuffix("voices.json") ? Array(list.utf8) : Samples.small)
        }) { hub in
            let test = try TestStore(hub.endpoint)
            #expect(try await test.pull("fr_FR-new-low").service == .tts)
            let error = await #expect(throws: ServiceError.self) { try await test.pull("fr_FR-none-low") }
            #expect(error?.code == .modelNotFound && error?.message.contains("can be reached") == false)
        }
    }

    @Test func followsTheRedirectAndKeepsTheTokenAtHome() async throws {
        try await HubStandIn.run({ asked, _ in .file(Samples.large, etag: Self.etag, asked: asked) }) { content in
            try await Self.hub(large: { _, _ in .linked(Samples.large, at: "\(content.endpoint)/blob") }) { hub in
                let test = try TestStore(hub.endpoint, token: "hf_secret")
                _ = try await test.pull()
                #expect(test.file(Self.large) == Samples.large)
                #expect(hub.asked.allSatisfy { $0["authorization"] == "Bearer hf_secret" })
                #expect(content.asked.map { $0["authorization"] } == [nil])
            }
        }
    }

    @Test(arguments: [429, 503, 500, 408]) func aBusyHostIsAskedAgain(_ status: Int) async throws {
        try await Self.hub(large: { asked, earlier in
            earlier < 2 ? .status(status, ["Retry-After": "3600"]) : .file(Samples.large, etag: Self.etag, asked: asked)
        }) { hub in
            let test = try TestStore(hub.endpoint)
            _ = try await test.pull()
            #expect(hub.asked(".onnx").count == 3)
        }
    }

    @Test func aBusyHostIsAskedAgainWhenTheTimeHasPassedThatItNames() async throws {
        try await Self.hub(large: { asked, earlier in
            earlier == 0 ? .status(429, ["Retry-After": "60"]) : .file(Samples.large, etag: Self.etag, asked: asked)
        }) { hub in
            let (clock, pauses) = (ManualClock(), Watched(0))
            let test = try TestStore(hub.endpoint, retry: RetryPolicy(), clock: clock)
            async let model = test.store.pull(TestStore.voice) { report in
                if report.pause != nil { pauses.update { $0 += 1 } }
            }
            try await pauses.wait { $0 == 1 }
            try await clock.sleepers(atLeast: 1)
            clock.advance(by: .seconds(59))
            #expect(clock.sleeperCount == 1 && hub.asked(".onnx").count == 1)
            clock.advance(by: .seconds(1))
            _ = try await model
            #expect(hub.asked(".onnx").count == 2)
        }
    }

    @Test func aHostThatStaysBusyIsLeftAfterLongerAndLongerPauses() async throws {
        try await Self.hub(large: { _, _ in .status(503) }) { hub in
            let (clock, pauses) = (ManualClock(), Watched(0))
            let test = try TestStore(hub.endpoint, retry: RetryPolicy(), clock: clock)
            let pull = Task {
                try await test.store.pull(TestStore.voice) { report in
                    if report.pause != nil { pauses.update { $0 += 1 } }
                }
            }
            for (number, longest) in [1, 2, 4, 8].enumerated() {
                try await pauses.wait { $0 == number + 1 }
                try await clock.sleepers(atLeast: 1)
                clock.advance(by: .milliseconds(longest * 500 - 1))
                #expect(clock.sleeperCount == 1, "pause \(number)")
                clock.advance(by: .milliseconds(longest * 500 + 1))
            }
            let error = await #expect(throws: ServiceError.self) { try await pull.value }
            #expect(error?.code == .upstreamError)
            #expect(hub.asked(".onnx").count == 5)
        }
    }

    @Test func aCancelledDownloadNeverLooksWhole() async throws {
        try await Self.hub(large: { _, _ in
            .init(headers: ["ETag": Self.etag], body: Samples.large, cutAfter: 100_000, stalls: true)
        }) { hub in
            let test = try TestStore(hub.endpoint)
            let (arrivals, arrived) = AsyncStream.makeStream(of: Int64.self)
            let task = Task { try await test.store.pull(TestStore.voice) { arrived.yield($0.completed) } }
            for await bytes in arrivals where bytes > 50_000 { break }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try test.store.installed().isEmpty)
            #expect(try test.store.installedModel(TestStore.voice) == nil)
            #expect(!FileManager.default.fileExists(atPath: test.directory.appending(path: TestStore.voice).path))
            let part = test.incomplete.appending(
                path: "\(TestStore.voice)/rhasspy--piper-voices/\(TestStore.voice).onnx.part")
            #expect((FileTools.size(of: part) ?? 0) > 50_000, "what came stays for the next attempt")
        }
    }

    @Test func twoAtOnceDownloadOnce() async throws {
        let (gate, clock) = (Gate(), ManualClock())
        try await Self.hub(large: { asked, _ in
            try? await gate.pass()
            return .file(Samples.large, etag: Self.etag, asked: asked)
        }) { hub in
            let one = try TestStore(hub.endpoint)
            let two = try TestStore(hub.endpoint, sharing: one, clock: clock)
            let pauses = Mutex<[String]>([])
            let note: @Sendable (PullProgress) -> Void = { report in
                pauses.withLock { $0 += [report.pause].compactMap(\.self) }
            }
            async let first = one.store.pull(TestStore.voice, progress: note)
            try await gate.arrivals(atLeast: 1)
            async let second = two.store.pull(TestStore.voice, progress: note)
            try await clock.sleepers(atLeast: 1)
            gate.open()
            let model = try await first
            clock.advance(by: .milliseconds(200))
            #expect(try await second == model)
            #expect(hub.asked(".onnx").count == 1)
            #expect(pauses.withLock { $0 } == ["another process is at work on this model; waiting for it"])
        }
    }

    @Test func anIncompleteDirectoryIsReplaced() async throws {
        try await Self.hub(large: { asked, _ in .file(Samples.large, etag: Self.etag, asked: asked) }) { hub in
            let test = try TestStore(hub.endpoint)
            try test.write("half", to: Self.large)
            #expect(try test.store.installed().isEmpty)
            _ = try await test.pull()
            #expect(test.file(Self.large) == Samples.large)
        }
    }
}
