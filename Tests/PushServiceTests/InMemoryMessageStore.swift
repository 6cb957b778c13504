import Foundation
import PushService
import WebPush

/// The shortest store that keeps every promise of the port but durability: what the others are measured against.
actor InMemoryMessageStore: MessageStore, DeliveryReceiptStore {
    private struct UserAgent {
        var lastConnected: Date
        var node: NodeID?
        var connections: ConnectionNumber = .first
        var channels: [ChannelID: SubscriptionEpoch] = [:]
        var newest: MessageSequence = 0
        var bridge: BridgeAddress?
        var messages: [(sequence: MessageSequence, message: NewMessage)] = []
    }

    private struct Subscription {
        var usedAt: Date
        var receipts: [DeliveryReceipt] = []
        var hook: Hook?
    }

    private struct Hook {
        let url: String
        var heard: ReceiptPlace
        var failures = 0
        var dueAt: Date?
    }

    private var userAgents: [UAID: UserAgent] = [:]
    private var account = MessageTally()
    private var subscriptions: [ReceiptSubscription: Subscription] = [:]
    private var latestReceipt: Int64 = 0

    func recordConnections(of uaids: [UAID], now: Date) -> [Bool] {
        uaids.map { uaid in
            guard let known = userAgents[uaid] else { return false }
            userAgents[uaid]?.lastConnected = max(known.lastConnected, now)
            return true
        }
    }

    func connect(_ uaids: [UAID], to node: NodeID, now: Date) -> [Connection?] {
        uaids.map { uaid in
            guard var agent = userAgents[uaid] else { return nil }
            let previous = agent.node
            agent.lastConnected = max(agent.lastConnected, now)
            agent.connections = ConnectionNumber(rawValue: agent.connections.rawValue + 1)
            agent.node = node
            userAgents[uaid] = agent
            return Connection(number: agent.connections, previousNode: previous)
        }
    }

    func standings(of uaids: [UAID]) -> [Standing?] {
        uaids.map { uaid in
            userAgents[uaid].map { Standing(node: $0.node, number: $0.connections, newest: $0.newest, bridge: $0.bridge) }
        }
    }

    func standing(of channel: Channel, in epoch: SubscriptionEpoch?) -> Standing? {
        guard let present = userAgents[channel.uaid]?.channels[channel.id], epoch == nil || epoch == present else { return nil }
        return standings(of: [channel.uaid])[0]
    }

    func register(_ channels: [Channel], on node: NodeID?, now: Date) -> [SubscriptionEpoch] {
        channels.map { channel in
            var agent = userAgents[channel.uaid] ?? UserAgent(lastConnected: now, node: node)
            agent.lastConnected = max(agent.lastConnected, now)
            let epoch = agent.channels[channel.id] ?? SubscriptionEpoch(rawValue: Int64((now.timeIntervalSince1970 * 1000).rounded()))
            agent.channels[channel.id] = epoch
            userAgents[channel.uaid] = agent
            return epoch
        }
    }

    func setBridge(of uaid: UAID, to address: BridgeAddress, now: Date) -> Bool {
        guard let known = userAgents[uaid] else { return false }
        userAgents[uaid]?.bridge = address
        userAgents[uaid]?.lastConnected = max(known.lastConnected, now)
        return true
    }

    func registration(of uaid: UAID) -> UserAgentRegistration? {
        userAgents[uaid].map { agent in
            UserAgentRegistration(channels: agent.channels.keys.sorted { $0.rawValue < $1.rawValue }, bridge: agent.bridge)
        }
    }

    func forget(_ uaid: UAID, now: Date) {
        _ = end(of: uaid, .dropped, now) { _ in true }
        userAgents[uaid] = nil
    }

    func unregister(_ channels: [Channel], now: Date) {
        for channel in channels {
            userAgents[channel.uaid]?.channels[channel.id] = nil
            _ = end(of: channel.uaid, .dropped, now) { $0.message.channel == channel }
        }
    }

    func store(_ messages: [NewMessage], backlogLimit: Int) -> [StoreResult] {
        messages.map { store($0, backlogLimit: backlogLimit) }
    }

    private func store(_ message: NewMessage, backlogLimit: Int) -> StoreResult {
        let uaid = message.channel.uaid
        if case .known(let subscription)? = message.receipts, subscriptions[subscription] == nil { return .receiptsGone }
        guard let epoch = userAgents[uaid]?.channels[message.channel.id], message.epoch == nil || message.epoch == epoch else {
            return .channelGone
        }
        if let bridge = userAgents[uaid]?.bridge {
            let sequence = userAgents[uaid]?.newest.next ?? 1
            userAgents[uaid]?.newest = sequence
            return .bridged(sequence, bridge)
        }
        if let request = message.receipts { subscriptions[request.subscription, default: Subscription(usedAt: message.postedAt)].usedAt = message.postedAt }
        if let key = message.collapseKey {
            _ = end(of: uaid, .replaced, message.postedAt) { $0.message.channel == message.channel && $0.message.collapseKey == key }
        }
        let sequence = userAgents[uaid]?.newest.next ?? 1
        userAgents[uaid]?.newest = sequence
        userAgents[uaid]?.messages.append((sequence, message))
        account.accepted += 1
        let kept = userAgents[uaid]?.messages.map(\.sequence) ?? []
        let outdated = Set(kept.prefix(max(0, kept.count - backlogLimit)))
        _ = end(of: uaid, .dropped, message.postedAt) { outdated.contains($0.sequence) }
        return .stored(sequence, pushedOut: outdated.count, node: userAgents[uaid]?.node)
    }

    /// - Returns: subscriptions that have a receipt more, and how many messages it were.
    private func end(
        of uaid: UAID, _ ending: MessageEnding, _ now: Date, _ isOver: ((sequence: MessageSequence, message: NewMessage)) -> Bool
    ) -> (told: Set<ReceiptSubscription>, count: Int) {
        let over = (userAgents[uaid]?.messages ?? []).filter(isOver)
        userAgents[uaid]?.messages.removeAll { entry in over.contains { $0.sequence == entry.sequence } }
        account.ended[ending, default: 0] += over.count
        guard ending != .replaced else { return ([], over.count) }
        var told: Set<ReceiptSubscription> = []
        for (sequence, message) in over {
            guard let subscription = message.receipts?.subscription, subscriptions[subscription] != nil else { continue }
            latestReceipt += 1
            subscriptions[subscription]?.receipts.append(
                DeliveryReceipt(
                    place: ReceiptPlace(transaction: 0, number: latestReceipt), message: MessageID(uaid: uaid, sequence: sequence),
                    ending: ending, at: now))
            if subscriptions[subscription]?.hook?.dueAt == nil { subscriptions[subscription]?.hook?.dueAt = now }
            told.insert(subscription)
        }
        return (told, over.count)
    }

    func messages(for uaid: UAID, after: MessageSequence, limit: Int, now: Date) -> MessagePage {
        let agent = userAgents[uaid]
        let due = (agent?.messages ?? []).filter { $0.sequence > after && $0.message.expiresAt > now }
        return MessagePage(
            due.prefix(limit).map { $0.message.numbered($0.sequence) }, limit: limit, newest: agent?.newest ?? .start)
    }

    func hasMessage(for uaid: UAID, after: MessageSequence, atLeast urgency: Urgency, now: Date) -> Bool {
        (userAgents[uaid]?.messages ?? []).contains { $0.sequence > after && $0.message.expiresAt > now && $0.message.urgency >= urgency }
    }

    @discardableResult
    func delete(_ messages: [EndedMessage], now: Date) -> Set<ReceiptSubscription> {
        messages.reduce(into: []) { told, message in
            told.formUnion(end(of: message.id.uaid, message.ending, now) { $0.sequence == message.id.sequence }.told)
        }
    }

    func deleteExpired(now: Date, limit: Int) -> Int {
        userAgents.keys.reduce(0) { deleted, uaid in
            let due = (userAgents[uaid]?.messages ?? []).filter { $0.message.expiresAt <= now }.prefix(limit - deleted).map(\.sequence)
            return deleted + end(of: uaid, .expired, now) { due.contains($0.sequence) }.count
        }
    }

    func deleteUserAgents(lastConnectedBefore date: Date, limit: Int, now: Date) -> Int {
        let absent = userAgents.filter { $0.value.lastConnected < date }.prefix(limit)
        for uaid in absent.map(\.key) {
            _ = end(of: uaid, .dropped, now) { _ in true }
            userAgents[uaid] = nil
        }
        return absent.count
    }

    func tally() -> MessageTally { MessageTally(accepted: account.accepted, ended: account.ended) }
    var waiting: Int { userAgents.values.reduce(0) { $0 + $1.messages.count } }

    // MARK: Receipts

    func receipts(of subscription: ReceiptSubscription, after place: ReceiptPlace, limit: Int) -> [DeliveryReceipt]? {
        subscriptions[subscription].map { Array($0.receipts.filter { $0.place > place }.prefix(limit)) }
    }

    func endReceipts(of subscription: ReceiptSubscription) -> Bool { subscriptions.removeValue(forKey: subscription) != nil }

    func setHook(of subscription: ReceiptSubscription, to url: String?, now: Date) -> Bool {
        guard let known = subscriptions[subscription] else { return false }
        subscriptions[subscription]?.hook = url.map { Hook(url: $0, heard: known.receipts.last?.place ?? .start) }
        return true
    }

    func claimHooks(until: Date, limit: Int, page: Int, now: Date) -> [HookedReceipts] {
        let due = subscriptions.filter { $0.value.hook?.dueAt.map { $0 <= now } == true }.prefix(limit)
        return due.compactMap { id, subscription in
            guard let hook = subscription.hook else { return nil }
            subscriptions[id]?.hook?.dueAt = until
            return HookedReceipts(
                subscription: id, url: hook.url, failures: hook.failures, heard: hook.heard,
                receipts: receipts(of: id, after: hook.heard, limit: page) ?? [])
        }
    }

    func settleHook(of subscription: ReceiptSubscription, heard place: ReceiptPlace, failures: Int, nextAt: Date) {
        let hasMore = subscriptions[subscription]?.receipts.contains { $0.place > place } == true
        subscriptions[subscription]?.hook?.heard = place
        subscriptions[subscription]?.hook?.failures = failures
        subscriptions[subscription]?.hook?.dueAt = hasMore ? nextAt : nil
    }

    func deleteReceipts(before date: Date, limit: Int) -> Int {
        let unused = subscriptions.filter { $0.value.usedAt < date }.prefix(limit).map(\.key)
        var old = 0
        for id in subscriptions.keys {
            let before = subscriptions[id]?.receipts.count ?? 0
            subscriptions[id]?.receipts.removeAll { $0.at < date }
            old += before - (subscriptions[id]?.receipts.count ?? 0)
        }
        for id in unused { subscriptions[id] = nil }
        return max(old, unused.count)
    }
}
