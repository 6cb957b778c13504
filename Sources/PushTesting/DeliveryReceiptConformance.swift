#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
public import PushService
public import Testing
import WebPush

/// What every ``DeliveryReceiptStore`` must do that is also the ``MessageStore``, one function per guarantee. Each takes a fresh, empty
/// store, and a way to wait until what was written is seen: a store may show receipts only when none can appear before them any more.
public struct DeliveryReceiptConformance: Sendable, CustomTestStringConvertible {
    public let name: String
    public let check: Check

    public typealias Check =
        @Sendable (any MessageStore & DeliveryReceiptStore, _ seen: @Sendable () async throws -> Void) async throws -> Void

    init(_ name: String, _ check: @escaping Check) {
        self.name = name
        self.check = check
    }

    public var testDescription: String { name }

    /// Every guarantee.
    public static let all = [
        Self("each way in which a message ends leaves a receipt, but for being replaced") { store, seen in
            try await store.post("old", key: "k", receipts: .new(.mine))
            try await store.post("new", key: "k", receipts: .known(.mine))
            for number in 3...5 { try await store.post("\(number)", ttl: number == 5 ? 10 : 100, receipts: .known(.mine)) }
            try await store.post("6")
            let told = try await store.delete(
                [.init(.number(2), .delivered), .init(.number(3), .undecryptable), .init(.number(6), .delivered)], now: start + 1)
            #expect(told == [.mine])
            _ = try await store.deleteExpired(now: start + 10, limit: 10)
            try await store.unregister([.channel], now: start + 11)
            try await seen()
            let receipts = try #require(try await store.receipts(of: .mine, after: .start, limit: 10))
            #expect(receipts.map(\.message) == [2, 3, 5, 4].map(MessageID.number))
            #expect(receipts.map(\.ending) == [.delivered, .undecryptable, .expired, .dropped])
            #expect(receipts.map(\.status) == [204, 410, 410, 410])
            #expect(receipts.map(\.at) == [start + 1, start + 1, start + 10, start + 11])
        },
        Self("receipts are read on from a place, in order") { store, seen in
            try await store.post("1", receipts: .new(.mine))
            try await store.post("2", receipts: .known(.mine))
            try await store.end(1, 2)
            try await seen()
            let first = try #require(try await store.receipts(of: .mine, after: .start, limit: 1))
            #expect(first.map(\.message) == [.number(1)])
            let second = try #require(try await store.receipts(of: .mine, after: first[0].place, limit: 5))
            #expect(second.map(\.message) == [.number(2)])
            let third = try await store.receipts(of: .mine, after: second[0].place, limit: 5)
            #expect(third == [])
        },
        Self("subscriptions hear of their own messages only") { store, seen in
            try await store.post("1", receipts: .new(.mine))
            try await store.post("2", receipts: .new(.theirs))
            try await store.end(1, 2)
            try await seen()
            #expect(try await store.receipts(of: .theirs, after: .start, limit: 5)?.map(\.message) == [.number(2)])
            #expect(try await store.receipts(of: .unknown, after: .start, limit: 5) == nil)
        },
        Self("a subscription that was ended is gone, with what it had, and messages to it are refused") { store, seen in
            try await store.post("1", receipts: .new(.mine))
            try await store.post("2", receipts: .known(.mine))
            try await store.end(1)
            try await seen()
            #expect(try await store.endReceipts(of: .mine))
            #expect(try await store.endReceipts(of: .mine) == false)
            #expect(try await store.receipts(of: .mine, after: .start, limit: 5) == nil)
            try await store.end(2)
            try await seen()
            #expect(try await store.post("3", receipts: .known(.mine)) == .receiptsGone)
            #expect(try await store.tally() == MessageTally(accepted: 2, ended: [.delivered: 2]))
        },
        Self("a hook is due when there is something to hear, and is claimed by one") { store, seen in
            try await store.post("1", receipts: .new(.mine))
            try await store.post("2", receipts: .known(.mine))
            try await store.end(1)
            try await seen()
            #expect(try await store.setHook(of: .mine, to: "https://hook", now: start))
            #expect(try await store.claim().isEmpty, "what was before isn't posted")
            try await store.end(2)
            try await seen()
            let hook = try #require(try await store.claim().first)
            #expect(hook.url == "https://hook" && hook.failures == 0 && hook.receipts.map(\.message) == [.number(2)])
            #expect(try await store.claim().isEmpty, "somebody is at it")
            #expect(try await store.claim(now: start + 60).count == 1, "whoever was at it has died")
        },
        Self("a hook that failed is due later, and one that heard all is not due") { store, seen in
            try await store.post("1", receipts: .new(.mine))
            _ = try await store.setHook(of: .mine, to: "https://hook", now: start)
            try await store.end(1)
            try await seen()
            let hook = try #require(try await store.claim().first)
            try await store.settleHook(of: .mine, heard: hook.heard, failures: 1, nextAt: start + 5)
            #expect(try await store.claim(now: start + 4).isEmpty)
            let again = try #require(try await store.claim(now: start + 5).first)
            #expect(again.failures == 1 && again.receipts == hook.receipts)
            try await store.settleHook(of: .mine, heard: again.receipts[0].place, failures: 0, nextAt: start + 5)
            #expect(try await store.claim(now: start + 500).isEmpty)
            _ = try await store.setHook(of: .mine, to: nil, now: start)
            try await store.post("2", receipts: .known(.mine))
            try await store.end(2)
            try await seen()
            #expect(try await store.claim(now: start + 500).isEmpty, "nobody wants to be told any more")
        },
        Self("receipts and subscriptions that nobody cares for are deleted in time") { store, seen in
            try await store.post("1", receipts: .new(.mine))
            try await store.post("2", receipts: .new(.theirs))
            try await store.end(1, 2)
            try await seen()
            #expect(try await store.deleteReceipts(before: start, limit: 10) == 0)
            #expect(try await store.deleteReceipts(before: start + 1, limit: 10) == 2)
            #expect(try await store.receipts(of: .mine, after: .start, limit: 5) == nil)
        },
        Self("a hook needs a subscription") { store, _ in
            let isSet = try await store.setHook(of: .unknown, to: "https://hook", now: start)
            #expect(!isSet)
        },
    ]
}

// MARK: - The cast

private let start = Date(timeIntervalSince1970: 1_800_000_000)

extension Channel {
    fileprivate static let channel = Channel(uaid: UAID(rawValue: 1), id: ChannelID(rawValue: 2))
}

extension MessageID {
    fileprivate static func number(_ sequence: Int64) -> MessageID {
        MessageID(uaid: Channel.channel.uaid, sequence: MessageSequence(rawValue: sequence))
    }
}

extension ReceiptSubscription {
    fileprivate static let mine = ReceiptSubscription(rawValue: 1)
    fileprivate static let theirs = ReceiptSubscription(rawValue: .max)
    fileprivate static let unknown = ReceiptSubscription(rawValue: 7)
}

extension MessageStore {
    @discardableResult
    fileprivate func post(_ body: String, key: String? = nil, ttl: Int = 100, receipts: ReceiptRequest? = nil) async throws -> StoreResult {
        _ = try await register([.channel], on: nil, now: start)
        let message = NewMessage(
            channel: .channel, collapseKey: key.flatMap { try? CollapseKey($0) }, ttl: TTL(seconds: ttl), postedAt: start,
            content: MessageContent(body: Array(body.utf8), encoding: "aes128gcm"), receipts: receipts)
        return try await store([message], backlogLimit: 100)[0]
    }

    fileprivate func end(_ numbers: Int64...) async throws {
        try await delete(numbers.map { EndedMessage(.number($0), .delivered) }, now: start)
    }
}

extension DeliveryReceiptStore {
    fileprivate func claim(now: Date = start) async throws -> [HookedReceipts] {
        try await claimHooks(until: now + 60, limit: 10, page: 10, now: now)
    }
}
