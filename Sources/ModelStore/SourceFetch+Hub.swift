import BridgeSupport
import Foundation

extension SourceFetch {
    func fetch(
        _ files: [ModelDescription.RemoteFile], from repository: String, revision: String, into workshop: inout Workshop
    ) async throws {
        // Small files first: a missing or gated repository is noticed before hundreds of megabytes have come.
        let isLarge = { (file: ModelDescription.RemoteFile) in
            [".onnx", ".safetensors", ".bin"].contains { file.path.hasSuffix($0) }
        }
        let ordered = files.sorted { !isLarge($0) && isLarge($1) }
        let listed = await listing(of: files, in: repository, workshop.manifest.revision ?? revision)
        let total = total(of: files, listed, workshop.manifest)
        for file in ordered where !workshop.has(file.destination) {
            // All files come from one commit, even if the branch moves during the download.
            let url = try store.client.url(
                repository: repository, revision: workshop.manifest.revision ?? revision, path: file.path)
            let content = ExpectedContent(
                size: file.sizeBytes ?? listed[file.path]?.size, sha256: file.sha256 ?? listed[file.path]?.sha256,
                md5: file.md5, gitBlob: listed[file.path]?.gitBlob)
            do {
                let result = try await download(
                    url, content, to: workshop.directory.appending(path: file.destination),
                    before: workshop.manifest.files.reduce(0) { $0 + $1.size }, total: total)
                workshop.fix(revision: result.commit)
                if !result.hadDigest { warn(of: file, result.digests.size) }
                try workshop.note(file.destination, result.digests, source: url.absoluteString)
            } catch let error as ServiceError where file.optional && error.isMissingFile {
                continue
            }
        }
    }

    /// The hub's data about files that the catalogue does not describe, by path; empty if the hub lacks the list.
    private func listing(
        of files: [ModelDescription.RemoteFile], in repository: String, _ revision: String
    ) async -> [String: ExpectedContent] {
        guard files.contains(where: { $0.sizeBytes == nil }) else { return [:] }
        return await attempt(within: .seconds(10), on: store.clock) { [client = store.client] in
            try await client.listing(repository: repository, revision: revision)
        } ?? [:]
    }

    /// Bytes of the whole model; nil if a file's size is unknown, or the sum makes no sense.
    private func total(
        of files: [ModelDescription.RemoteFile], _ listed: [String: ExpectedContent], _ manifest: Manifest
    ) -> Int64? {
        var sizes: [Int64] = []
        for file in files {
            if let size = file.sizeBytes ?? listed[file.path]?.size ?? manifest.file(file.destination)?.size {
                sizes.append(size)
            } else if !file.optional {
                return nil
            }
        }
        return FileTools.sum(sizes)
    }

    private func warn(of file: ModelDescription.RemoteFile, _ size: Int64) {
        progress(
            PullProgress(
                file: file.destination, completed: size, total: nil,
                warning: "the hub gave no digest of \(file.path), so only its size was checked"))
    }
}
