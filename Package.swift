// swift-tools-version: 6.2
import PackageDescription

/// The boundaries that reviewers should not have to watch are held by the compiler.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// For modules that compute, or go through much text: their tests run optimised code, nearer to what users get, in a fraction of the
/// time. Assertions stay.
let computes: [SwiftSetting] = [.unsafeFlags(["-O", "-assert-config", "Debug"], .when(configuration: .debug))]

/// Modules that touch C memory also say so at each use.
let strictMemory: [SwiftSetting] = strict + [.strictMemorySafety()]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncAlgorithms = Target.Dependency.product(name: "AsyncAlgorithms", package: "swift-async-algorithms")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let inMemoryLogging = Target.Dependency.product(name: "InMemoryLogging", package: "swift-log")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioFoundationCompat = Target.Dependency.product(name: "NIOFoundationCompat", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioHTTPTypesHTTP1 = Target.Dependency.product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let coreMetrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let tracing = Target.Dependency.product(name: "Tracing", package: "swift-distributed-tracing")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "jarvis-bridges",
    platforms: [.macOS(.v26)],
    products: [
        .executable(name: "jarvis-bridges", targets: ["JarvisBridges"]),
        .executable(name: "jarvis-espeak", targets: ["EspeakWorker"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-async-algorithms", from: "1.1.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.1"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
    ],
    targets: [
        // MARK: C doors
        .target(name: "COnnxRuntime"),
        .systemLibrary(name: "CEspeakNG", pkgConfig: "espeak-ng", providers: [.apt(["libespeak-ng-dev"])]),
        .systemLibrary(name: "CSoxr", pkgConfig: "soxr", providers: [.apt(["libsoxr-dev"])]),
        .systemLibrary(name: "CKissFFT", providers: [.apt(["libkissfft-dev"])]),
        .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
        .systemLibrary(name: "CMalloc"),
        .systemLibrary(name: "CSonic", providers: [.apt(["libsonic-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        // MARK: Foundations
        .target(name: "BridgeSupport", dependencies: ["CZlib"], swiftSettings: strict),
        .target(name: "WorkScheduling", dependencies: ["BridgeSupport", deque], swiftSettings: strict),
        .target(
            name: "OnnxRuntime", dependencies: ["COnnxRuntime", "WorkScheduling"], swiftSettings: strictMemory),
        .target(name: "EspeakProtocol", swiftSettings: strictMemory),
        .target(
            name: "EspeakNG", dependencies: ["EspeakProtocol", "BridgeSupport", "WorkScheduling", deque],
            swiftSettings: strictMemory),
        .target(
            name: "Audio",
            dependencies: [
                "CSoxr", "CKissFFT", "BridgeSupport", "WorkScheduling", asyncAlgorithms, subprocess, systemPackage,
            ],
            swiftSettings: strictMemory + computes),

        .target(
            name: "Redis",
            dependencies: ["CHiredis", "BridgeSupport", deque, logging, nioCore, nioPosix, nioSSL],
            swiftSettings: strictMemory),
        .target(
            name: "OTLPTracing",
            dependencies: [
                "BridgeSupport", "WorkScheduling", asyncHTTPClient, deque, logging, nioCore, nioFoundationCompat,
                nioHTTP1,
                nioPosix, nioSSL, tracing,
            ],
            swiftSettings: strict),
        .target(name: "Tokenizers", dependencies: ["BridgeSupport", heap], swiftSettings: strict + computes),
        .target(name: "OnnxGraph", dependencies: ["BridgeSupport", protobuf], swiftSettings: strict),

        .target(name: "SpokenText", swiftSettings: strict + computes),

        // MARK: Domains
        .target(
            name: "Embeddings",
            dependencies: [
                "OnnxRuntime", "OnnxGraph", "Tokenizers", "Redis", "BridgeSupport", "WorkScheduling", crypto, logging,
            ],
            swiftSettings: strict),
        .target(
            name: "SpeechToText",
            dependencies: [
                "OnnxRuntime", "OnnxGraph", "Audio", "Tokenizers", "SpokenText", "BridgeSupport", "WorkScheduling",
                logging,
            ],
            swiftSettings: strict + computes),
        .target(
            name: "TextToSpeech",
            dependencies: [
                "OnnxRuntime", "Audio", "EspeakNG", "EspeakProtocol", "SpokenText", "BridgeSupport", "WorkScheduling",
                logging,
            ],
            swiftSettings: strict),
        .target(
            name: "LanguageModels",
            dependencies: [
                "BridgeSupport", "WorkScheduling", asyncHTTPClient, deque, nioCore, nioFoundationCompat, nioHTTP1,
                logging,
                serviceLifecycle,
            ],
            swiftSettings: strict),
        .target(
            name: "ModelStore",
            dependencies: [
                "BridgeSupport", "WorkScheduling", asyncHTTPClient, nioCore, nioPosix, nioFoundationCompat, nioHTTP1,
                crypto, subprocess,
                systemPackage, logging,
            ],
            resources: [.copy("Resources")],
            swiftSettings: strict),

        // MARK: Between domains and doors
        .target(
            name: "BridgeRuntime",
            dependencies: [
                "LanguageModels", "SpeechToText", "TextToSpeech", "Embeddings", "ModelStore", "OnnxRuntime",
                "EspeakNG", "Redis", "OTLPTracing", "SpokenText", "CMalloc", "BridgeSupport", "WorkScheduling",
                coreMetrics, crypto, logging, serviceLifecycle, tracing, unixSignals, yams,
            ],
            resources: [.copy("Resources")],
            swiftSettings: strict),

        // MARK: Doors and commands
        .target(
            name: "BridgeServer",
            dependencies: [
                "BridgeRuntime", "LanguageModels", "SpeechToText", "TextToSpeech", "Embeddings", "ModelStore", "Audio",
                "SpokenText", "BridgeSupport", "WorkScheduling", coreMetrics, hummingbird, hummingbirdCore, httpTypes,
                logging, serviceLifecycle,
                nioCore, nioFoundationCompat, nioHTTP1, nioHTTPTypes, nioHTTPTypesHTTP1, yams,
            ],
            resources: [.copy("Resources")],
            swiftSettings: strict),
        .executableTarget(
            name: "JarvisBridges",
            dependencies: [
                "BridgeRuntime", "BridgeServer", "LanguageModels", "SpeechToText", "TextToSpeech", "Embeddings",
                "ModelStore", "OnnxRuntime", "Audio", "EspeakNG", "SpokenText", "BridgeSupport", argumentParser,
                asyncHTTPClient,
                logging,
                nioCore, nioHTTP1, subprocess, systemPackage, unixSignals,
            ],
            swiftSettings: strict),

        // The only one that links espeak-ng: what a text does to that library, it does to a process of its own.
        .executableTarget(
            name: "EspeakWorker", dependencies: ["EspeakProtocol", "CEspeakNG", "CSonic"], swiftSettings: strictMemory),

        // MARK: Tests
        .target(
            name: "BridgeTesting",
            dependencies: [
                "BridgeSupport", "WorkScheduling", "BridgeRuntime", "LanguageModels", "SpeechToText", "TextToSpeech",
                "Embeddings", "Tokenizers", "ModelStore", "Audio", "OnnxRuntime",
                hummingbird, httpTypes, inMemoryLogging, logging, nioCore, nioPosix, nioHTTP1, serviceLifecycle, crypto,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "BridgeSupportTests", dependencies: ["BridgeSupport", "BridgeTesting"], swiftSettings: strict),
        .testTarget(
            name: "RedisTests",
            dependencies: ["Redis", "BridgeSupport", "BridgeTesting", inMemoryLogging, logging, nioCore],
            swiftSettings: strict),
        .testTarget(
            name: "OTLPTracingTests",
            dependencies: [
                "OTLPTracing", "BridgeSupport", "BridgeTesting", inMemoryLogging, nioCore, nioHTTP1, nioPosix, nioSSL,
                tracing,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "WorkSchedulingTests", dependencies: ["WorkScheduling", "BridgeSupport", "BridgeTesting"],
            swiftSettings: strict),
        .testTarget(
            name: "OnnxRuntimeTests",
            dependencies: ["OnnxRuntime", "COnnxRuntime", "BridgeSupport", "WorkScheduling", "BridgeTesting"],
            resources: [.copy("Fixtures")], swiftSettings: strict),
        .testTarget(
            name: "AudioTests",
            dependencies: [
                "Audio", "BridgeSupport", "WorkScheduling", "BridgeTesting", asyncAlgorithms, systemPackage,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "TokenizersTests", dependencies: ["Tokenizers", "BridgeSupport", "BridgeTesting"],
            resources: [.copy("Fixtures")], swiftSettings: strict),
        .testTarget(
            name: "SpokenTextTests", dependencies: ["SpokenText"], resources: [.copy("Fixtures")], swiftSettings: strict
        ),
        .testTarget(
            name: "OnnxGraphTests", dependencies: ["OnnxGraph", "BridgeTesting"], swiftSettings: strict),
        .testTarget(
            name: "EmbeddingsTests",
            dependencies: [
                "Embeddings", "Tokenizers", "OnnxRuntime", "ModelStore", "Redis", "BridgeSupport", "WorkScheduling",
                "BridgeTesting", inMemoryLogging, logging,
            ],
            resources: [.copy("Fixtures")], swiftSettings: strict),
        .testTarget(
            name: "SpeechToTextTests",
            dependencies: [
                "SpeechToText", "Tokenizers", "ModelStore", "OnnxRuntime", "Audio", "BridgeSupport", "WorkScheduling",
                "BridgeTesting", logging,
            ],
            resources: [.copy("Fixtures")], swiftSettings: strict),
        .testTarget(
            name: "TextToSpeechTests",
            dependencies: [
                "TextToSpeech", "SpokenText", "EspeakNG", "EspeakProtocol", "OnnxRuntime", "Audio", "BridgeSupport",
                "WorkScheduling", "BridgeTesting", logging,
            ],
            resources: [.copy("Fixtures")], swiftSettings: strict),
        .testTarget(
            name: "LanguageModelsTests",
            dependencies: [
                "LanguageModels", "BridgeSupport", "WorkScheduling", "BridgeTesting", asyncHTTPClient, nioCore,
                nioEmbedded, nioHTTP1, nioPosix, logging,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ModelStoreTests",
            dependencies: [
                "ModelStore", "BridgeRuntime", "BridgeSupport", "BridgeTesting", asyncHTTPClient, logging,
            ],
            resources: [.copy("Fixtures")], swiftSettings: strict),
        .testTarget(
            name: "BridgeRuntimeTests",
            dependencies: [
                "BridgeRuntime", "LanguageModels", "Embeddings", "ModelStore", "TextToSpeech", "Redis", "OTLPTracing",
                "BridgeSupport", "WorkScheduling", "BridgeTesting", "SpokenText", coreMetrics, logging, inMemoryLogging,
                serviceLifecycle,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "BridgeServerTests",
            dependencies: [
                "BridgeServer", "BridgeRuntime", "LanguageModels", "SpeechToText", "TextToSpeech", "Embeddings",
                "ModelStore", "Audio", "BridgeSupport", "WorkScheduling", "BridgeTesting", hummingbird, httpTypes,
                asyncHTTPClient, nioCore, nioEmbedded, nioHTTP1, nioHTTPTypes, nioPosix, logging, inMemoryLogging,
                serviceLifecycle,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "JarvisBridgesTests", dependencies: ["JarvisBridges", "ModelStore", "BridgeSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["BridgeTesting", asyncHTTPClient, nioCore, nioFoundationCompat, nioHTTP1],
            resources: [.copy("Fixtures")], swiftSettings: strict),
    ]
)
