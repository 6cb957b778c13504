// swift-tools-version: 6.2
import PackageDescription

// One list for every target: a rule that holds somewhere holds everywhere.
let swiftSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// A product that only the server needs. Without the trait `Server` SwiftPM doesn't even fetch its package.
func server(_ product: String, _ package: String) -> Target.Dependency {
    .product(name: product, package: package, condition: .when(traits: ["Server"]))
}

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")

let package = Package(
    name: "herald",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "WebPush", targets: ["WebPush"]),
        .library(name: "PushSender", targets: ["PushSender"]),
        .executable(name: "herald", targets: ["herald"]),
    ],
    traits: [
        .trait(name: "Server", description: "The herald program: HTTP server, database, sockets."),
        .default(enabledTraits: ["Server"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.0"),
        .package(
            url: "https://github.com/apple/swift-configuration.git", from: "1.4.0", traits: ["YAML"]),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-system.git", from: "1.8.0"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.0"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    ],
    targets: [
        // Wire formats: one standard each, bytes in, bytes out.
        .target(name: "WebPush", dependencies: [crypto], swiftSettings: swiftSettings),

        // The seam between what is asked for and how it travels.
        .target(name: "HTTPTransport", swiftSettings: swiftSettings),

        // Rules, and the ports they need.
        .target(name: "PushSender", dependencies: ["WebPush"], swiftSettings: swiftSettings),
        .target(name: "PushService", dependencies: ["WebPush", crypto], swiftSettings: swiftSettings),

        // One port × one technology.
        .target(
            name: "PushProviders", dependencies: ["PushSender", "WebPush", "HTTPTransport", crypto],
            swiftSettings: swiftSettings),
        .target(
            name: "PushStorage",
            dependencies: [
                "PushSender", "PushService", "WebPush", crypto, server("GRDB", "GRDB.swift"),
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "HTTPClientTransport",
            dependencies: [
                "HTTPTransport", server("AsyncHTTPClient", "async-http-client"), server("NIOCore", "swift-nio"),
                server("NIOHTTP1", "swift-nio"), server("NIOPosix", "swift-nio"),
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "PushUserAgent",
            dependencies: [
                "WebPush", server("NIOCore", "swift-nio"), server("NIOPosix", "swift-nio"),
                server("NIOHTTP1", "swift-nio"), server("NIOWebSocket", "swift-nio"),
                server("NIOSSL", "swift-nio-ssl"),
            ],
            swiftSettings: swiftSettings),

        // Everything wired together.
        .target(
            name: "PushServer",
            dependencies: [
                "WebPush", "HTTPTransport", "PushSender", "PushService", "PushProviders", "PushStorage",
                "HTTPClientTransport", crypto,
                server("AsyncHTTPClient", "async-http-client"),
                server("Configuration", "swift-configuration"),
                server("HTTPTypes", "swift-http-types"),
                server("Hummingbird", "hummingbird"), server("HummingbirdCore", "hummingbird"),
                server("Logging", "swift-log"),
                server("NIOCore", "swift-nio"), server("NIOHTTP1", "swift-nio"),
                server("NIOPosix", "swift-nio"), server("NIOWebSocket", "swift-nio"),
                server("NIOHTTPTypes", "swift-nio-extras"), server("NIOHTTPTypesHTTP1", "swift-nio-extras"),
                server("ServiceLifecycle", "swift-service-lifecycle"),
                server("UnixSignals", "swift-service-lifecycle"),
            ],
            resources: [.embedInCode("Page/Files")],
            swiftSettings: swiftSettings),
        .executableTarget(
            name: "herald",
            dependencies: [
                "WebPush", "PushSender", "PushUserAgent", "PushServer",
                server("ArgumentParser", "swift-argument-parser"),
                server("AsyncHTTPClient", "async-http-client"),
                server("Configuration", "swift-configuration"),
                server("Logging", "swift-log"), server("NIOCore", "swift-nio"),
                server("NIOHTTP1", "swift-nio"),
                server("SystemPackage", "swift-system"),
                server("UnixSignals", "swift-service-lifecycle"),
            ],
            swiftSettings: swiftSettings),

        .executableTarget(
            name: "herald-bench",
            dependencies: [
                "WebPush", "HTTPClientTransport", "PushSender", "PushProviders", "PushStorage", "PushServer", crypto,
                server("AsyncHTTPClient", "async-http-client"), server("Logging", "swift-log"),
                server("NIOCore", "swift-nio"), server("NIOPosix", "swift-nio"), server("NIOHTTP1", "swift-nio"),
                server("NIOWebSocket", "swift-nio"), server("NIOSSL", "swift-nio-ssl"),
            ],
            path: "Benchmarks", swiftSettings: swiftSettings),

        // Beside: how the far sides and the stores behave.
        .target(
            name: "PushTesting", dependencies: ["PushSender", "PushService", "WebPush"], swiftSettings: swiftSettings),

        .testTarget(
            name: "WebPushTests", dependencies: ["WebPush", "PushTesting", crypto], swiftSettings: swiftSettings),
        .testTarget(
            name: "HTTPTransportTests", dependencies: ["HTTPTransport"], swiftSettings: swiftSettings),
        .testTarget(
            name: "PushSenderTests", dependencies: ["PushSender", "PushStorage", "PushTesting", "WebPush"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "PushServiceTests", dependencies: ["PushService", "PushTesting", "WebPush", crypto],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "PushProvidersTests",
            dependencies: ["PushProviders", "PushSender", "HTTPTransport", "WebPush"], swiftSettings: swiftSettings),
        .testTarget(
            name: "PushStorageTests",
            dependencies: ["PushStorage", "PushSender", "PushService", "PushTesting", "WebPush"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "HTTPClientTransportTests",
            dependencies: [
                "HTTPClientTransport", "HTTPTransport", server("AsyncHTTPClient", "async-http-client"),
                server("NIOCore", "swift-nio"), server("NIOPosix", "swift-nio"), server("NIOHTTP1", "swift-nio"),
            ],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "PushUserAgentTests",
            dependencies: [
                "PushUserAgent", "PushTesting", "WebPush", server("NIOCore", "swift-nio"), server("NIOPosix", "swift-nio"),
                server("NIOHTTP1", "swift-nio"), server("NIOWebSocket", "swift-nio"),
                server("NIOSSL", "swift-nio-ssl"),
            ],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "PushServerTests",
            dependencies: [
                "PushServer", "PushSender", "PushService", "PushStorage", "WebPush",
                server("Configuration", "swift-configuration"), server("Logging", "swift-log"),
            ],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "HeraldTests",
            dependencies: [
                "herald", "PushUserAgent", "WebPush", server("ArgumentParser", "swift-argument-parser"),
            ],
            swiftSettings: swiftSettings),
    ]
)
