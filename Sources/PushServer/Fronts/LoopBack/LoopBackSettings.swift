import Configuration

/// The front for clients of LoopBack's push component: `loopback.…`. Off unless it has a key.
public struct LoopBackSettings: Sendable {
    /// `key`, secret, at least 16 bytes: who has it may do everything. Sent as `Authorization: KEY` (or `Bearer KEY`),
    /// `X-Access-Token: KEY` or `?access_token=KEY`.
    public var key: String?
    /// ANYBODY MAY REGISTER, READ AND REMOVE INSTALLATIONS whose ids they know: `openRegistration`, default false. For apps whose SDK
    /// sends no key.
    public var opensRegistration = false
    /// A push without a query, or with an empty one, goes to every installation there is: `allowEveryone`, default true. It takes the
    /// front's key, or an admin key of the App `default`.
    public var allowsEveryone = true
    /// A push is answered 500, as LoopBack does, when one of the installations that the query finds is of an application or a `deviceType`
    /// that can't be sent to, although the others have been: `strictReplies`, default false.
    public var repliesStrictly = false

    public init() {}

    /// Whether the front is served at all.
    public var isOn: Bool { key != nil }

    private static let keyBytes = 16

    /// - Parameter config: scoped to `loopback`.
    /// - Throws: ``SettingsError`` that names the setting.
    init(_ config: ConfigReader) async throws {
        key = try await config.fetchString(forKey: "key", isSecret: true).flatMap { $0.isEmpty ? nil : $0 }
        opensRegistration = try await config.fetchBool(forKey: "openRegistration", default: false)
        allowsEveryone = try await config.fetchBool(forKey: "allowEveryone", default: true)
        repliesStrictly = try await config.fetchBool(forKey: "strictReplies", default: false)
        if let key, key.utf8.count < Self.keyBytes {
            throw SettingsError(key: "loopback.key", message: "give at least \(Self.keyBytes) bytes; `openssl rand -hex 16` makes them")
        }
        if opensRegistration, key == nil {
            throw SettingsError(key: "loopback.openRegistration", message: "without loopback.key there is no front to open; set that too")
        }
    }
}
