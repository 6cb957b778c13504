import PushSender

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Keeps webhooks' secrets sealed by the master key.
struct WebhookVault: Sendable {
    let store: any WebhookStore
    let keys: MasterKeys

    func seal(_ secrets: WebhookSecrets, _ id: WebhookID, _ app: AppID) throws -> [UInt8] {
        try keys.seal(Array(JSONEncoder().encode(secrets)), for: Self.context(id, app))
    }

    /// Nil when they were sealed with a master key that isn't there any more.
    func secrets(of webhook: Webhook) -> WebhookSecrets? { open(webhook)?.secrets }

    /// Seals with the first master key what an older one has sealed.
    func reseal() async throws {
        for webhook in try await store.webhooks() {
            guard let (secrets, isOld) = open(webhook), isOld else { continue }
            let (id, app) = (webhook.definition.id, webhook.definition.app)
            _ = try await store.putSecrets(seal(secrets, id, app), id: id, app: app)
        }
    }

    private func open(_ webhook: Webhook) -> (secrets: WebhookSecrets, isOld: Bool)? {
        guard let (text, isOld) = keys.open(webhook.sealedSecrets, for: Self.context(webhook.definition.id, webhook.definition.app)),
            let secrets = try? JSONDecoder().decode(WebhookSecrets.self, from: Data(text))
        else { return nil }
        return (secrets, isOld)
    }

    private static func context(_ id: WebhookID, _ app: AppID) -> String { "webhook \(app.rawValue) \(id.rawValue)" }
}
