import HTTPTypes
import JWS
import PushSender
import PushStorage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How keys are made and given new secrets, whoever asks: the API or the command line.
struct KeyMaking: Sendable {
    let store: SQLKeyStore
    let now: @Sendable () -> Date

    static let defaultOverlapSeconds = 86_400
    static let overlapLimitsSeconds = 0...2_592_000
    static let nameLimitBytes = 256
    static let keysPerApp = 1000

    /// - Returns: the secret, which is not kept anywhere.
    /// - Throws: ``Problem`` that names the field.
    func create(app: AppID, name: String, scope: KeyScope) async throws -> (key: APIKey, secret: String) {
        guard (1...Self.nameLimitBytes).contains(name.utf8.count) else {
            throw Problem(.unprocessableContent, "invalid_field", "name: give 1 to \(Self.nameLimitBytes) bytes", field: "name")
        }
        let secret = KeySecret.new(scope)
        let made = try await store.create(
            secret: secret, id: KeySecret.newID(), app: app, name: name, scope: scope, limitKeys: Self.keysPerApp, now: now())
        guard let made else {
            throw Problem(
                .unprocessableContent, "too_many_keys", "the App has \(Self.keysPerApp) keys, which is the limit; remove some")
        }
        return (made, secret)
    }

    /// Gives a key another secret.
    /// - Parameters:
    ///   - app: nil for a key of any App.
    ///   - overlapSeconds: for so long the old secret works, too; 0 ends it at once.
    /// - Returns: nil when there is no such key.
    /// - Throws: ``Problem``, also for a key that a file holds: the next start would bring the old secret back.
    func rotate(id: String, app: AppID?, overlapSeconds: Int) async throws -> (key: APIKey, secret: String)? {
        guard Self.overlapLimitsSeconds.contains(overlapSeconds) else {
            throw Problem(
                .unprocessableContent, "invalid_field",
                "overlap_seconds: give 0 to \(Self.overlapLimitsSeconds.upperBound)", field: "overlap_seconds")
        }
        guard let old = try await store.keys(app: app).first(where: { $0.id == id }) else { return nil }
        try refuse(inFile: id)
        let secret = KeySecret.new(old.scope)
        let until = overlapSeconds == 0 ? nil : now().addingTimeInterval(Double(overlapSeconds))
        return try await store.rotate(id: id, app: app, to: secret, overlapUntil: until).map { ($0, secret) }
    }
}

extension KeyMaking {
    /// - Parameter app: nil for a key of any App.
    /// - Returns: what it was; nil when there is no such key.
    /// - Throws: ``Problem`` for a key that a file holds: the next start would bring it back.
    func remove(id: String, app: AppID?) async throws -> APIKey? {
        if AdminKey.isFile(id), try await store.keys(app: app).contains(where: { $0.id == id }) { try refuse(inFile: id) }
        return try await store.remove(id: id, app: app)
    }

    private func refuse(inFile id: String) throws {
        guard !AdminKey.isFile(id) else {
            throw Problem(
                .conflict, "key_in_file",
                "the key \(id) is the file admin.key in a data folder: remove the file and start the server again, and there is a new one")
        }
    }
}

extension APIKey {
    /// For the audit log.
    var label: String { "key \(id) (\(scope.rawValue), \(name))" }

    /// When the secret before the last rotation stops working, unless it has.
    func previousEnd(now: Date) -> Date? { previousUntil.flatMap { $0 > now ? $0 : nil } }
}

enum KeySecret {
    /// `herald_send_…`: says what it is when it turns up where it shouldn't.
    static func new(_ scope: KeyScope) -> String { "herald_\(scope.rawValue)_" + Base64URL.encode(randomBytes(32)) }

    /// 48 bits that name a key in lists and commands. An id that is taken is refused by the database.
    static func newID() -> String { randomBytes(6).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() }
}
