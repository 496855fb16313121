import AsyncHTTPClient
import BridgeSupport
import Foundation
import NIOCore
import NIOHTTP1

extension HubClient {
    /// The files of a repository that is to be imported.
    ///
    /// - Throws: `ServiceError` when the hub has no such repository, or gives no list.
    func files(of repository: String) async throws -> [String: ExpectedContent] {
        let what = "the list of files of hub:\(repository)"
        let files = try await asking(for: what) { try await listing(repository: repository, revision: "main") }
        guard !files.isEmpty else {
            throw ServiceError(
                .upstreamError,
                "\(settings.endpoint) gives no list of files of \(repository): it has no such repository, or it is a mirror without lists. Check the name, or fetch the files into a folder by hand and import that."
            )
        }
        return files
    }

    /// The content of a small file.
    func content(of path: String, in repository: String) async throws -> [UInt8] {
        let url = try url(repository: repository, revision: "main", path: path)
        return try await asking(for: path) {
            let answer = try await get(url)
            let status = Int(answer.response.status.code)
            guard status == 200 else {
                throw HubErrors.refused(status, url, model: "hub:\(repository)", settings: settings)
            }
            return Array(buffer: try await answer.response.body.collect(upTo: ModelOffer.largestSmallFile))
        }
    }

    /// - Throws: `ServiceError` for any failure of the connection.
    private func asking<Result>(for what: String, _ ask: () async throws -> Result) async throws -> Result {
        do {
            return try await ask()
        } catch let error where error is ServiceError || error is CancellationError {
            throw error
        } catch {
            try Task.checkCancellation()
            throw HubErrors.noAnswer(what, settings: settings, cause: error)
        }
    }
}

extension ModelOffer {
    /// Configurations and indices are far smaller; what is larger is something else under their name.
    static let largestSmallFile = 16 << 20
}
