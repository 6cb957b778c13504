// swift-tools-version: 6.2
import PackageDescription

// Somebody else's program that wants Web Push and nothing else.
let package = Package(
    name: "consumer",
    dependencies: [.package(name: "herald", path: "../..", traits: [])],
    targets: [.executableTarget(name: "consumer", dependencies: [.product(name: "WebPush", package: "herald")])]
)
