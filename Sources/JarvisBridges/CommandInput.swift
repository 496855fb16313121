import BridgeSupport
import Foundation

/// Standard input and files as the commands read and write them.
enum CommandInput {
    /// All of standard input as text.
    static func text() throws -> String {
        let data = try FileHandle.standardInput.readToEnd() ?? Data()
        guard let text = String(data: data, encoding: .utf8) else {
            throw ServiceError(.invalidRequest, "Standard input is not UTF-8 text.")
        }
        return text.trimmingCharacters(in: .newlines)
    }

    /// All of standard input.
    static func bytes() throws -> [UInt8] {
        [UInt8](try FileHandle.standardInput.readToEnd() ?? Data())
    }

    /// Writes a file in one step, so that an error leaves the old one; "-" is standard output.
    static func write(_ bytes: [UInt8], to path: String) throws {
        if path == "-" {
            FileHandle.standardOutput.write(Data(bytes))
            return
        }
        do {
            try Data(bytes).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw ServiceError(
                .invalidRequest,
                "\(path) could not be written: \(error.localizedDescription). Check that the folder exists and has room.",
                cause: error)
        }
    }
}
