// swift-tools-version: 6.2
import PackageDescription

// A package of its own, whose program holds the sources of SpokenText, as the numerals are nobody's business outside that module.
let package = Package(
    name: "numerals",
    platforms: [.macOS(.v15)],
    targets: [
        .executableTarget(
            name: "numerals",
            swiftSettings: [
                .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("InternalImportsByDefault"), .enableUpcomingFeature("MemberImportVisibility"),
            ])
    ]
)
