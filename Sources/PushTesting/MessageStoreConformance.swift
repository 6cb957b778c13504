#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
public import PushService
public import Testing
import WebPush

/// What every ``MessageStore`` must do, one function per guarantee. Each takes a fresh, empty store.
///
///     @Test(arguments: MessageStoreConformance.all)
///     func storeConforms(_ guarantee: MessageStoreConformance) async throws { try await guarantee.check(makeStore()) }
public struct MessageStoreConformance: Sendable, CustomTestStringConvertible {
    public let name: String
    public let check: @Sendable (any MessageStore) async throws -> Void

    init(_ name: String, _ check: @escaping @Sendable (any MessageStore) async throws -> Void) {
        self.name = name
        self.check = check
    }

    public var testDescription: String { name }

    /// Every guarantee.
    public static let all =
        userAgents + whereabouts + numbering + pages + replacement + limits + expiry + removal + urgencies + account + bridges

    // MARK: Nodes

    static let whereabouts = [
        Self("each connection has a higher number, and knows where the one before was") { store in
            #expect(try await store.connect([.one], to: .east, now: start) == [nil], "nobody has registered")
            _ = try await store.register([.a], on: .east, now: start)
            #expect(try await store.connect([.one], to: .west, now: start) == [Connection(number: 1, previousNode: .east)])
            let three = try await store.connect([.two, .one, .one], to: .east, now: start)
            #expect(
                three == [nil, Connection(number: 2, previousNode: .west), Connection(number: 3, previousNode: .east)])
            #expect(try await store.standings(of: [.one, .two]) == [Standing(node: .east, number: 3, newest: 0), nil])
        },
        Self("of many connections at once each has a number of its own") { store in
            _ = try await store.register([.a], on: nil, now: start)
            let numbers = try await withThrowingTaskGroup(of: ConnectionNumber?.self) { group in
                for index in 0..<20 {
                    group.addTask { try await store.connect([.one], to: index % 2 == 0 ? .east : .west, now: start)[0]?.number }
                }
                return try await group.reduce(into: Set()) { $0.insert($1?.rawValue ?? -1) }
            }
            #expect(numbers == Set(1...20))
        },
        Self("who stores a message hears where its user agent is") { store in
            _ = try await store.register([.a], on: .east, now: start)
            _ = try await store.register([.other], on: nil, now: start)
            let kept = try await store.keep(message("1"), message("x", .other))
            #expect(
                kept == [.stored(1, pushedOut: 0, node: .east), .stored(1, pushedOut: 0)])
            _ = try await store.connect([.one], to: .west, now: start)
            _ = try await store.register([.b], on: .east, now: start)
            #expect(try await store.keep(message("2")) == [.stored(2, pushedOut: 0, node: .west)], "a channel more moves nobody")
            #expect(try await store.standings(of: [.one])[0]?.newest == 2)
        },
        Self("a channel stands where its user agent does, as long as it is registered") { store in
            #expect(try await store.standing(of: .a, in: nil) == nil)
            let epoch = try await store.register([.a], on: .east, now: start)[0]
            try await store.keep(message("1"))
            let standing = Standing(node: .east, number: .first, newest: 1)
            #expect(try await store.standing(of: .a, in: epoch) == standing)
            #expect(try await store.standing(of: .a, in: nil) == standing)
            let none = [
                try await store.standing(of: .a, in: SubscriptionEpoch(rawValue: epoch.rawValue + 1)),
                try await store.standing(of: .b, in: nil), try await store.standing(of: .other, in: nil),
            ]
            #expect(none == [nil, nil, nil])
            let stub = BridgeAddress(bridge: "stub", app: "app", token: "t")
            _ = try await store.setBridge(of: .one, to: stub, now: start)
            #expect(try await store.standing(of: .a, in: epoch)?.bridge == stub)
            try await store.unregister([.a], now: start)
            #expect(try await store.standing(of: .a, in: epoch) == nil, "that it has ended is known at once")
        },
        Self("a connection keeps a user agent from being forgotten") { store in
            _ = try await store.register([.a, .other], on: nil, now: start)
            _ = try await store.connect([.one], to: .east, now: start + 50)
            _ = try await store.connect([.one], to: .east, now: start + 20)
            #expect(try await store.deleteUserAgents(lastConnectedBefore: start + 50, limit: 10, now: start) == 1)
            #expect(try await store.standings(of: [.one, .two]).map { $0 != nil } == [true, false])
        },
        Self("nobody asked about is nobody told") { store in
            let connections = try await store.connect([], to: .east, now: start)
            let standings = try await store.standings(of: [])
            #expect(connections.isEmpty && standings.isEmpty)
        },
    ]

    // MARK: User agents and channels

    static let userAgents = [
        Self("a user agent is known once it has registered a channel") { store in
            #expect(try await store.recordConnections(of: [.one, .two], now: start) == [false, false])
            try await store.register([.a], now: start)
            #expect(try await store.recordConnections(of: [.two, .one, .one], now: start) == [false, true, true])
        },
        Self("asking for an unknown user agent doesn't make it known") { store in
            _ = try await store.recordConnections(of: [.one], now: start)
            #expect(try await store.recordConnections(of: [.one], now: start) == [false])
        },
        Self("registering a channel again keeps its messages") { store in
            try await store.register([.a], now: start)
            try await store.keep(message("1"))
            try await store.register([.a, .a], now: start)
            #expect(try await store.bodies() == ["1"])
        },
        Self("unregistering a channel deletes its messages and no others") { store in
            try await store.register([.a, .b, .other], now: start)
            try await store.keep(message("1", .a), message("2", .b), message("3", .other))
            try await store.unregister([.a, .a], now: start)
            #expect(try await store.bodies() == ["2"])
            #expect(try await store.bodies(of: .two) == ["3"])
            #expect(try await store.keep(message("4", .a)) == [.channelGone])
        },
        Self("unregistering leaves the user agent known, and an unknown channel is fine") { store in
            try await store.register([.a], now: start)
            try await store.unregister([.a, .b, .other], now: start)
            #expect(try await store.recordConnections(of: [.one, .two], now: start) == [true, false])
        },
        Self("an epoch lasts as long as a registration, and a message to another one is refused") { store in
            let first = try await store.register([.a, .a], on: nil, now: start)
            #expect(try await store.register([.a], on: nil, now: start + 5) == [first[0]] && first[0] == first[1])
            #expect(try await store.keep(message("1", epoch: first[0]), message("2")).count == 2)
            try await store.unregister([.a], now: start + 6)
            #expect(try await store.keep(message("3", epoch: first[0])) == [.channelGone])
            let second = try await store.register([.a], on: nil, now: start + 7)
            #expect(second != [first[0]])
            #expect(try await store.keep(message("4", epoch: first[0])) == [.channelGone], "the old endpoint never works again")
            #expect(try await store.keep(message("5", epoch: second[0])) == [.stored(3, pushedOut: 0)])
        },
        Self("a channel registered anew doesn't bring its old messages back") { store in
            try await store.register([.a], now: start)
            try await store.keep(message("1"))
            try await store.unregister([.a], now: start)
            try await store.register([.a], now: start)
            #expect(try await store.bodies() == [])
            #expect(try await store.keep(message("2")) == [.stored(2, pushedOut: 0)])
        },
        Self("empty questions have empty answers") { store in
            try await store.register([], now: start)
            try await store.unregister([], now: start)
            try await store.delete([], now: start)
            #expect(try await store.recordConnections(of: [], now: start) == [])
            #expect(try await store.store([], backlogLimit: 10) == [])
        },
    ]

    // MARK: Numbers

    static let numbering = [
        Self("a user agent's messages are numbered 1, 2, 3 over all its channels") { store in
            try await store.register([.a, .b, .other], now: start)
            let batch = try await store.keep(message("1", .a), message("2", .b), message("x", .other), message("3", .a))
            #expect(batch == [1, 2, 1, 3].map { .stored($0, pushedOut: 0) })
            #expect(try await store.keep(message("4", .b)) == [.stored(4, pushedOut: 0)])
        },
        Self("no number is used twice, whatever was deleted") { store in
            try await store.register([.a], now: start)
            try await store.keep(message("1"), message("2"), message("3"))
            try await store.end([.one(2), .one(3)])
            #expect(try await store.keep(message("4")) == [.stored(4, pushedOut: 0)])
            _ = try await store.deleteExpired(now: start + 3_000_000, limit: 100)
            #expect(try await store.keep(message("5")) == [.stored(5, pushedOut: 0)])
        },
        Self("a gone channel doesn't harm the others of its batch, and takes no number") { store in
            try await store.register([.a], now: start)
            let results = try await store.keep(message("1", .a), message("2", .b), message("x", .other), message("3", .a))
            #expect(results == [.stored(1, pushedOut: 0), .channelGone, .channelGone, .stored(2, pushedOut: 0)])
            #expect(try await store.bodies() == ["1", "3"])
        },
        Self("concurrent posts get numbers without gaps, each its own") { store in
            try await store.register([.a, .b], now: start)
            let results = try await withThrowingTaskGroup(of: [StoreResult].self) { group in
                for index in 0..<40 {
                    let channel: Channel = index.isMultiple(of: 2) ? .a : .b
                    group.addTask { try await store.keep(message("\(index)", channel)) }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            let numbers = results.compactMap { result -> Int64? in
                if case .stored(let number, _, _) = result { number.rawValue } else { nil }
            }
            #expect(numbers.sorted() == Array(1...40))
        },
        Self("a page never shows a number while a lower one is still to come") { store in
            try await store.register([.a], now: start)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<30 { group.addTask { _ = try await store.keep(message("\(index)")) } }
                group.addTask {
                    for _ in 0..<30 {
                        let page = try await store.page(limit: 100)
                        #expect(page.messages.map(\.id.sequence.rawValue) == Array(1..<Int64(page.messages.count + 1)))
                        #expect(page.coveredThrough.rawValue == Int64(page.messages.count))
                    }
                }
                try await group.waitForAll()
            }
        },
    ]

    // MARK: Reading

    static let pages = [
        Self("a message comes back as it was given") { store in
            let content = MessageContent(
                body: [0, 255, 7], encoding: "aesgcm", encryption: "salt=abc", cryptoKey: "dh=def;p256ecdsa=ghi")
            let new = NewMessage(
                channel: .b, collapseKey: try CollapseKey("news"), urgency: .veryLow, ttl: TTL(seconds: 60),
                postedAt: start, content: content)
            let empty = NewMessage(channel: .a, ttl: TTL(seconds: 1), postedAt: start, content: MessageContent())
            try await store.register([.a, .b], now: start)
            try await store.keep(new, empty)
            #expect(try await store.page(limit: 10).messages == [new.numbered(1), empty.numbered(2)])
        },
        Self("pages follow one another in order and end where the numbers end") { store in
            try await store.register([.a], now: start)
            try await store.keep(message("1"), message("2"), message("3"))
            let first = try await store.page(limit: 2)
            #expect(first.messages.map(\.id) == [.one(1), .one(2)])
            #expect(first.coveredThrough == 2 && !first.reachesEnd)
            let second = try await store.page(after: first.coveredThrough, limit: 2)
            #expect(second.messages.map(\.id) == [.one(3)])
            #expect(second.coveredThrough == 3 && second.reachesEnd)
        },
        Self("the last page covers the numbers of messages that are gone") { store in
            try await store.register([.a], now: start)
            try await store.keep(message("1"), message("2"))
            try await store.end([.one(2)])
            let page = try await store.page(limit: 10)
            #expect(page.messages.map(\.id) == [.one(1)])
            #expect(page.coveredThrough == 2 && page.reachesEnd)
        },
        Self("an unknown user agent has an empty page") { store in
            let page = try await store.page(limit: 10)
            #expect(page.messages.isEmpty && page.reachesEnd)
        },
    ]

    // MARK: Collapse keys

    static let replacement = [
        Self("a collapse key replaces the message of the same channel and key only") { store in
            try await store.register([.a, .b, .other], now: start)
            try await store.keep(
                message("old", .a, key: "k"), message("plain", .a), message("other key", .a, key: "K"),
                message("other channel", .b, key: "k"), message("other agent", .other, key: "k"))
            #expect(try await store.keep(message("new", .a, key: "k")) == [.stored(5, pushedOut: 0)])
            #expect(try await store.bodies() == ["plain", "other key", "other channel", "new"])
            #expect(try await store.bodies(of: .two) == ["other agent"])
        },
        Self("the last one of a key wins within a batch too") { store in
            try await store.register([.a], now: start)
            let results = try await store.keep(message("1", key: "k"), message("2", key: "k"))
            #expect(results == [.stored(1, pushedOut: 0), .stored(2, pushedOut: 0)])
            #expect(try await store.bodies() == ["2"])
        },
        Self("a delivered message of that key isn't missed") { store in
            try await store.register([.a], now: start)
            try await store.keep(message("1", key: "k"))
            try await store.end([.one(1)])
            try await store.keep(message("2", key: "k"))
            #expect(try await store.bodies() == ["2"])
        },
    ]

    // MARK: Bounds

    static let limits = [
        Self("a full backlog pushes the oldest out and says how many") { store in
            try await store.register([.a, .b, .other], now: start)
            #expect(try await store.store([message("x", .other)], backlogLimit: 2).pushedOut == 0)
            #expect(try await store.store([message("1"), message("2", .b)], backlogLimit: 2).pushedOut == 0)
            #expect(try await store.store([message("3")], backlogLimit: 2) == [.stored(3, pushedOut: 1)])
            #expect(try await store.bodies() == ["2", "3"])
            #expect(try await store.bodies(of: .two) == ["x"])
        },
        Self("a batch larger than the backlog leaves its newest") { store in
            try await store.register([.a], now: start)
            let results = try await store.store((1...5).map { message("\($0)") }, backlogLimit: 2)
            #expect(results.count == 5 && results.pushedOut == 3)
            #expect(try await store.bodies() == ["4", "5"])
        },
        Self("a replaced message makes room for its successor") { store in
            try await store.register([.a], now: start)
            #expect(try await store.store([message("1", key: "k"), message("2")], backlogLimit: 2).pushedOut == 0)
            #expect(try await store.store([message("3", key: "k")], backlogLimit: 2) == [.stored(3, pushedOut: 0)])
            #expect(try await store.bodies() == ["2", "3"])
        },
    ]

    // MARK: Expiry

    static let expiry = [
        Self("an expired message isn't read, to the second") { store in
            try await store.register([.a], now: start)
            try await store.keep(message("1", ttl: 10), message("2", ttl: 20))
            #expect(try await store.bodies(now: start + 9) == ["1", "2"])
            #expect(try await store.bodies(now: start + 10) == ["2"])
            #expect(try await store.bodies(now: start + 20) == [])
        },
        Self("expired messages don't use up a page") { store in
            try await store.register([.a], now: start)
            try await store.keep(message("1", ttl: 1), message("2", ttl: 1), message("3"), message("4"))
            let page = try await store.page(limit: 2, now: start + 5)
            #expect(page.messages.map(\.id) == [.one(3), .one(4)])
        },
        Self("expired messages are deleted in bounded batches, and only they") { store in
            try await store.register([.a, .other], now: start)
            try await store.keep(
                message("1", ttl: 5), message("2", ttl: 10), message("3", ttl: 10), message("x", .other, ttl: 5))
            #expect(try await store.deleteExpired(now: start + 4, limit: 10) == 0)
            #expect(try await store.deleteExpired(now: start + 5, limit: 1) == 1)
            #expect(try await store.deleteExpired(now: start + 5, limit: 10) == 1)
            #expect(try await store.deleteExpired(now: start + 5, limit: 10) == 0)
            #expect(try await store.bodies() == ["2", "3"])
        },
    ]

    // MARK: Urgency

    static let urgencies = [
        Self("whether something urgent waits is known without reading it") { store in
            try await store.register([.a, .b], now: start)
            try await store.keep(message("1", urgency: .low), message("2", .b, ttl: 10, urgency: .high), message("3", urgency: .veryLow))
            func has(_ urgency: Urgency, after: MessageSequence = .start, now: Date = start) async throws -> Bool {
                try await store.hasMessage(for: .one, after: after, atLeast: urgency, now: now)
            }
            #expect(try await has(.high))
            #expect(try await has(.high, after: 2) == false)
            #expect(try await has(.high, now: start + 10) == false, "expired")
            #expect(try await has(.veryLow, after: 2))
            #expect(try await has(.low, after: 2) == false)
            #expect(try await store.hasMessage(for: .two, after: .start, atLeast: .veryLow, now: start) == false)
        }
    ]

    // MARK: Bridges

    static let bridges = [
        Self("messages for a user agent with a bridge aren't kept, but numbered and handed back") { store in
            let stub = BridgeAddress(bridge: "stub", app: "app", token: "t")
            #expect(try await store.setBridge(of: .one, to: stub, now: start) == false, "nobody has registered")
            try await store.register([.b, .a], now: start)
            #expect(try await store.registration(of: .one) == UserAgentRegistration(channels: [Channel.a.id, Channel.b.id], bridge: nil))
            #expect(try await store.setBridge(of: .one, to: stub, now: start))
            let other = BridgeAddress(bridge: "stub", app: "app", token: "another")
            #expect(try await store.keep(message("1")) == [.bridged(1, stub)])
            #expect(try await store.setBridge(of: .one, to: other, now: start + 50))
            #expect(try await store.keep(message("2"), message("x", .other)) == [.bridged(2, other), .channelGone])
            #expect(try await store.bodies().isEmpty)
            #expect(try await store.standings(of: [.one])[0]?.bridge == other)
            #expect(
                try await store.deleteUserAgents(lastConnectedBefore: start + 50, limit: 10, now: start) == 0, "that was a sign of life")
        },
        Self("a user agent that is forgotten has nothing left") { store in
            try await store.register([.a, .other], now: start)
            try await store.keep(message("1"), message("x", .other))
            try await store.forget(.one, now: start)
            try await store.forget(.one, now: start)
            #expect(try await store.registration(of: .one) == nil)
            #expect(try await store.keep(message("2")) == [.channelGone])
            #expect(try await store.bodies(of: .two) == ["x"])
            #expect(try await store.tally() == MessageTally(accepted: 2, ended: [.dropped: 1]))
        },
    ]

    // MARK: The account

    static let account = [
        Self("every message is in one state, and the account says in which") { store in
            try await store.register([.a, .b, .other], now: start)
            try await store.keep(message("1", key: "k"), message("2", key: "k"), message("x", .other))
            try await store.keep(message("3", ttl: 5), message("4"), message("5"), message("6"), message("7", .b))
            try await store.delete(
                [.init(.one(4), .delivered), .init(.one(4), .refused), .init(.one(5), .undecryptable), .init(.one(6), .refused)],
                now: start)
            let before = try await store.tally()
            #expect(before == MessageTally(
                accepted: 8, ended: [.replaced: 1, .delivered: 1, .undecryptable: 1, .refused: 1]))
            _ = try await store.deleteExpired(now: start + 5, limit: 10)
            try await store.unregister([.b], now: start)
            _ = try await store.deleteUserAgents(lastConnectedBefore: start + 1, limit: 10, now: start)
            let tally = try await store.tally()
            #expect(tally.ended[.expired] == 1 && tally.ended[.dropped] == 3 && tally.accepted == 8 && tally.waiting == 0)
        },
        Self("what is pushed out of a backlog is dropped, and what is refused is not accepted") { store in
            try await store.register([.a], now: start)
            _ = try await store.store([message("1"), message("2"), message("3"), message("x", .b)], backlogLimit: 1)
            #expect(try await store.tally() == MessageTally(accepted: 3, ended: [.dropped: 2]))
        },
        Self("of many writers at once none loses the others' sums") { store in
            try await store.register([.a, .other], now: start)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 1...20 {
                    group.addTask {
                        try await store.keep(message("\(index)"), message("\(index)", .other))
                        try await store.end([.one(MessageSequence(rawValue: Int64(index)))])
                    }
                }
                try await group.waitForAll()
            }
            let tally = try await store.tally(), left = try await store.bodies().count + store.bodies(of: .two).count
            #expect(tally.accepted == 40 && tally.waiting == left)
        },
    ]

    // MARK: Removal

    static let removal = [
        Self("a deleted message stays away, and deleting it again is fine") { store in
            try await store.register([.a, .other], now: start)
            try await store.keep(message("1"), message("2"), message("x", .other))
            try await store.end([.one(1), .one(1), .one(99)])
            try await store.end([.one(1)])
            #expect(try await store.bodies() == ["2"])
            #expect(try await store.bodies(of: .two) == ["x"])
        },
        Self("user agents that stay away are deleted with all they have, in bounded batches") { store in
            try await store.register([.a], now: start)
            try await store.register([.other], now: start + 100)
            try await store.keep(message("1"), message("x", .other))
            #expect(try await store.deleteUserAgents(lastConnectedBefore: start, limit: 10, now: start) == 0)
            #expect(try await store.deleteUserAgents(lastConnectedBefore: start + 1, limit: 10, now: start) == 1)
            #expect(try await store.recordConnections(of: [.one, .two], now: start + 100) == [false, true])
            #expect(try await store.keep(message("2")) == [.channelGone])
            #expect(try await store.bodies() == [])
            #expect(try await store.bodies(of: .two) == ["x"])
        },
        Self("no more user agents are deleted at once than the limit says") { store in
            try await store.register([.a, .other], now: start)
            #expect(try await store.deleteUserAgents(lastConnectedBefore: start + 1, limit: 1, now: start) == 1)
            #expect(try await store.deleteUserAgents(lastConnectedBefore: start + 1, limit: 5, now: start) == 1)
        },
        Self("a connection keeps a user agent, and an earlier one doesn't turn the clock back") { store in
            try await store.register([.a], now: start)
            _ = try await store.recordConnections(of: [.one], now: start + 50)
            _ = try await store.recordConnections(of: [.one], now: start + 20)
            try await store.register([.b], now: start + 10)
            #expect(try await store.deleteUserAgents(lastConnectedBefore: start + 50, limit: 10, now: start) == 0)
            #expect(try await store.deleteUserAgents(lastConnectedBefore: start + 51, limit: 10, now: start) == 1)
        },
    ]
}

// MARK: - The cast

private let start = Date(timeIntervalSince1970: 1_800_000_000)

extension UAID {
    fileprivate static let one = UAID(rawValue: 1)
    fileprivate static let two = UAID(rawValue: 0xFFFF_FFFF_FFFF_FFFF_FFFF_FFFF_FFFF_FFF2)
}

extension Channel {
    /// Two channels of one user agent, and a channel of another user agent with the same id.
    fileprivate static let a = Channel(uaid: .one, id: ChannelID(rawValue: 0xA))
    fileprivate static let b = Channel(uaid: .one, id: ChannelID(rawValue: 0xB))
    fileprivate static let other = Channel(uaid: .two, id: ChannelID(rawValue: 0xA))
}

extension MessageID {
    fileprivate static func one(_ sequence: MessageSequence) -> MessageID {
        MessageID(uaid: .one, sequence: sequence)
    }
}

private func message(
    _ body: String, _ channel: Channel = .a, key: String? = nil, ttl: Int = 2_592_000, urgency: Urgency = .normal,
    epoch: SubscriptionEpoch? = nil
) -> NewMessage {
    NewMessage(
        channel: channel, epoch: epoch, collapseKey: key.flatMap { try? CollapseKey($0) }, urgency: urgency, ttl: TTL(seconds: ttl),
        postedAt: start,
        content: MessageContent(body: Array(body.utf8), encoding: "aes128gcm"))
}

extension MessageStore {
    @discardableResult
    fileprivate func keep(_ messages: NewMessage...) async throws -> [StoreResult] {
        try await store(messages, backlogLimit: 1_000)
    }

    fileprivate func end(_ messages: [MessageID]) async throws {
        try await delete(messages.map { EndedMessage($0, .delivered) }, now: start)
    }

    fileprivate func page(
        of uaid: UAID = .one, after: MessageSequence = .start, limit: Int, now: Date = start
    ) async throws -> MessagePage {
        try await messages(for: uaid, after: after, limit: limit, now: now)
    }

    fileprivate func bodies(of uaid: UAID = .one, now: Date = start) async throws -> [String] {
        try await page(of: uaid, limit: 1_000, now: now).messages.map { String(decoding: $0.content.body, as: UTF8.self) }
    }
}

extension [StoreResult] {
    fileprivate var pushedOut: Int {
        reduce(0) { sum, result in
            if case .stored(_, let pushedOut, _) = result { sum + pushedOut } else { sum }
        }
    }
}

extension NodeID {
    fileprivate static let east = NodeID(rawValue: "east")
    fileprivate static let west = NodeID(rawValue: "west")
}

extension MessageStore {
    fileprivate func register(_ channels: [Channel], now: Date) async throws {
        _ = try await register(channels, on: nil, now: now)
    }
}
