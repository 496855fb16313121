import AsyncHTTPClient
import BridgeSupport
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import WorkScheduling

/// Downloads one file: resumed, retried and verified.
struct FileDownload: Sendable {
    /// Kept beside a `.part` file, to know whether it may be continued.
    private struct State: Codable, Equatable {
        /// nil if the source gave none; a digest known beforehand then decides alone.
        var etag: String?
        var digest: String?
    }

    struct Result: Sendable {
        var digests: ContentDigests
        /// The commit that the hub served the file from.
        var commit: String?
        /// False if the source announced no digest at all.
        var hadDigest: Bool
    }

    let hub: HubClient
    let url: URL
    let model: String
    /// What the catalogue and the hub's list of files say; the answer's headers add to it.
    let expected: ExpectedContent
    let destination: URL
    let retry: RetryPolicy
    /// Measures the pauses between attempts.
    let clock: any Clock<Duration>
    /// Bytes of this file that have come, and its size if known.
    let progress: @Sendable (Int64, Int64?) -> Void
    /// A sentence on why it waits before the next attempt.
    let pausing: @Sendable (String) -> Void

    private var part: URL { destination.appendingPathExtension("part") }
    private var stateFile: URL { destination.appendingPathExtension("part.json") }

    /// - Throws: `ServiceError` saying what to do, or `CancellationError`; what has come by then stays as a
    ///   `.part` file for the next attempt.
    func run() async throws -> Result {
        var failures = 0
        while true {
            let before = FileTools.size(of: part) ?? 0
            do {
                return try await attempt()
            } catch let error as ServiceError {
                throw error
            } catch {
                try Task.checkCancellation()
                if error is CancellationError { throw error }
                if let refusal = HubErrors.refusedByProxy(error, url) { throw refusal }
                if HubErrors.isOfFiles(error) {
                    throw HubErrors.cannotWrite(destination.deletingLastPathComponent(), cause: error)
                }
                // An attempt that brought something resets the count: a bad line is slow, but not hopeless.
                failures = (FileTools.size(of: part) ?? 0) > before ? 1 : failures + 1
                guard failures < retry.attempts else {
                    throw HubErrors.gaveUp(
                        url, model: model, attempts: failures, settings: hub.settings, cause: error)
                }
                let retryAfter = (error as? TransientFailure)?.retryAfter
                let pause = retry.pause(afterFailure: failures, retryAfter: retryAfter)
                pausing(HubErrors.pause(url, error, for: pause, attempt: failures + 1, of: retry.attempts))
                try await clock.sleep(for: pause)
            }
        }
    }

    private func attempt() async throws -> Result {
        let kept = keptPart()
        var headers = HTTPHeaders()
        if let kept {
            headers.add(name: "range", value: "bytes=\(kept.size)-")
            if let etag = kept.state.etag { headers.add(name: "if-range", value: etag) }
        }
        let answer = try await hub.get(url, headers: headers)
        let status = Int(answer.response.status.code)
        if status == 416 {
            discard()
            throw TransientFailure(reason: "it does not continue the part that was here; starting again")
        }
        try check(status, answer)
        let announced = try announcement(answer, resumedAt: status == 206 ? kept?.size : nil)
        guard announced.hasDigest || announced.size != nil else { throw HubErrors.uncheckable(url, model: model) }
        let etag = answer.response.headers.first(name: "etag")
        let state = etag != nil || expected.sha256 != nil ? State(etag: etag, digest: announced.sha256) : nil
        // The digest decides even if a host answers 206 without having looked at If-Range.
        if status == 206, let kept, state != nil, state != kept.state {
            discard()
            throw TransientFailure(reason: "the file has changed; starting again")
        }
        try checkSpace(for: announced, alreadyHere: status == 206 ? kept?.size ?? 0 : 0)
        let digests = try await receive(answer.response, announced, state: state, resume: status == 206)
        return try finish(digests, announced, of: answer, resumed: status == 206)
    }

    /// The part on disk, if the source gave a strong ETag for it, or gave none while the digest was known beforehand.
    private func keptPart() -> (size: Int64, state: State)? {
        guard let size = FileTools.size(of: part), size > 0, let data = try? Data(contentsOf: stateFile),
            let state = try? JSONNode(parsing: [UInt8](data)).decode(State.self),
            state.etag?.hasPrefix("\"") ?? (expected.sha256 != nil)
        else { return nil }
        return (size, state)
    }

    private func discard() {
        try? FileManager.default.removeItem(at: part)
        try? FileManager.default.removeItem(at: stateFile)
    }

    private func check(_ status: Int, _ answer: HubClient.Answer) throws {
        if status == 200 || status == 206 { return }
        guard status == 408 || status == 429 || status >= 500 else {
            throw HubErrors.refused(status, url, model: model, settings: hub.settings)
        }
        throw TransientFailure(
            reason: status == 429 ? "it answers that too much was asked of it (HTTP 429)" : "it answers HTTP \(status)",
            retryAfter: answer.response.headers.first(name: "retry-after").flatMap { retry.wait(retryAfter: $0) })
    }

    /// The catalogue takes precedence over the hub.
    private func announcement(_ answer: HubClient.Answer, resumedAt offset: Int64?) throws -> ExpectedContent {
        var content = expected
        let linked = answer.origin.first(name: "x-linked-etag")
        let tag = linked ?? (answer.originStatus < 300 ? answer.origin.first(name: "etag") : nil)
        let bare = (tag ?? "").split(separator: "\"").last(where: { $0 != "W/" }).map(String.init)
        content.sha256 = content.sha256 ?? statedDigest(bare, digits: 64)
        content.gitBlob = content.gitBlob ?? statedDigest(bare, digits: 40)
        func size(_ text: (some StringProtocol)?) -> Int64? { statedSize(text.flatMap { Int64($0) }) }
        let body = size(answer.response.headers.first(name: "content-length"))
        var sizes = [size(answer.origin.first(name: "x-linked-size"))]
        if let offset {
            let range = answer.response.headers.first(name: "content-range") ?? ""
            guard range.hasPrefix("bytes \(offset)-") else {
                discard()
                throw TransientFailure(reason: "it continues elsewhere than was asked; starting again")
            }
            sizes.append(size(range.split(separator: "/").last) ?? body.flatMap { FileTools.sum([$0, offset]) })
        } else {
            sizes.append(body)
        }
        for size in sizes.compactMap({ $0 }) {
            if let known = content.size, known != size {
                discard()
                throw HubErrors.damaged(
                    url.lastPathComponent, model: model, reason: "it has \(size) bytes instead of \(known)")
            }
            content.size = size
        }
        return content
    }

    private func checkSpace(for content: ExpectedContent, alreadyHere: Int64) throws {
        let directory = destination.deletingLastPathComponent()
        guard let size = content.size, let free = FileTools.freeSpace(at: directory) else { return }
        if size - alreadyHere > free { throw HubErrors.diskFull(directory, needed: size - alreadyHere, free: free) }
    }

    private func receive(
        _ response: HTTPClientResponse, _ content: ExpectedContent, state: State?, resume: Bool
    ) async throws -> ContentDigests {
        var hasher = ContentHasher(expectedSize: content.size)
        if resume {
            hasher = try await aside { [part, hasher] in try Self.hash(part, into: hasher) }
        } else {
            discard()
            guard FileManager.default.createFile(atPath: part.path, contents: nil) else {
                throw CocoaError(.fileWriteUnknown)
            }
            if let state { try JSONEncoder().encode(state).write(to: stateFile, options: .atomic) }
        }
        let handle = try FileHandle(forWritingTo: part)
        defer { try? handle.close() }
        var here = try Int64(handle.seekToEnd())
        progress(here, content.size)
        for try await buffer in response.body {
            try Task.checkCancellation()
            let data = Data(buffer: buffer)
            here += Int64(data.count)
            if let size = content.size, here > size { break }
            try handle.write(contentsOf: data)
            hasher.update(data)
            progress(here, content.size)
        }
        if let size = content.size, here < size { throw TransientFailure(reason: "the connection broke off") }
        let digests = hasher.finish()
        guard content.gitBlob != nil, digests.gitBlob == nil else { return digests }
        // Git hashes the size before the content, and the size was not known.
        return try await aside { [part] in try ContentHasher.digests(of: part) }
    }

    private static func hash(_ file: URL, into hasher: ContentHasher) throws -> ContentHasher {
        var hasher = hasher
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }
        while let chunk = try handle.read(upToCount: 1 << 20), !chunk.isEmpty { hasher.update(chunk) }
        return hasher
    }

    private func finish(
        _ digests: ContentDigests, _ content: ExpectedContent, of answer: HubClient.Answer, resumed: Bool
    ) throws -> Result {
        if let reason = content.mismatch(with: digests) {
            discard()
            // The first half may belong to an older file that a careless host combined with a newer one.
            if resumed { throw TransientFailure(reason: "the continued part did not fit; starting again") }
            throw HubErrors.damaged(url.lastPathComponent, model: model, reason: reason)
        }
        try FileTools.synchronize(part)
        try? FileManager.default.removeItem(at: destination)
        try FileManager.default.moveItem(at: part, to: destination)
        try? FileManager.default.removeItem(at: stateFile)
        let commit = answer.origin.first(name: "x-repo-commit").flatMap { isHexadecimal($0, digits: 40) ? $0 : nil }
        return Result(digests: digests, commit: commit, hadDigest: content.hasDigest)
    }
}
