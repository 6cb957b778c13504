#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The port to webhooks and how far they are.
public protocol WebhookStore: Sendable {
    /// Makes a webhook, which hears what happens from now on, or changes one: it goes on where it was, at once, whatever was wrong with it.
    /// - Parameter sealedSecrets: for a new one; another keeps those it has.
    /// - Returns: the webhook as it is now, and whether it is new; nil when the App has `limit` webhooks.
    func put(
        _ definition: WebhookDefinition, sealedSecrets: [UInt8], limit: Int, now: Date
    ) async throws -> (webhook: Webhook, isNew: Bool)?

    /// - Returns: whether there was such a webhook.
    func putSecrets(_ sealed: [UInt8], id: WebhookID, app: AppID) async throws -> Bool
    func webhook(_ id: WebhookID, app: AppID) async throws -> Webhook?
    /// By id.
    func webhooks(app: AppID) async throws -> [Webhook]
    /// Of every App.
    func webhooks() async throws -> [Webhook]
    /// - Returns: whether there was such a webhook.
    func remove(_ id: WebhookID, app: AppID) async throws -> Bool

    // MARK: Telling

    /// Takes webhooks that are due and have something to hear, each with its next batch, for one owner alone.
    ///
    /// A batch stays the same until it is taken, whoever sends it and how often.
    func claimWebhooks(owner: LeaseOwner, until: Date, limit: Int, now: Date) async throws -> [WebhookBatch]

    /// Writes what came of a batch.
    /// - Parameter until: set where the owner goes on with the next batch; else the webhook is handed back.
    /// - Returns: the next batch; nil when there is none, or the webhook is no longer the owner's.
    func settle(_ batch: WebhookBatch, _ progress: WebhookProgress, goesOnUntil until: Date?) async throws -> WebhookBatch?

    /// Hands back what is held.
    /// - Parameter node: whose; nil: everybody's, when nobody else is there.
    func releaseWebhooks(of node: LeaseOwner?) async throws
}

/// What a webhook is told at once.
public struct WebhookBatch: Sendable, Hashable {
    public static let eventLimit = 100

    public let webhook: Webhook
    /// From 1 to eventLimit, in their order.
    public let events: [Event]
    /// The webhook's place once it has taken them.
    public let end: EventPosition
    public let owner: LeaseOwner

    public init(webhook: Webhook, events: [Event], end: EventPosition, owner: LeaseOwner) {
        self.webhook = webhook
        self.events = events
        self.end = end
        self.owner = owner
    }

    /// `{"events":[…]}`
    public var json: String { #"{"events":[\#(events.map(\.json).joined(separator: ","))]}"# }
}
