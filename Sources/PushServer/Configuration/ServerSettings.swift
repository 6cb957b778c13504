public import Configuration
public import Logging
public import PushSender
public import PushService

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
    /// LETS STRANGERS' SUBSCRIPTIONS POINT INTO YOUR NETWORK: `allowPrivateEndpoints`, default false. For push services that
    /// stand in your own network, and for tests.
    public var allowsPrivateEndpoints = false
    /// A PEM file of certificate authorities to trust beside the system's: `trustRoots`. For providers behind a private authority, and for
    /// `herald simulate`.
    public var trustRoots: String?
    /// `logLevel`: trace, debug, info, notice, warning, error; default `info`.
    public var logLevel = Logger.Level.info
    /// `pushService.…`, see ``PushServiceLimits``.
    public var pushService = PushServiceLimits()
    /// `sender.…`, see ``DispatchSettings``.
    public var dispatch = DispatchSettings()

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
        allowsPrivateEndpoints = try await config.fetchBool(
            forKey: "allowPrivateEndpoints", default: allowsPrivateEndpoints)
        trustRoots = try await config.fetchString(forKey: "trustRoots")
        logLevel = try await Self.level(config.fetchString(forKey: "logLevel", default: logLevel.rawValue))
        try await pushService.read(config.scoped(to: "pushService"))
        try await dispatch.read(config.scoped(to: "sender"))
    }

    /// Whether the page and its routes, which anybody may use, are served.
    var servesDemo: Bool { isDemoEnabled ?? ["127.0.0.1", "::1", "localhost"].contains(host) }

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

extension PushServiceLimits {
    fileprivate mutating func read(_ config: ConfigReader) async throws {
        bodyBytes = try await config.checkedInt("bodyBytes", default: bodyBytes, Self.promisedBodyBytes...1_048_576)
        maxTTLSeconds = try await config.checkedInt("maxTtlSeconds", default: maxTTLSeconds, 0...31_536_000)
        backlogMessages = try await config.checkedInt("backlogMessages", default: backlogMessages, 1...10_000_000)
        inFlightMessages = try await config.checkedInt("inFlightMessages", default: inFlightMessages, 1...10_000)
        helloDeadlineSeconds = Double(
            try await config.checkedInt("helloDeadlineSeconds", default: Int(helloDeadlineSeconds), 1...300))
        minimumPingIntervalSeconds = Double(
            try await config.checkedInt("minimumPingIntervalSeconds", default: Int(minimumPingIntervalSeconds), 0...3600))
        serverPingIntervalSeconds = Double(
            try await config.checkedInt("serverPingIntervalSeconds", default: Int(serverPingIntervalSeconds), 1...86_400))
        userAgentLifetimeDays = try await config.checkedInt(
            "userAgentLifetimeDays", default: userAgentLifetimeDays, 1...3650)
    }
}

extension DispatchSettings {
    fileprivate mutating func read(_ config: ConfigReader) async throws {
        pageDevices = try await config.checkedInt("pageDevices", default: pageDevices, 1...10_000)
        retryPageDevices = try await config.checkedInt("retryPageDevices", default: retryPageDevices, 1...10_000)
        leaseSeconds = Double(try await config.checkedInt("leaseSeconds", default: Int(leaseSeconds), 5...3600))
        stragglerMilliseconds = try await config.checkedInt(
            "stragglerMilliseconds", default: stragglerMilliseconds, 10...60_000)
        retry.baseSeconds = Double(try await config.checkedInt("retryBaseSeconds", default: Int(retry.baseSeconds), 1...3600))
        retry.unauthorizedSeconds = Double(
            try await config.checkedInt("unauthorizedSeconds", default: Int(retry.unauthorizedSeconds), 1...3600))
        for provider in [ProviderName.webPush, .apns, .fcm, .hms, .wns] {
            var lane = lane(provider)
            try await lane.read(config.scoped(to: ConfigKey([provider.rawValue])))
            lanes[provider] = lane
        }
    }
}

extension LaneSettings {
    fileprivate mutating func read(_ config: ConfigReader) async throws {
        directSlices = try await config.checkedInt("directSlices", default: directSlices, 1...10_000)
        broadcastSlices = try await config.checkedInt("broadcastSlices", default: broadcastSlices, 1...1000)
        retryPages = try await config.checkedInt("retryPages", default: retryPages, 1...1000)
        let rate = try await config.checkedInt("devicesPerSecond", default: Int(devicesPerSecond ?? 0), 0...10_000_000)
        devicesPerSecond = rate == 0 ? nil : Double(rate)
        deadShare = Double(try await config.checkedInt("deadPercent", default: Int(deadShare * 100), 0...100)) / 100
        deadMinimum = try await config.checkedInt("deadMinimum", default: deadMinimum, 0...10_000_000)
    }
}

extension ConfigReader {
    fileprivate func checkedInt(_ key: ConfigKey, default value: Int, _ range: ClosedRange<Int>) async throws -> Int {
        let value = try await fetchInt(forKey: key, default: value)
        guard range.contains(value) else {
            throw SettingsError(
                key: "\(key)", message: "\(value) is outside of \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }
}
