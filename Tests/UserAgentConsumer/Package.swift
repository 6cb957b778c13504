// swift-tools-version: 6.2
import PackageDescription

// Somebody else's program that wants to be a device and nothing else. Its source is the example of docs/user-agents.md.
let package = Package(
    name: "consumer",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "herald", path: "../..", traits: ["UserAgent"])],
    targets: [.executableTarget(name: "consumer", dependencies: [.product(name: "PushUserAgent", package: "herald")])]
)
