// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "SpokenSpeed",
    platforms: [.macOS(.v26)],
    targets: [
        // The module of the server itself, which needs nothing else and is built in seconds.
        .target(
            name: "SpokenText",
            swiftSettings: [
                .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("MemberImportVisibility"),
            ]),
        .executableTarget(
            name: "SpokenSpeed", dependencies: ["SpokenText"], swiftSettings: [.defaultIsolation(MainActor.self)]),
    ]
)
