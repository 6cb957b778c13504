public import Configuration
public import Logging
public import PushSender
public import PushService
public import PushStorage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Everything that can be set from outside. Read once at start; wrong values are named then.
public struct ServerSettings: Sendable {
    /// The address to listen on: `host`, text, default `127.0.0.1`.
    public var host = "127.0.0.1"
    /// The port to listen on: `port`, default 8080.
    public var port = 8080
    /// What this node does: `role`, names with commas between them, default all.
    public var roles = Set(Role.allCases)
    /// Roles with an address of their own: `listen.api`, `listen.pushEndpoint`, `listen.pushConnect`, each `host:port`; default: the
    /// address above. `listen.internal` has no default: nothing internal is served.
    public var listen: [Role: ListenAddress] = [:]
    /// A PostgreSQL that nodes may share: `database.…`, see ``PostgresSettings``; default: none, but an SQLite file in the data folder.
    public var database: PostgresSettings?
    /// The folder with the database and the keys: `data`, default `./data`.
    public var dataFolder = "./data"
    /// Where user agents and senders reach this server: `publicURL`, an origin such as `https://push.example.com`; default
    /// `http://localhost:PORT`. Endpoints are made from it, so changing it makes user agents subscribe anew.
    public var publicURL: String?
    /// Whom push services may write to about our pushes: `vapid.subject`, a `mailto:` or `https:` URL.
    public var vapidSubject: String?
    /// `vapid.privateKey`, base64url, secret; default: the one in the data folder.
    public var vapidPrivateKey: String?
    /// The page at `/` and its routes, which need no key: `demo`, default: only when listening on loopback.
    public var isDemoEnabled: Bool?
    /// The routes of the book "Web Push", which need no key and tell every endpoint: `webPushBook`, default false.
    public var servesWebPushBook = false
    /// `/_matrix/push/v1/notify`, which needs no key: `matrixGateway`, default false.
    public var isMatrixGateway = false
    /// LETS STRANGERS' SUBSCRIPTIONS POINT INTO YOUR NETWORK: `allowPrivateEndpoints`, default false. For push services that
    /// stand in your own network, and for tests.
    public var allowsPrivateEndpoints = false
    /// Push services that subscriptions may be of: `allowedEndpointOrigins`, with commas between them and `*` for anything, such as
    /// `https://*.push.apple.com`; default all that are public.
    public var allowedEndpointOrigins: [String]?
    /// A PEM file of certificate authorities to trust beside the system's: `trustRoots`. For providers behind a private authority, and for
    /// `herald simulate`.
    public var trustRoots: String?
    /// Whether anybody who reaches this server may read its counters at `/metrics`: `metrics`, default true.
    public var servesMetrics = true
    /// `logLevel`: trace, debug, info, notice, warning, error; default `info`.
    public var logLevel = Logger.Level.info
    /// `pushService.…`, see ``PushServiceLimits``.
    public var pushService = PushServiceLimits()
    /// `pushService.broadcasts…`, see ``BroadcastSettings``.
    public var broadcasts = BroadcastSettings()
    /// `pushService.…MessagesPerSecond`, see ``EndpointLimitSettings``.
    public var endpointLimits = EndpointLimitSettings()
    /// Registrations of mobile user agents over a bridge that delivers nothing, for tests: `pushService.stubBridge`, default false.
    public var servesStubBridge = false
    /// `sender.…`, see ``DispatchSettings``.
    public var dispatch = DispatchSettings()
    /// `masterKeys`, secret: instead of the file in the data folder, its lines with commas between them. Nodes on one database need the
    /// same.
    public var masterKeys: String?
    /// `credentials.PROVIDER`, secret: JSON as `PUT /v1/apps/{app}/providers/{provider}` takes it, put in force for the App `default` at
    /// each start, instead of what was set there.
    public var credentials: [ProviderName: String] = [:]
    /// `limits.…`, see ``LimitSettings``.
    public var limits = LimitSettings()
    /// `events.…`, see ``EventSettings``.
    public var events = EventSettings()
    /// `gorush.…`, see ``GorushSettings``.
    public var gorush = GorushSettings()
    /// `centrifugo.…`, see ``CentrifugoSettings``.
    public var centrifugo = CentrifugoSettings()
    /// Outboxes that commands of Centrifugo's push API are taken out of: `outbox.…`, see ``PushStorage/OutboxSettings``; default none.
    public var outboxes: [OutboxSettings] = []
    /// `loopback.…`, see ``LoopBackSettings``.
    public var loopback = LoopBackSettings()
    /// `relay.…`, see ``RelaySettings``.
    public var relay = RelaySettings()
    /// `stop.…`.
    public var leaving = Leaving()

    /// How a node leaves after SIGTERM.
    public struct Leaving: Sendable {
        /// For so long it goes on as before, but says that it isn't ready, so that a load balancer looks away first.
        public var readinessSeconds = 0
        /// The longest that pages in the air may take; then they are given up, and other nodes send them again.
        public var pagesSeconds = 10
        /// User agents are told to come back at moments spread over this time, so that they don't all come at once.
        public var socketsSeconds = 5
    }

    public init() {}

    /// Reads the settings, and checks them.
    /// - Throws: ``SettingsError`` that names the setting.
    public init(_ config: ConfigReader) async throws {
        host = try await config.fetchString(forKey: "host", default: host)
        port = try await config.checkedInt("port", default: port, 1...65_535)
        dataFolder = try await config.fetchString(forKey: "data", default: dataFolder)
        publicURL = try await config.fetchString(forKey: "publicURL").map(Self.checkedOrigin)
        vapidSubject = try await config.fetchString(forKey: "vapid.subject")
        vapidPrivateKey = try await config.fetchString(forKey: "vapid.privateKey", isSecret: true)
        isDemoEnabled = try await config.fetchBool(forKey: "demo")
        servesWebPushBook = try await config.fetchBool(forKey: "webPushBook", default: servesWebPushBook)
        servesMetrics = try await config.fetchBool(forKey: "metrics", default: servesMetrics)
        isMatrixGateway = try await config.fetchBool(forKey: "matrixGateway", default: isMatrixGateway)
        allowsPrivateEndpoints = try await config.fetchBool(
            forKey: "allowPrivateEndpoints", default: allowsPrivateEndpoints)
        allowedEndpointOrigins = try await config.fetchString(forKey: "allowedEndpointOrigins").map {
            $0.split(separator: ",").map { String($0.filter { $0 != " " }) }
        }
        roles = try await config.fetchString(forKey: "role").map { try Set(names: $0) } ?? roles
        listen = try await .read(config.scoped(to: "listen"))
        database = try await .read(config.scoped(to: "database"))
        if database == nil { try roles.checkAlone() }
        credentials = try await .read(config.scoped(to: "credentials"))
        masterKeys = try await config.fetchString(forKey: "masterKeys", isSecret: true)
        try await leaving.read(config.scoped(to: "stop"))
        trustRoots = try await config.fetchString(forKey: "trustRoots")
        logLevel = try await Self.level(config.fetchString(forKey: "logLevel", default: logLevel.rawValue))
        try await pushService.read(config.scoped(to: "pushService"))
        try await broadcasts.read(config.scoped(to: "pushService"))
        try await endpointLimits.read(config.scoped(to: "pushService"))
        servesStubBridge = try await config.fetchBool(forKey: "pushService.stubBridge", default: servesStubBridge)
        try await dispatch.read(config.scoped(to: "sender"))
        try await limits.read(config.scoped(to: "limits"))
        try await events.read(config.scoped(to: "events"))
        try await gorush.read(config.scoped(to: "gorush"), hosts: listeners.filter { $0.roles.contains(.api) }.map(\.address.host))
        try await relay.read(config.scoped(to: "relay"))
        centrifugo = try await CentrifugoSettings(config.scoped(to: "centrifugo"))
        try await centrifugo.grpc.read(config.scoped(to: "centrifugo.grpc"), host: (listen[.api] ?? mainAddress).host)
        outboxes = try await .read(config.scoped(to: "outbox"))
        loopback = try await LoopBackSettings(config.scoped(to: "loopback"))
        try checkPaths()
    }

    private func checkPaths() throws(SettingsError) {
        guard loopback.isOn, gorush.isOn, gorush.path.isEmpty else { return }
        throw SettingsError(
            key: "gorush.path",
            message: "LoopBack's front answers POST /api/push too; set HERALD_GORUSH_PATH, to /gorush say, or switch one of the two off")
    }

    /// Whether the page and its routes, which anybody may use, are served.
    var servesDemo: Bool { isDemoEnabled ?? mainAddress.isLoopback }

    private static func checkedOrigin(_ text: String) throws -> String {
        guard let url = URL(string: text), let scheme = url.scheme, ["http", "https"].contains(scheme), url.host() != nil,
            ["", "/"].contains(url.path()), url.query() == nil, url.user() == nil
        else {
            throw SettingsError(
                key: "publicURL", message: "\(text) is not an origin; give scheme, host and port only, like https://push.example.com")
        }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    private static func level(_ text: String) throws -> Logger.Level {
        guard let level = Logger.Level(rawValue: text) else {
            throw SettingsError(
                key: "logLevel", message: "\(text) is none of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return level
    }
}

/// A setting that can't be used as it is.
public struct SettingsError: Error, Sendable, CustomStringConvertible {
    public let key: String
    public let message: String
    public var description: String { "setting \(key): \(message)" }
}
