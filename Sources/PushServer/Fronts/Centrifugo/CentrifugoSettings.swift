import Configuration
public import PushSender

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The front for clients of Centrifugo's push API: `centrifugo.…`. Off unless it has a key, or is told to go without one.
public struct CentrifugoSettings: Sendable {
    /// `apiKey`, secret: what clients send as `X-API-Key`, `Authorization: apikey KEY` or `?api_key=KEY`.
    public var apiKey = ""
    /// ANYBODY MAY SEND AND READ TOKENS: `insecure`, default false. For a server that only its own backend reaches.
    public var isInsecure = false
    /// `errorMode`: `transport` answers errors with their own HTTP status; default: always 200, unless the client asks for it.
    public var usesTransportErrors = false
    /// `handlerPrefix`, default `/api`: methods are at `PREFIX/METHOD`.
    public var handlerPrefix = "/api"
    /// `allowEveryone`, default false: whether `recipient.filter` may be empty, which means every device.
    public var allowsEveryone = false
    /// `enabledProviders`, names of fcm, hms, apns and webpush with commas between them, default all: those that devices may register for.
    public var enabledProviders: Set<ProviderName> = [.fcm, .hms, .apns, .webPush]
    /// `metrics`, default false: `GET /metrics` says what it does under Centrifugo's names, too.
    public var servesMetrics = false
    /// `upstream`, the base URL of a Centrifugo's HTTP API such as `http://localhost:8000/api`: what isn't push is passed on to it.
    public var upstream: String?
    /// `upstreamKey`, secret: what it wants as `X-API-Key`; default `apiKey`.
    public var upstreamKey: String?
    /// `grpc.…`
    public var grpc = CentrifugoGRPCSettings()

    public init() {}

    /// Whether the front is served at all.
    public var isOn: Bool { !apiKey.isEmpty || isInsecure }

    /// - Parameter config: scoped to `centrifugo`.
    /// - Throws: ``SettingsError`` that names the setting.
    init(_ config: ConfigReader) async throws {
        apiKey = try await config.fetchString(forKey: "apiKey", isSecret: true, default: "")
        isInsecure = try await config.fetchBool(forKey: "insecure", default: false)
        usesTransportErrors = try await Self.isTransport(config.fetchString(forKey: "errorMode", default: ""))
        handlerPrefix = try await Self.checked(prefix: config.fetchString(forKey: "handlerPrefix", default: handlerPrefix))
        allowsEveryone = try await config.fetchBool(forKey: "allowEveryone", default: false)
        servesMetrics = try await config.fetchBool(forKey: "metrics", default: false)
        if let names = try await config.fetchString(forKey: "enabledProviders") { enabledProviders = try Self.providers(names) }
        upstream = try await config.fetchString(forKey: "upstream").map(Self.checked(upstream:))
        upstreamKey = try await config.fetchString(forKey: "upstreamKey", isSecret: true)
    }

    static func isTransport(_ mode: String, key: String = "centrifugo.errorMode") throws -> Bool {
        guard ["", "transport"].contains(mode) else {
            throw SettingsError(key: key, message: "\(mode) is no mode; give transport, or leave it out")
        }
        return mode == "transport"
    }

    private static func checked(prefix: String) throws -> String {
        let isPath = prefix.hasPrefix("/") && prefix.count > 1 && !prefix.hasSuffix("/") && !prefix.contains { "?#".contains($0) }
        guard isPath, prefix != "/v1" else {
            throw SettingsError(key: "centrifugo.handlerPrefix", message: "\(prefix) is no path of its own; give one like /api")
        }
        return prefix
    }

    private static func providers(_ names: String) throws -> Set<ProviderName> {
        let known = Self().enabledProviders
        let named = Set(names.split(separator: ",").map { ProviderName(rawValue: $0.trimmingPrefix { $0 == " " }.description) })
        guard !named.isEmpty, named.isSubset(of: known) else {
            throw SettingsError(
                key: "centrifugo.enabledProviders", message: "\(names): give some of fcm, hms, apns and webpush, with commas")
        }
        return named
    }

    private static func checked(upstream: String) throws -> String {
        guard let url = URL(string: upstream), ["http", "https"].contains(url.scheme), url.host() != nil, url.query() == nil else {
            throw SettingsError(key: "centrifugo.upstream", message: "\(upstream) is no base URL; give one like http://localhost:8000/api")
        }
        return upstream.hasSuffix("/") ? String(upstream.dropLast()) : upstream
    }
}
