import Foundation
import Testing

/// Who imports whom, read from the sources: what docs/architecture.md says of the rooms holds.
@Suite(.timeLimit(.minutes(5))) struct ModuleBoundaryTests {
    private static let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources")

    /// The modules that the files below a folder of `Sources` import, by file.
    private static func imports(of target: String) throws -> [(file: String, module: String)] {
        let folder = sources.appending(path: target)
        let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        let files = paths.filter { $0.hasSuffix(".swift") }
        try #require(!files.isEmpty, "\(target) has no sources.")
        return try files.flatMap { file in
            let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
            let lines = text.matches(
                of:
                    /(?m)^(?:@\w+ )?(?:(?:public|package|internal|fileprivate|private) )?import (?:(?:struct|class|enum|protocol|func|var|let|typealias) )?(\w+)/
            )
            return lines.map { (file, String($0.output.1)) }
        }
    }

    private static let domains = ["LanguageModels", "SpeechToText", "TextToSpeech", "Embeddings"]
    private static let doors = ["BridgeServer"]
    private static let targets =
        FileManager.default.enumerator(
            at: sources, includingPropertiesForKeys: nil, options: .skipsSubdirectoryDescendants)?
        .compactMap { ($0 as? URL)?.lastPathComponent } ?? []
    private static let cModules = targets.filter { $0.wholeMatch(of: /C[A-Z]\w+/) != nil }

    /// The modules of this package and the libraries that a target may not import.
    private static func forbidden(to target: String) -> Set<String> {
        let all = Set(targets + ["Hummingbird", "HummingbirdCore"])
        switch target {
        case _ where domains.contains(target):
            return Set(domains + doors + cModules + ["BridgeRuntime", "ModelStore", "Hummingbird", "JarvisBridges"])
                .subtracting([target])
        case "BridgeRuntime": return Set(doors + cModules + ["Hummingbird", "NIOHTTP1", "HTTPTypes", "JarvisBridges"])
        case _ where doors.contains(target):
            return Set(doors + cModules + ["OnnxRuntime", "EspeakNG", "JarvisBridges"]).subtracting([target])
        case "JarvisBridges": return Set(cModules + ["Hummingbird", "NIOHTTP1"])
        case "BridgeSupport": return all.subtracting(["BridgeSupport", "CZlib"])
        case "Tokenizers": return all.subtracting(["Tokenizers", "BridgeSupport"])
        case "WorkScheduling": return all.subtracting(["WorkScheduling", "BridgeSupport"])
        case "OnnxRuntime": return all.subtracting(["OnnxRuntime", "COnnxRuntime", "WorkScheduling"])
        case "Audio": return all.subtracting(["Audio", "BridgeSupport", "WorkScheduling", "CSoxr", "CKissFFT"])
        case "ModelStore": return Set(domains + doors + cModules + ["BridgeRuntime", "OnnxRuntime", "Hummingbird"])
        default: return []
        }
    }

    @Test(
        arguments: domains + doors + [
            "BridgeRuntime", "JarvisBridges", "BridgeSupport", "Tokenizers", "WorkScheduling", "OnnxRuntime", "Audio",
            "ModelStore",
        ])
    func aModuleImportsOnlyWhatItMay(_ target: String) throws {
        let forbidden = Self.forbidden(to: target)
        let wrong = try Self.imports(of: target).filter { forbidden.contains($0.module) }
        #expect(wrong.isEmpty, "\(target): \(wrong.map { "\($0.file) imports \($0.module)" }.joined(separator: ", "))")
    }

    /// The other commands work without the HTTP door.
    @Test func onlyServeUsesTheHTTPDoor() throws {
        let files = try Self.imports(of: "JarvisBridges").filter { Self.doors.contains($0.module) }.map(\.file)
        #expect(files == ["ServeCommand.swift"])
    }

    /// The engine's C interface and foreign C stay behind one module each.
    @Test(arguments: [
        "COnnxRuntime": "OnnxRuntime", "CSoxr": "Audio", "CKissFFT": "Audio", "CZlib": "BridgeSupport",
        "CEspeakNG": "EspeakWorker", "CSonic": "EspeakWorker",
    ])
    func aCModuleHasOneDoor(_ module: String, _ owner: String) throws {
        let users = try Self.targets.filter { target in
            guard !Self.cModules.contains(target) else { return false }
            return try Self.imports(of: target).contains { $0.module == module }
        }
        #expect(users == [owner])
    }
}
