import JSON
import PushProviders
import PushSender

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One provider's sort of credential, without its type: how to read one, and where those in force are kept.
struct CredentialKind: Sendable {
    let provider: ProviderName
    /// See ``ProviderCredential/fieldNames``.
    let fieldNames: Set<String>
    let read: @Sendable (_ fields: JSONValue, _ now: Date) throws(CredentialProblem) -> any ProviderCredential
    let install: @Sendable (_ credentials: [any ProviderCredential], _ app: AppID) -> Void
    let installed: @Sendable (_ app: AppID) -> [any ProviderCredential]

    init<Credential: ProviderCredential>(_ table: CredentialTable<Credential>) {
        provider = Credential.provider
        fieldNames = Credential.fieldNames
        read = { fields, now throws(CredentialProblem) in try Credential(fields, now: now) }
        install = { credentials, app in table.set(credentials.compactMap { $0 as? Credential }, for: app) }
        installed = { app in table.all(for: app) }
    }
}
