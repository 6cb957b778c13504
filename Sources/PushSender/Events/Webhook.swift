#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The App's own name for a webhook.
public struct WebhookID: RawRepresentable, Sendable, Hashable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// What an App asks of a webhook.
public struct WebhookDefinition: Sendable, Hashable {
    public let app: AppID
    public let id: WebhookID
    /// Absolute, https.
    public let url: String
    /// Empty: all.
    public let kinds: Set<EventKind>

    public init(app: AppID, id: WebhookID, url: String, kinds: Set<EventKind>) {
        self.app = app
        self.id = id
        self.url = url
        self.kinds = kinds
    }
}

/// An address that is told of events, and how far it has heard them.
public struct Webhook: Sendable, Hashable {
    public let definition: WebhookDefinition
    /// Its secrets as somebody else sealed them.
    public let sealedSecrets: [UInt8]
    public let createdAt: Date
    public var progress: WebhookProgress

    public init(definition: WebhookDefinition, sealedSecrets: [UInt8], createdAt: Date, progress: WebhookProgress) {
        self.definition = definition
        self.sealedSecrets = sealedSecrets
        self.createdAt = createdAt
        self.progress = progress
    }
}
