#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

public import WebPush

/// Where user agents, their channels and their undelivered messages are kept.
///
/// Rules for every implementation:
/// * What a call has changed is durable when it returns: a `kill -9` in the next microsecond doesn't undo it.
/// * A call is one transaction: it happens as a whole, or throws and did nothing. A caller may repeat a call that threw.
/// * Calls may come concurrently. What one call returned before another began is visible to the other.
/// * Answers stand in the order of the questions. Every array may be empty, and may name the same thing twice.
/// * Dates are kept to the millisecond at least. The store never asks the clock.
///
/// `MessageStoreConformance` in `PushTesting` checks each guarantee below.
public protocol MessageStore: Sendable {
    /// For each user agent whether it is known, that is, has ever registered a channel and was not deleted since.
    /// For the known ones `now` becomes the time they were last connected (never an earlier one than is kept).
    func recordConnections(of uaids: [UAID], now: Date) async throws -> [Bool]

    /// Notes for each user agent that it is connected to `node` from now on; nil for the unknown ones. Numbers grow by one with each
    /// connection of a user agent, whichever node it is to: of two at once one is the newer.
    func connect(_ uaids: [UAID], to node: NodeID, now: Date) async throws -> [Connection?]

    /// For each user agent where it was connected last and what was stored for it; nil for the unknown ones. News between nodes may be
    /// lost: this is how a node finds out.
    func standings(of uaids: [UAID]) async throws -> [Standing?]

    /// The same for one channel's user agent; nil when the channel isn't registered, or isn't of that epoch.
    /// - Parameter epoch: nil for whichever registration there is.
    func standing(of channel: Channel, in epoch: SubscriptionEpoch?) async throws -> Standing?

    /// Makes the channels receive messages. Creates their user agents where they are unknown, last connected `now` to `node`.
    /// Registering a channel again changes nothing: its messages and its epoch stay. One that ended meanwhile is of a new epoch.
    /// - Returns: for each its epoch.
    func register(_ channels: [Channel], on node: NodeID?, now: Date) async throws -> [SubscriptionEpoch]

    /// Where messages for a user agent go from now on, instead of being kept here; the user agent must be known.
    /// - Returns: whether it is.
    func setBridge(of uaid: UAID, to address: BridgeAddress, now: Date) async throws -> Bool

    /// A user agent's channels, and where its messages go; nil for an unknown one.
    func registration(of uaid: UAID) async throws -> UserAgentRegistration?

    /// Forgets a user agent, with its channels, and drops its messages.
    func forget(_ uaid: UAID, now: Date) async throws

    /// Makes the channels refuse messages, and drops the ones they have. Unknown channels are fine. The user agent stays.
    func unregister(_ channels: [Channel], now: Date) async throws

    /// Keeps each message until it is deleted, replaced, pushed out or expired, and numbers it.
    ///
    /// * Numbers of one user agent are 1, 2, 3, … without gaps, in commit order, over all its channels, and in the order
    ///   of the array within one call. No number is given twice, whatever was deleted since.
    /// * A message with a collapse key replaces the one of the same channel and key in the same transaction: from then on
    ///   ``messages(for:after:limit:now:)`` doesn't return the old one.
    /// * At most `backlogLimit` messages of one user agent are kept: what goes beyond pushes the oldest out.
    ///   What has expired may be counted or not.
    /// * A message to a channel that isn't registered, or to an epoch of it that isn't the present one, is answered `channelGone`, and
    ///   doesn't harm the others.
    /// * One for a user agent that has a bridge is answered `bridged` and not kept.
    /// * One that wants receipts at a subscription that has ended is answered `receiptsGone`.
    ///
    /// - Parameter messages: none with a TTL of zero.
    func store(_ messages: [NewMessage], backlogLimit: Int) async throws -> [StoreResult]

    /// The user agent's oldest messages with a number above `after` that are not expired at `now`, in ascending order.
    /// The page is one snapshot. An unknown user agent has an empty page.
    func messages(for uaid: UAID, after: MessageSequence, limit: Int, now: Date) async throws -> MessagePage

    /// Whether the user agent has a message with a number above `after` that is at least so urgent and not expired at `now`.
    func hasMessage(for uaid: UAID, after: MessageSequence, atLeast urgency: Urgency, now: Date) async throws -> Bool

    /// Ends messages: they were acknowledged or withdrawn. Unknown ones are fine.
    /// - Returns: subscriptions that have a receipt more.
    @discardableResult
    func delete(_ messages: [EndedMessage], now: Date) async throws -> Set<ReceiptSubscription>

    /// Ends messages that are expired at `now`, at most `limit` of them; answers how many.
    /// An answer below `limit` means that none is left.
    func deleteExpired(now: Date, limit: Int) async throws -> Int

    /// Deletes user agents last connected before `date`, with their channels, and drops their messages, at most `limit` of them;
    /// answers how many. An answer below `limit` means that none is left.
    func deleteUserAgents(lastConnectedBefore date: Date, limit: Int, now: Date) async throws -> Int

    /// What became of all messages that were ever stored, counted in the transactions that accepted and ended them.
    func tally() async throws -> MessageTally
}

/// A connection of a user agent that the store knows.
public struct Connection: Sendable, Hashable {
    public var number: ConnectionNumber
    /// Where it was connected before; nil if nowhere that is known.
    public var previousNode: NodeID?

    public init(number: ConnectionNumber, previousNode: NodeID?) {
        self.number = number
        self.previousNode = previousNode
    }
}

/// What a user agent has registered.
public struct UserAgentRegistration: Sendable, Hashable {
    /// In the order of their ids.
    public var channels: [ChannelID]
    /// Nil for one that connects.
    public var bridge: BridgeAddress?

    public init(channels: [ChannelID], bridge: BridgeAddress?) {
        self.channels = channels
        self.bridge = bridge
    }
}

/// What the store knows of a user agent's whereabouts.
public struct Standing: Sendable, Hashable {
    /// Where it was connected last.
    public var node: NodeID?
    public var number: ConnectionNumber
    /// The highest number that was given to a message of it.
    public var newest: MessageSequence
    /// Where its messages go, if it doesn't connect.
    public var bridge: BridgeAddress?

    public init(node: NodeID?, number: ConnectionNumber, newest: MessageSequence, bridge: BridgeAddress? = nil) {
        self.bridge = bridge
        self.node = node
        self.number = number
        self.newest = newest
    }
}

/// What became of a message that was to be stored.
public enum StoreResult: Sendable, Hashable {
    /// Kept under this number; `pushedOut` older messages of the user agent were deleted to make room; the user agent was connected to
    /// `node` last.
    case stored(MessageSequence, pushedOut: Int, node: NodeID? = nil)
    /// The channel isn't registered (any more): its endpoint is gone for good.
    case channelGone
    /// Not kept: it must be handed to the bridge.
    case bridged(MessageSequence, BridgeAddress)
    /// The sender's receipt subscription has ended; nothing was stored.
    case receiptsGone
}

/// A stretch of a user agent's messages.
public struct MessagePage: Sendable, Hashable {
    /// In ascending order of their numbers.
    public var messages: [Message]
    /// Every message up to this number is in this page, was in the ones before, or is gone.
    public var coveredThrough: MessageSequence
    /// Whether there was nothing more to read.
    public var reachesEnd: Bool

    /// - Parameters:
    ///   - messages: what was read, at most `limit`.
    ///   - limit: how many were asked for; a page that isn't full reaches the end.
    ///   - newest: the highest number given to this user agent so far, read in the same snapshot; `start` if unknown.
    public init(_ messages: [Message], limit: Int, newest: MessageSequence) {
        self.messages = messages
        reachesEnd = messages.count < limit
        coveredThrough = reachesEnd ? newest : messages.last?.id.sequence ?? .start
    }
}
