/// A message that is over, and how: a message ends once.
public struct EndedMessage: Sendable, Hashable {
    public var id: MessageID
    public var ending: MessageEnding

    public init(_ id: MessageID, _ ending: MessageEnding) {
        self.id = id
        self.ending = ending
    }
}

/// What became of a message in the end.
public enum MessageEnding: String, Sendable, Hashable, CaseIterable {
    /// The user agent handed it to its application.
    case delivered
    /// The user agent couldn't decrypt it.
    case undecryptable
    /// The user agent wouldn't hand it over: it had it already, or doesn't know the channel.
    case refused
    /// Its time to live was over first.
    case expired
    /// Another one with the same `Topic` took its place.
    case replaced
    /// Withdrawn by the sender, pushed out of a full backlog, of a subscription that ended, or of TTL 0 and not to be delivered at once.
    case dropped
}

extension Acknowledgement.Verdict {
    public var ending: MessageEnding {
        switch self {
        case .delivered: .delivered
        case .undecryptable: .undecryptable
        case .notDelivered: .refused
        }
    }
}

/// How many messages there were ever, by what became of them. Each is in exactly one state: what has not ended waits.
public struct MessageTally: Sendable, Hashable {
    /// Answered 201 or 202.
    public var accepted: Int
    public var ended: [MessageEnding: Int]

    public init(accepted: Int = 0, ended: [MessageEnding: Int] = [:]) {
        self.accepted = accepted
        self.ended = ended.filter { $0.value != 0 }
    }

    /// Stored or in flight.
    public var waiting: Int { accepted - ended.values.reduce(0, +) }

    public static func + (one: MessageTally, other: MessageTally) -> MessageTally {
        MessageTally(accepted: one.accepted + other.accepted, ended: one.ended.merging(other.ended, uniquingKeysWith: +))
    }
}
