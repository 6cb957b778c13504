// swift-tools-version: 6.2
import PackageDescription

// Somebody else's programs that want Web Push, or the rules of sending, and nothing else.
let package = Package(
    name: "consumer",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "herald", path: "../..", traits: [])],
    targets: [
        .executableTarget(name: "consumer", dependencies: [.product(name: "WebPush", package: "herald")]),
        // Its source is the example of docs/library.md: scripts/test-consumer writes it.
        .executableTarget(
            name: "notifier",
            dependencies: [.product(name: "PushSender", package: "herald"), .product(name: "WebPush", package: "herald")]),
    ]
)
