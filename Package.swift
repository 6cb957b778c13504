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

/// A product that holding a connection to a push service needs. The trait `Server` includes the trait `UserAgent`.
func socket(_ product: String, _ package: String) -> Target.Dependency {
    .product(name: product, package: package, condition: .when(traits: ["UserAgent"]))
}

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
/// RSA, which APNs and Web Push don't need.
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")

let package = Package(
    name: "herald",
    platforms: [.macOS(.v15), .iOS(.v18), .tvOS(.v18), .watchOS(.v11), .visionOS(.v2)],
    products: [
        // JSON goes along where a module's interface has JSON of any shape in it.
        .library(name: "WebPush", targets: ["WebPush"]),
        .library(name: "APNs", targets: ["APNs"]),
        .library(name: "FCM", targets: ["FCM", "JSON"]),
        .library(name: "HMS", targets: ["HMS", "JSON"]),
        .library(name: "WNS", targets: ["WNS"]),
        .library(name: "PushSender", targets: ["PushSender", "JSON"]),
        // Wants the trait `UserAgent`; WebPush goes along because its types are in the interface.
        .library(name: "PushUserAgent", targets: ["PushUserAgent", "WebPush"]),
        .executable(name: "herald", targets: ["herald"]),
    ],
    traits: [
        .trait(name: "Server", description: "The herald program: HTTP server, database, sockets.", enabledTraits: ["UserAgent"]),
        .trait(name: "UserAgent", description: "The library PushUserAgent: SwiftNIO and its TLS."),
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
        .package(url: "https://github.com/apple/swift-nio-http2.git", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-certificates.git", from: "1.21.0"),
        .package(url: "https://github.com/apple/swift-asn1.git", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-system.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-protobuf.git", from: "1.39.0", traits: []),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/grpc/grpc-swift-2.git", from: "2.4.3"),
        .package(url: "https://github.com/grpc/grpc-swift-nio-transport.git", from: "2.9.2"),
        .package(url: "https://github.com/grpc/grpc-swift-protobuf.git", from: "2.4.1"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache.git", from: "2.1.0"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit.git", from: "5.7.0"),
    ],
    targets: [
        // What wire formats share.
        .target(name: "JSON", swiftSettings: swiftSettings),
        .target(name: "URLEncoding", swiftSettings: swiftSettings),
        .target(name: "JWS", swiftSettings: swiftSettings),

        // Wire formats: one standard each, bytes in, bytes out.
        .target(name: "WebPush", dependencies: ["JWS", crypto], swiftSettings: swiftSettings),
        .target(name: "APNs", dependencies: ["JWS", crypto], swiftSettings: swiftSettings),
        .target(name: "FCM", dependencies: ["JSON", "JWS", "URLEncoding", cryptoExtras], swiftSettings: swiftSettings),
        .target(name: "HMS", dependencies: ["JSON", "JWS", "URLEncoding", cryptoExtras], swiftSettings: swiftSettings),
        .target(name: "WNS", dependencies: ["URLEncoding"], swiftSettings: swiftSettings),

        // The seam between what is asked for and how it travels.
        .target(name: "HTTPTransport", swiftSettings: swiftSettings),

        .target(
            name: "AddressRule",
            dependencies: [server("NIOCore", "swift-nio"), server("NIOPosix", "swift-nio")], swiftSettings: swiftSettings),

        // Rules, and the ports they need.
        .target(name: "PushSender", dependencies: ["JSON", "WebPush"], swiftSettings: swiftSettings),
        .target(name: "PushService", dependencies: ["JWS", "WebPush", crypto], swiftSettings: swiftSettings),

        // https://www.postgresql.org/docs/current/libpq.html
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),

        // One port × one technology.
        .target(
            name: "PushProviders",
            dependencies: [
                "PushSender", "APNs", "FCM", "HMS", "JSON", "JWS", "WNS", "WebPush", "HTTPTransport", crypto,
                server("X509", "swift-certificates"), server("SwiftASN1", "swift-asn1"),
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "PushTemplates",
            dependencies: ["JSON", "PushSender", server("Mustache", "swift-mustache")], swiftSettings: swiftSettings),
        .target(
            name: "PushStorage",
            dependencies: [
                "JSON", "PushSender", "PushService", "WebPush", crypto, server("GRDB", "GRDB.swift"), server("GRDBSQLite", "GRDB.swift"),
                .target(name: "CLibPQ", condition: .when(traits: ["Server"])),
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "HTTP2Transport",
            dependencies: [
                "HTTPTransport", "AddressRule", server("NIOCore", "swift-nio"), server("NIOPosix", "swift-nio"),
                server("NIOTLS", "swift-nio"), server("NIOHPACK", "swift-nio-http2"), server("NIOSSL", "swift-nio-ssl"),
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "HTTPClientTransport",
            dependencies: [
                "HTTPTransport", "AddressRule", server("AsyncHTTPClient", "async-http-client"), server("NIOCore", "swift-nio"),
                server("NIOHTTP1", "swift-nio"), server("NIOPosix", "swift-nio"),
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "PushUserAgent",
            dependencies: [
                "JWS", "WebPush", socket("NIOCore", "swift-nio"), socket("NIOPosix", "swift-nio"),
                socket("NIOHTTP1", "swift-nio"), socket("NIOWebSocket", "swift-nio"),
                socket("NIOSSL", "swift-nio-ssl"),
            ],
            swiftSettings: swiftSettings),

        // Messages of Centrifugo's gRPC API, generated: scripts/generate-grpc.
        .target(
            name: "CentrifugoAPI", dependencies: [server("SwiftProtobuf", "swift-protobuf")], exclude: ["centrifugo.proto"],
            swiftSettings: swiftSettings),

        // Everything wired together.
        .target(
            name: "PushServer",
            dependencies: [
                "JSON", "JWS", "WebPush", "HTTPTransport", "PushSender", "PushService", "PushProviders", "PushStorage",
                "PushTemplates", "AddressRule", "HTTPClientTransport", "HTTP2Transport", "CentrifugoAPI", crypto,
                server("AsyncHTTPClient", "async-http-client"),
                server("NIOSSL", "swift-nio-ssl"),
                server("Configuration", "swift-configuration"),
                server("HTTPTypes", "swift-http-types"), server("JWTKit", "jwt-kit"),
                server("Hummingbird", "hummingbird"), server("HummingbirdCore", "hummingbird"),
                server("GRPCCore", "grpc-swift-2"), server("GRPCNIOTransportHTTP2Posix", "grpc-swift-nio-transport"),
                server("GRPCProtobuf", "grpc-swift-protobuf"), server("SwiftProtobuf", "swift-protobuf"),
                server("Logging", "swift-log"),
                server("NIOCore", "swift-nio"), server("NIOHTTP1", "swift-nio"),
                server("NIOPosix", "swift-nio"), server("NIOWebSocket", "swift-nio"),
                server("NIOHTTPTypes", "swift-nio-extras"), server("NIOHTTPTypesHTTP1", "swift-nio-extras"),
                server("ServiceLifecycle", "swift-service-lifecycle"),
                server("UnixSignals", "swift-service-lifecycle"),
            ],
            resources: [.embedInCode("Page/Files"), .embedInCode("API/OpenAPI/openapi.yaml")],
            swiftSettings: swiftSettings),
        .executableTarget(
            name: "herald",
            dependencies: [
                "JSON", "WebPush", "PushSender", "PushSimulators", "PushUserAgent", "PushServer",
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
                "JWS", "WebPush", "AddressRule", "HTTPTransport", "HTTP2Transport", "PushSender", "PushStorage", "PushServer", crypto,
                server("AsyncHTTPClient", "async-http-client"), server("Logging", "swift-log"),
                server("NIOCore", "swift-nio"), server("NIOPosix", "swift-nio"), server("NIOHTTP1", "swift-nio"),
                server("NIOWebSocket", "swift-nio"), server("NIOSSL", "swift-nio-ssl"),
                server("NIOHTTP2", "swift-nio-http2"), server("NIOHPACK", "swift-nio-http2"),
            ],
            path: "Benchmarks", exclude: ["peers.py"], swiftSettings: swiftSettings),

        // Beside: how the far sides and the stores behave.
        .target(
            name: "PushSimulators",
            dependencies: [
                "JWS", "WebPush", crypto, cryptoExtras,
                server("NIOCore", "swift-nio"), server("NIOPosix", "swift-nio"), server("NIOHTTP1", "swift-nio"),
                server("NIOTLS", "swift-nio"), server("NIOHTTP2", "swift-nio-http2"), server("NIOHPACK", "swift-nio-http2"),
                server("NIOSSL", "swift-nio-ssl"), server("X509", "swift-certificates"), server("SwiftASN1", "swift-asn1"),
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "PushTesting", dependencies: ["JSON", "PushSender", "PushService", "WebPush"], swiftSettings: swiftSettings),

        .testTarget(
            name: "WebPushTests", dependencies: ["JWS", "WebPush", "PushTesting", crypto], swiftSettings: swiftSettings),
        .testTarget(name: "JSONTests", dependencies: ["JSON"], swiftSettings: swiftSettings),
        .testTarget(name: "URLEncodingTests", dependencies: ["URLEncoding"], swiftSettings: swiftSettings),
        .testTarget(name: "JWSTests", dependencies: ["JWS", "PushTesting"], swiftSettings: swiftSettings),
        .testTarget(
            name: "HTTPTransportTests", dependencies: ["HTTPTransport"], swiftSettings: swiftSettings),
        .testTarget(name: "APNsTests", dependencies: ["APNs", "JWS", crypto], swiftSettings: swiftSettings),
        .testTarget(name: "FCMTests", dependencies: ["FCM", "JSON", "JWS", cryptoExtras], swiftSettings: swiftSettings),
        .testTarget(name: "HMSTests", dependencies: ["HMS", "JSON", "JWS", cryptoExtras], swiftSettings: swiftSettings),
        .testTarget(name: "WNSTests", dependencies: ["WNS"], swiftSettings: swiftSettings),
        .testTarget(
            name: "PushSenderTests", dependencies: ["JSON", "PushSender", "PushStorage", "PushTesting", "WebPush"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "PushTemplatesTests", dependencies: ["JSON", "PushSender", "PushTemplates", "PushTesting"], swiftSettings: swiftSettings),
        .testTarget(
            name: "PushServiceTests", dependencies: ["JWS", "PushService", "PushTesting", "WebPush", crypto],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "PushProvidersTests",
            dependencies: [
                "PushProviders", "PushSender", "PushTesting", "APNs", "FCM", "HMS", "WNS", "JSON", "JWS", "HTTPTransport", "WebPush", crypto,
                server("X509", "swift-certificates"), server("SwiftASN1", "swift-asn1"),
            ],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "PushSimulatorsTests",
            dependencies: [
                "PushSimulators", "JWS", "WebPush", crypto, cryptoExtras,
                server("NIOCore", "swift-nio"), server("NIOPosix", "swift-nio"), server("NIOHTTP1", "swift-nio"),
                server("NIOTLS", "swift-nio"), server("NIOHTTP2", "swift-nio-http2"), server("NIOHPACK", "swift-nio-http2"),
                server("NIOSSL", "swift-nio-ssl"), server("X509", "swift-certificates"), server("SwiftASN1", "swift-asn1"),
            ],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "PushStorageTests",
            dependencies: ["JSON", "PushStorage", "PushSender", "PushService", "PushTesting", "WebPush"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "AddressRuleTests",
            dependencies: ["AddressRule", server("NIOCore", "swift-nio"), server("NIOPosix", "swift-nio")],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "HTTPClientTransportTests",
            dependencies: [
                "AddressRule", "HTTPClientTransport", "HTTPTransport", server("AsyncHTTPClient", "async-http-client"),
                server("NIOCore", "swift-nio"), server("NIOPosix", "swift-nio"), server("NIOHTTP1", "swift-nio"),
            ],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "HTTP2TransportTests",
            dependencies: [
                "AddressRule", "HTTP2Transport", "HTTPTransport", "HTTPClientTransport",
                server("AsyncHTTPClient", "async-http-client"), server("NIOCore", "swift-nio"),
                server("NIOPosix", "swift-nio"), server("NIOConcurrencyHelpers", "swift-nio"), server("NIOTLS", "swift-nio"),
                server("NIOSSL", "swift-nio-ssl"), server("NIOHPACK", "swift-nio-http2"),
            ],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "PushUserAgentTests",
            dependencies: [
                "JWS", "PushUserAgent", "PushTesting", "WebPush", server("NIOCore", "swift-nio"), server("NIOPosix", "swift-nio"),
                server("NIOHTTP1", "swift-nio"), server("NIOWebSocket", "swift-nio"),
                server("NIOSSL", "swift-nio-ssl"),
            ],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "PushServerTests",
            dependencies: [
                "PushServer", "PushProviders", "PushSender", "PushService", "PushStorage", "PushTesting", "HTTPTransport", "JSON", "JWS",
                "WebPush", "CentrifugoAPI", crypto, cryptoExtras,
                server("Configuration", "swift-configuration"), server("Logging", "swift-log"), server("GRPCCore", "grpc-swift-2"),
                server("HTTPTypes", "swift-http-types"), server("Hummingbird", "hummingbird"), server("NIOCore", "swift-nio"),
                server("NIOEmbedded", "swift-nio"),
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
