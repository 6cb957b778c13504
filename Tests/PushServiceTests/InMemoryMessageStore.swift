import Foundation
import PushService

/// The shortest store that keeps every promise of the port but durability: what the others are measured against.
actor InMemoryMessageStore: MessageStore {
    private struct UserAgent {
        var lastConnected: Date
        var node: NodeID?
        var connections: ConnectionNumber = .first
        var channels: Set<ChannelID> = []
        var newest: MessageSequence = 0
        var messages: [(sequence: MessageSequence, message: NewMessage)] = []
    }

    private var userAgents: [UAID: UserAgent] = [:]

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
            userAgents[uaid].map { Standing(node: $0.node, number: $0.connections, newest: $0.newest) }
        }
    }

    func register(_ channels: [Channel], on node: NodeID?, now: Date) {
        for channel in channels {
            var agent = userAgents[channel.uaid] ?? UserAgent(lastConnected: now, node: node)
            agent.lastConnected = max(agent.lastConnected, now)
            agent.channels.insert(channel.id)
            userAgents[channel.uaid] = agent
        }
    }

    func unregister(_ channels: [Channel]) {
        for channel in channels {
            userAgents[channel.uaid]?.channels.remove(channel.id)
            userAgents[channel.uaid]?.messages.removeAll { $0.message.channel == channel }
        }
    }

    func store(_ messages: [NewMessage], backlogLimit: Int) -> [StoreResult] {
        messages.map { store($0, backlogLimit: backlogLimit) }
    }

    private func store(_ message: NewMessage, backlogLimit: Int) -> StoreResult {
        guard var agent = userAgents[message.channel.uaid], agent.channels.contains(message.channel.id) else {
            return .channelGone
        }
        if let key = message.collapseKey {
            agent.messages.removeAll { $0.message.channel == message.channel && $0.message.collapseKey == key }
        }
        agent.newest = agent.newest.next
        agent.messages.append((agent.newest, message))
        let pushedOut = max(0, agent.messages.count - backlogLimit)
        agent.messages.removeFirst(pushedOut)
        userAgents[message.channel.uaid] = agent
        return .stored(agent.newest, pushedOut: pushedOut, node: agent.node)
    }

    func messages(for uaid: UAID, after: MessageSequence, limit: Int, now: Date) -> MessagePage {
        let agent = userAgents[uaid]
        let due = (agent?.messages ?? []).filter { $0.sequence > after && $0.message.expiresAt > now }
        return MessagePage(
            due.prefix(limit).map { $0.message.numbered($0.sequence) }, limit: limit, newest: agent?.newest ?? .start)
    }

    func delete(_ messages: [MessageID]) {
        for id in messages { userAgents[id.uaid]?.messages.removeAll { $0.sequence == id.sequence } }
    }

    func deleteExpired(now: Date, limit: Int) -> Int {
        var deleted = 0
        for uaid in userAgents.keys {
            userAgents[uaid]?.messages.removeAll { entry in
                guard deleted < limit, entry.message.expiresAt <= now else { return false }
                deleted += 1
                return true
            }
        }
        return deleted
    }

    func deleteUserAgents(lastConnectedBefore date: Date, limit: Int) -> Int {
        let absent = userAgents.filter { $0.value.lastConnected < date }.prefix(limit)
        for uaid in absent.map(\.key) { userAgents[uaid] = nil }
        return absent.count
    }
}
