// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that a check of memory builds small modules and nothing of the server. Valgrind can't run the
// test bundle: it gives up in libdispatch, which this program never starts.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "leakcheck",
    platforms: [.macOS(.v15)],
    dependencies: [.package(url: "https://github.com/apple/swift-collections", from: "1.6.0")],
    targets: [
        .target(name: "COnnxRuntime"),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib"),
        .target(name: "BridgeSupport", dependencies: ["CZlib"], swiftSettings: settings),
        .target(
            name: "WorkScheduling",
            dependencies: ["BridgeSupport", .product(name: "DequeModule", package: "swift-collections")],
            swiftSettings: settings),
        .target(name: "OnnxRuntime", dependencies: ["COnnxRuntime", "WorkScheduling"], swiftSettings: settings),
        .executableTarget(name: "leakcheck", dependencies: ["OnnxRuntime"], swiftSettings: settings),
    ]
)
