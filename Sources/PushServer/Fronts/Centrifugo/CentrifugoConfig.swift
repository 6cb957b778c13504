public import Configuration
import JSON

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A configuration file of Centrifugo's, version 6 or 5, in JSON: what of it means something here, as settings of ours.
public struct CentrifugoConfig: Sendable {
    public let settings: [AbsoluteConfigKey: ConfigValue]
    /// What is set in the file and has no counterpart here.
    public let ignored: [String]

    /// - Parameter json: the file.
    /// - Throws: ``SettingsError`` that names the key, in Centrifugo's spelling.
    public init(json: [UInt8]) throws {
        guard let root = try? JSONDecoder().decode(JSONValue.self, from: Data(json)), case .object = root else {
            throw SettingsError(key: "--centrifugo-config", message: "the file is no JSON object")
        }
        let file = File(root: root)
        if file.bool("push_notifications.enabled") == false {
            throw SettingsError(key: "push_notifications.enabled", message: "it is off, and Herald does nothing else; switch it on")
        }
        let consumers = try Self.consumers(file)
        settings = try [Self.lifetime(file), Self.credentials(file), consumers.settings].reduce(Self.server(file)) { $0.merging($1) { $1 } }
        ignored = Self.withoutCounterpart.filter { file[$0] != nil } + consumers.ignored
    }

    private static let withoutCounterpart = [
        "push_notifications.queue", "push_notifications.queue_engine", "push_notifications.read_from_replica",
        "push_notifications.dry_run_latency", "grpc_api.reflection", "grpc_api.tls", "grpc_api_tls",
    ]

    // MARK: Consumers

    private static func consumers(_ file: File) throws -> (settings: [AbsoluteConfigKey: ConfigValue], ignored: [String]) {
        guard let list = file["consumers"] else { return ([:], []) }
        let json = try Array(JSONEncoder().encode(list))
        let setting = ConfigValue(.string(String(decoding: json, as: UTF8.self)), isSecret: true)
        return (["outbox.consumers": setting], try CentrifugoConsumer.others(in: json))
    }

    // MARK: The server

    private static func server(_ file: File) -> [AbsoluteConfigKey: ConfigValue] {
        var settings: [AbsoluteConfigKey: ConfigValue] = [:]
        settings["centrifugo.apiKey"] = secret(file.text("http_api.key", "api_key"))
        settings["centrifugo.insecure"] = plain(file.bool("http_api.insecure", "api_insecure"))
        settings["centrifugo.errorMode"] = plain(file.text("http_api.error_mode"))
        settings["centrifugo.handlerPrefix"] = plain(file.text("http_api.handler_prefix", "api_handler_prefix"))
        settings["centrifugo.enabledProviders"] = plain(file.providers?.joined(separator: ","))
        settings["centrifugo.metrics"] = plain(file.bool("prometheus.enabled", "prometheus"))
        if file.bool("grpc_api.enabled", "grpc_api") == true { settings.merge(grpc(file)) { $1 } }
        settings["host"] = plain(file.text("http_server.address", "address"))
        settings["port"] = plain(file.integer("http_server.port", "port"))
        settings["sender.dryRun"] = plain(file.bool("push_notifications.dry_run"))
        settings["vapid.privateKey"] = secret(file.text("push_notifications.webpush.vapid_private_key"))
        settings["vapid.subject"] = plain(file.text("push_notifications.webpush.subject", "push_notifications.webpush.vapid_subject"))
        settings["allowedEndpointOrigins"] = plain(origins(file)?.joined(separator: ","))
        if file.bool("database.enabled") == true { settings["database.url"] = secret(file.text("database.postgresql.dsn")) }
        return settings
    }

    private static func grpc(_ file: File) -> [AbsoluteConfigKey: ConfigValue] {
        var settings: [AbsoluteConfigKey: ConfigValue] = [:]
        settings["centrifugo.grpc.port"] = plain(file.integer("grpc_api.port", "grpc_api_port") ?? 10_000)
        settings["centrifugo.grpc.host"] = plain(file.text("grpc_api.address", "grpc_api_address"))
        settings["centrifugo.grpc.key"] = secret(file.text("grpc_api.key", "grpc_api_key"))
        settings["centrifugo.grpc.errorMode"] = plain(file.text("grpc_api.error_mode"))
        return settings
    }

    /// Counted in hours here: of an interval that isn't the next that is.
    private static func lifetime(_ file: File) throws -> [AbsoluteConfigKey: ConfigValue] {
        let key = "push_notifications.max_inactive_device_interval"
        var hours = file.integer("push_notifications.max_inactive_device_days").map { Double($0) * 24 }
        if let text = file.text(key) {
            guard let interval = GoDuration(text) else {
                throw SettingsError(key: key, message: "\(text): give a duration like 720h, or 0s to keep devices")
            }
            hours = (interval.seconds / 3600).rounded(.up)
        }
        guard let hours else { return [:] }
        return ["sender.deviceLifetimeHours": ConfigValue(.int(Int(min(hours, 1e9))), isSecret: false)]
    }

    /// Centrifugo's own list, unless the file has another, and what it adds to that. A file that says nothing leaves it to us.
    private static func origins(_ file: File) -> [String]? {
        let set = file.texts("push_notifications.webpush.allowed_endpoint_origins")
        let extra = file.texts("push_notifications.webpush.extra_allowed_endpoint_origins")
        guard let base = set ?? extra.map({ _ in usualOrigins }) else { return nil }
        return base + (extra ?? [])
    }

    private static let usualOrigins = [
        "https://*.googleapis.com", "https://*.push.apple.com", "https://*.notify.windows.com", "https://*.push.services.mozilla.com",
    ]

    private static func plain(_ text: String?) -> ConfigValue? { text.map { ConfigValue(.string($0), isSecret: false) } }
    private static func plain(_ flag: Bool?) -> ConfigValue? { flag.map { ConfigValue(.bool($0), isSecret: false) } }
    private static func plain(_ number: Int?) -> ConfigValue? { number.map { ConfigValue(.int($0), isSecret: false) } }
    private static func secret(_ text: String?) -> ConfigValue? { text.map { ConfigValue(.string($0), isSecret: true) } }

    // MARK: Credentials

    /// As `PUT /v1/apps/{app}/providers/{provider}` takes them.
    private static func credentials(_ file: File) throws -> [AbsoluteConfigKey: ConfigValue] {
        var settings: [AbsoluteConfigKey: ConfigValue] = [:]
        if file.sends("fcm") { settings["credentials.fcm"] = try secret(json(fcm(file))) }
        if file.sends("hms") { settings["credentials.hms"] = try secret(json(hms(file))) }
        if file.sends("apns") { settings["credentials.apns"] = try secret(json(apns(file))) }
        return settings
    }

    private static func json(_ fields: [String: String?]?) throws -> String? {
        try fields.map { String(decoding: try JSONEncoder().encode($0.compactMapValues { $0 }), as: UTF8.self) }
    }

    private static func fcm(_ file: File) throws -> [String: String?]? {
        let key = "push_notifications.fcm.credentials_file"
        return try file.text(key, "push_notifications.fcm_credentials_file_path").map { ["service_account": try content(of: $0, key)] }
    }

    private static func hms(_ file: File) -> [String: String?]? {
        guard let id = file.text("push_notifications.hms.app_id", "push_notifications.hms_app_id") else { return nil }
        return [
            "app_id": id, "client_secret": file.text("push_notifications.hms.app_secret", "push_notifications.hms_app_secret"),
            "token_endpoint": file.text("push_notifications.hms.auth_endpoint"),
            "endpoint": file.text("push_notifications.hms.push_endpoint"),
        ]
    }

    private static func apns(_ file: File) throws -> [String: String?]? {
        guard let bundleID = file.text("push_notifications.apns.bundle_id", "push_notifications.apns_bundle_id") else { return nil }
        guard file.text("push_notifications.apns.auth_type", "push_notifications.apns_auth") != "cert" else {
            throw SettingsError(
                key: "push_notifications.apns.auth_type",
                message: "make PEM of the .p12 (openssl pkcs12 -nodes), give that to `herald providers set apns`, and leave apns out")
        }
        let endpoint = file.text("push_notifications.apns.endpoint", "push_notifications.apns_endpoint") ?? "development"
        let named = ["development": "sandbox", "production": "production"][endpoint]
        return [
            "bundle_id": bundleID, "environment": named, "endpoint": named == nil ? endpoint : nil, "private_key": try apnsKey(file),
            "key_id": file.text("push_notifications.apns.token_key_id", "push_notifications.apns_token_key_id"),
            "team_id": file.text("push_notifications.apns.token_team_id", "push_notifications.apns_token_team_id"),
        ]
    }

    private static func apnsKey(_ file: File) throws -> String? {
        let key = "push_notifications.apns.token_key_file"
        return try file.text("push_notifications.apns.token_key_pem")
            ?? file.text(key, "push_notifications.apns_token_auth_key_path").map { try content(of: $0, key) }
    }

    private static func content(of path: String, _ key: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw SettingsError(key: key, message: "\(path) can't be read")
        }
        return String(decoding: data, as: UTF8.self)
    }
}

/// The file, asked by dotted names; of several the first that is there.
private struct File {
    let root: JSONValue

    subscript(path: String) -> JSONValue? {
        path.split(separator: ".").reduce(root) { $0?[String($1)] }
    }

    func text(_ paths: String...) -> String? {
        paths.lazy.compactMap { if case .string(let text) = self[$0], !text.isEmpty { text } else { nil } }.first
    }

    func bool(_ paths: String...) -> Bool? {
        paths.lazy.compactMap { if case .bool(let flag) = self[$0] { flag } else { nil } }.first
    }

    func integer(_ paths: String...) -> Int? {
        paths.lazy.compactMap { if case .integer(let number) = self[$0] { Int(number) } else { nil } }.first
    }

    /// Nil where there are none.
    func texts(_ path: String) -> [String]? {
        guard case .array(let items) = self[path], !items.isEmpty else { return nil }
        return items.compactMap { if case .string(let text) = $0 { text } else { nil } }
    }

    /// Nil: all.
    var providers: [String]? { texts("push_notifications.enabled_providers") }

    func sends(_ provider: String) -> Bool { providers?.contains(provider) ?? true }
}
