import Foundation
import Testing

/// Who imports whom, read from the sources and from Package.swift: what docs/architecture.md says of the rooms holds.
@Suite(.timeLimit(.minutes(5))) struct ModuleBoundaryTests {
    /// What each target may import beside the modules of the toolchain. Adding to it changes the graph.
    private static let allowed = [
        "BridgeSupport": "CZlib",
        "WorkScheduling": "BridgeSupport DequeModule",
        "Redis": "CHiredis BridgeSupport DequeModule Logging NIOCore NIOPosix NIOSSL",
        "OTLPTracing":
            """
        BridgeSupport WorkScheduling AsyncHTTPClient DequeModule Logging NIOCore NIOFoundationCompat NIOHTTP1 NIOPosix \
        NIOSSL Tracing
        """,
        "OnnxRuntime": "COnnxRuntime WorkScheduling",
        "EspeakProtocol": "",
        "EspeakNG": "EspeakProtocol BridgeSupport WorkScheduling DequeModule",
        "EspeakWorker": "EspeakProtocol CEspeakNG CSonic",
        "Audio": "CSoxr CKissFFT BridgeSupport WorkScheduling AsyncAlgorithms Subprocess SystemPackage",
        "Tokenizers": "BridgeSupport HeapModule",
        "OnnxGraph": "BridgeSupport SwiftProtobuf",
        "SpokenText": "",

        "Embeddings": "\(domain) OnnxRuntime OnnxGraph Tokenizers Redis Crypto",
        "SpeechToText": "\(domain) OnnxRuntime OnnxGraph Audio Tokenizers SpokenText",
        "TextToSpeech": "\(domain) OnnxRuntime Audio EspeakNG EspeakProtocol SpokenText",
        "LanguageModels": "\(domain) AsyncHTTPClient DequeModule NIOCore NIOFoundationCompat NIOHTTP1 ServiceLifecycle",
        "ModelStore":
            "\(domain) AsyncHTTPClient NIOCore NIOFoundationCompat NIOHTTP1 NIOPosix Crypto Subprocess SystemPackage",

        "BridgeRuntime":
            """
        \(domain) \(domains) ModelStore OnnxRuntime EspeakNG Redis OTLPTracing SpokenText CMalloc CoreMetrics Crypto \
        ServiceLifecycle Tracing UnixSignals Yams
        """,
        "BridgeServer": """
        \(domain) \(domains) BridgeRuntime ModelStore Audio SpokenText CoreMetrics Hummingbird HummingbirdCore HTTPTypes \
        NIOCore \
        NIOFoundationCompat NIOHTTP1 NIOHTTPTypes NIOHTTPTypesHTTP1 ServiceLifecycle Yams
        """,
        "JarvisBridges": """
        BridgeSupport \(domains) BridgeRuntime BridgeServer ModelStore OnnxRuntime Audio EspeakNG SpokenText Logging \
        ArgumentParser AsyncHTTPClient NIOCore NIOHTTP1 Subprocess SystemPackage UnixSignals
        """,
        "BridgeTesting": """
        \(domain) \(domains) BridgeRuntime ModelStore OnnxRuntime Audio Tokenizers Hummingbird HTTPTypes NIOCore \
        NIOHTTP1 NIOPosix InMemoryLogging ServiceLifecycle Crypto
        """,
    ].mapValues(words)

    private static let domain = "BridgeSupport WorkScheduling Logging"
    private static let domains = "LanguageModels SpeechToText TextToSpeech Embeddings"

    /// What the tests of a module may import beside that module, all that it may import itself, and `BridgeTesting`.
    private static let allowedToTests = [
        "RedisTests": "InMemoryLogging",
        "OTLPTracingTests": "InMemoryLogging",
        "OnnxRuntimeTests": "BridgeSupport",
        "EmbeddingsTests": "ModelStore InMemoryLogging",
        "SpeechToTextTests": "ModelStore",
        "LanguageModelsTests": "NIOEmbedded NIOPosix",
        "ModelStoreTests": "BridgeRuntime",
        "BridgeRuntimeTests": "InMemoryLogging",
        "BridgeServerTests": "InMemoryLogging AsyncHTTPClient NIOEmbedded NIOPosix",
        "EndToEndTests": "AsyncHTTPClient NIOCore NIOFoundationCompat NIOHTTP1",
    ].mapValues(words)

    private static let toolchain = words("Dispatch Foundation FoundationEssentials Glibc Synchronization Testing")

    private static func words(_ text: String) -> Set<String> { Set(text.split(separator: " ").map(String.init)) }

    /// The targets of a folder that hold Swift, with the modules that their files import, by file.
    private static func imports(in folder: String) throws -> [String: [(file: String, module: String)]] {
        let importLine =
            /(?:@\w+ )*(?:(?:public|package|internal|fileprivate|private) )?import (?:(?:struct|class|enum|protocol|func|var|let|typealias) )?(\w+)/
        return try SourceFiles.all(in: folder).reduce(into: [:]) { found, source in
            let (file, text) = source
            let target = String(file.prefix { $0 != "/" })
            found[target, default: []] += []
            // A regular expression is too slow for all 60,000 lines.
            for line in text.split(separator: "\n") where line.utf8.first.map(startsImports.contains) == true {
                guard let match = line.prefixMatch(of: importLine) else { continue }
                found[target, default: []].append((file, String(match.output.1)))
            }
        }
    }

    private static let startsImports = Set("@ipf".utf8)

    /// The dependencies of each target that Package.swift declares.
    private static func declared() throws -> [String: Set<String>] {
        let text = try String(contentsOf: SourceFiles.package.appending(path: "Package.swift"), encoding: .utf8)
        let products = text.matches(of: /let (\w+) = Target\.Dependency\.product\(name: "(\w+)"/)
            .reduce(into: [:]) { $0[String($1.output.1)] = String($1.output.2) }
        let targets = text.matches(
            of: /\.(?:target|executableTarget|testTarget)\(\s*name: "(\w+)",(?:\s*dependencies: \[([^\]]*)\])?/)
        return try targets.reduce(into: [:]) { found, target in
            let names = (target.output.2 ?? "").matches(of: /"?\w+"?/).map { String($0.output) }
            found[String(target.output.1)] = try Set(
                names.map { $0.hasPrefix("\"") ? String($0.dropFirst().dropLast()) : try #require(products[$0]) })
        }
    }

    private static func mayImport(_ target: String) throws -> Set<String> {
        guard target.hasSuffix("Tests") else {
            return try #require(allowed[target], "Nobody says what \(target) may import.")
        }
        let tested = String(target.dropLast("Tests".count))
        return (allowed[tested] ?? []).union([tested, "BridgeTesting"]).union(allowedToTests[target] ?? [])
    }

    @Test(arguments: ["Sources", "Tests"])
    func aTargetDeclaresWhatItImportsAndImportsOnlyWhatItMay(_ folder: String) throws {
        let declared = try Self.declared()
        let targets = try Self.imports(in: folder)
        #expect(targets.count > 12)
        for (target, imports) in targets {
            let imported = Set(imports.map(\.module)).subtracting(Self.toolchain).subtracting([target])
            #expect(declared[target] == imported, "\(target) declares other modules than it imports.")
            let strange = imported.subtracting(try Self.mayImport(target))
            let wrong = imports.filter { strange.contains($0.module) }.map { "\($0.file) imports \($0.module)" }
            #expect(wrong.isEmpty, "\(wrong.joined(separator: ", "))")
        }
    }

    /// The other commands work without the HTTP door.
    @Test func onlyServeUsesTheHTTPDoor() throws {
        let imports = try Self.imports(in: "Sources")["JarvisBridges"] ?? []
        #expect(imports.filter { $0.module == "BridgeServer" }.map(\.file) == ["JarvisBridges/ServeCommand.swift"])
    }
}
