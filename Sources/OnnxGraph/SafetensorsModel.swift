package import BridgeSupport
package import Foundation

/// The weights of a model in `model.safetensors`, or in the files that `model.safetensors.index.json` names.
package struct SafetensorsModel {
    package static let wholeFile = "model.safetensors"
    package static let indexFile = "model.safetensors.index.json"

    package let files: [URL]
    /// By name, the file of each tensor, as its place among `files`, and where in it its data lie.
    package let tensors: [String: (file: Int, tensor: SafetensorsFile.Tensor)]

    /// The index of a model in several files, in a format of Hugging Face's transformers.
    private struct Index: Decodable {
        /// The file of each tensor.
        var weight_map: [String: String]
    }

    /// Whether files with these names hold weights in this format.
    package static func isHeld(by files: Set<String>) -> Bool { !files.isDisjoint(with: [wholeFile, indexFile]) }

    /// Reads the headers only.
    ///
    /// - Throws: `ServiceError` naming the file at fault.
    package init(readingHeadersIn directory: URL) throws(ServiceError) {
        files = try Self.files(in: directory)
        var tensors: [String: (file: Int, tensor: SafetensorsFile.Tensor)] = [:]
        for (index, url) in files.enumerated() {
            for (name, tensor) in try SafetensorsFile(readingHeaderOf: url).tensors { tensors[name] = (index, tensor) }
        }
        self.tensors = tensors
    }

    private static func files(in directory: URL) throws(ServiceError) -> [URL] {
        let index = directory.appending(path: indexFile)
        guard FileManager.default.fileExists(atPath: index.path(percentEncoded: false)) else {
            return [directory.appending(path: wholeFile)]
        }
        let names: Set<String>
        do {
            names = Set(try JSONNode(parsing: [UInt8](Data(contentsOf: index))).decode(Index.self).weight_map.values)
        } catch {
            throw conversionFailure(indexFile, "it is not the index of a model in several files", cause: error)
        }
        guard !names.isEmpty else { throw conversionFailure(indexFile, "its weight_map names no file") }
        var files: [URL] = []
        for name in names.sorted() {
            guard !name.contains("/"), !name.hasPrefix(".") else {
                throw conversionFailure(indexFile, "it names the file \"\(name)\", which is not in its own folder")
            }
            let file = directory.appending(path: name)
            guard FileManager.default.fileExists(atPath: file.path(percentEncoded: false)) else {
                throw conversionFailure(indexFile, "it names the file \"\(name)\", which is missing")
            }
            files.append(file)
        }
        return files
    }
}
