import Logging
import PushService

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Where messages that were found to be good come in. Stored first, offered then: whatever happens to the connection, the message is there.
struct MessageDoor: Sendable {
    let store: any MessageStore
    let hub: SocketHub
    let ended: EndedEndpoints
    let limits: PushServiceLimits
    let logger: Logger
    let now: @Sendable () -> Date

    /// - Throws: ``EndpointRefusal`` when the subscription has ended; whatever the store throws when the message can't be kept.
    func accept(_ message: NewMessage) async throws -> AcceptedMessage {
        guard message.isStorable else { return AcceptedMessage(id: try await acceptUnstored(message)) }
        switch try await store.store([message], backlogLimit: limits.backlogMessages).first {
        case .stored(let sequence, let pushedOut, let node)?:
            if pushedOut > 0 {
                logger.warning("A user agent's backlog is full; its oldest messages were dropped", metadata: ["count": "\(pushedOut)"])
            }
            let numbered = message.numbered(sequence)
            hub.deliver(numbered, holder: node)
            return AcceptedMessage(id: numbered.id, receipts: message.receipts?.subscription)
        case .bridged(let sequence, let address)?:
            return AcceptedMessage(id: try await carry(message.numbered(sequence), over: address))
        case .receiptsGone?:
            throw EndpointRefusal.receiptsGone
        case .channelGone?, nil:
            throw gone(message)
        }
    }

    private func gone(_ message: NewMessage) -> EndpointRefusal {
        ended.remember(message, now: now())
        return .endpointGone(cacheSeconds: limits.goneCacheSeconds)
    }

    /// A message for a mobile user agent is with its platform when this returns; it isn't kept here.
    private func carry(_ message: Message, over address: BridgeAddress) async throws -> MessageID {
        switch await hub.bridges[address.bridge]?.deliver(message, to: address) {
        case .accepted?:
            hub.counts.acceptUnstored(.delivered)
            return message.id
        case .gone?:
            try await store.forget(message.id.uaid, now: now())
            throw EndpointRefusal.endpointGone(cacheSeconds: limits.goneCacheSeconds)
        case .unavailable(let trouble)?:
            throw EndpointRefusal.bridgeFailed(trouble)
        case nil:
            throw EndpointRefusal.bridgeFailed(.unreachable)
        }
    }

    /// One of TTL 0. The store is asked all the same: who has unsubscribed must not get it, and its sender must learn that.
    private func acceptUnstored(_ message: NewMessage) async throws -> MessageID {
        guard let standing = try await store.standing(of: message.channel, in: message.epoch) else { throw gone(message) }
        var random = SystemRandomNumberGenerator()
        let numbered = message.numbered(.unstored(using: &random))
        if let address = standing.bridge { return try await carry(numbered, over: address) }
        hub.deliverUnstored(numbered, holder: standing.node)
        return numbered.id
    }
}

/// A message that was taken.
struct AcceptedMessage: Sendable {
    let id: MessageID
    /// Where it will be told what became of it. Nil unless that was asked for and the message is kept: nobody here hears what becomes of
    /// one that is gone from here already.
    var receipts: ReceiptSubscription?
}
