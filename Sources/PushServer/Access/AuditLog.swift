import Logging
import PushSender
import PushStorage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Remembers what administrators did: with which key, to what; never a secret.
struct AuditLog: Sendable {
    let store: SQLAuditStore
    let logger: Logger
    let now: @Sendable () -> Date

    /// Call it when the deed is done: what was refused isn't written down. An entry that can't be written goes to the server's log: an
    /// answer that called the deed undone would be a lie, and might lose a secret that is shown once.
    /// - Parameters:
    ///   - subject: what it was done to, in words that need no look elsewhere: `key 1a2b3c (send, "shop")`.
    ///   - app: whose it is; nil for the key's own App.
    func record(_ action: AuditAction, _ subject: String, app: AppID? = nil, by context: APIContext) async throws {
        try await record(action, subject, app: app, by: try context.requireKey())
    }

    func record(_ action: AuditAction, _ subject: String, app: AppID? = nil, by key: APIKey) async throws {
        do {
            try await write(action, subject, app: app ?? key.app, keyID: key.id, keyName: key.name)
        } catch let error as StorageError {
            logger.error(
                "The audit log can't be written",
                metadata: ["action": "\(action.rawValue)", "subject": "\(subject)", "key": "\(key.id)", "error": "\(error)"])
        }
    }

    /// What was done at the server's own machine, where nobody needs a key.
    func recordCommand(_ action: AuditAction, _ subject: String, app: AppID) async throws {
        try await write(action, subject, app: app, keyID: "", keyName: "command line")
    }

    private func write(_ action: AuditAction, _ subject: String, app: AppID, keyID: String, keyName: String) async throws {
        try await store.record(
            AuditEntry(
                app: app, at: now(), keyID: keyID, keyName: keyName, action: action.rawValue,
                subject: String(subject.prefix(Self.subjectLimitCharacters))))
    }

    private static let subjectLimitCharacters = 500
}

/// What can be done, as `GET /v1/audit` spells it.
enum AuditAction: String, Sendable, CaseIterable {
    case keyCreated = "key.created"
    case keyRotated = "key.rotated"
    case keyRemoved = "key.removed"
    case appCreated = "app.created"
    case appSettingsChanged = "app.settings_changed"
    case credentialSet = "credential.set"
    case credentialRemoved = "credential.removed"
    case identitySet = "identity.set"
    case identityRemoved = "identity.removed"
    case templateSet = "template.set"
    case templateRemoved = "template.removed"
    case audienceSet = "audience.set"
    case audienceRemoved = "audience.removed"
    case webhookSet = "webhook.set"
    case webhookRemoved = "webhook.removed"
    case pushCancelled = "push.cancelled"
    case pushRecalled = "push.recalled"
    case userExported = "user.exported"
    case userErased = "user.erased"
}
