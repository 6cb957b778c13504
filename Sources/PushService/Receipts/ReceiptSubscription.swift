#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Where an application server hears what became of its messages (RFC 8030 §5.1). On the wire it is sealed.
public struct ReceiptSubscription: RawRepresentable, Sendable, Hashable {
    /// 128 random bits.
    public let rawValue: UInt128

    public init(rawValue: UInt128) { self.rawValue = rawValue }

    public static func random(using random: inout some RandomNumberGenerator) -> ReceiptSubscription {
        ReceiptSubscription(rawValue: .random(in: .min ... .max, using: &random))
    }

    public var bytes: [UInt8] { Hexadecimal128(rawValue).bytes }

    /// - Returns: nil unless there are 16 bytes.
    public init?(bytes: some Collection<UInt8>) {
        guard let parsed = Hexadecimal128(bytes: bytes) else { return nil }
        rawValue = parsed.value
    }
}

/// What a sender wants to hear of a message.
public enum ReceiptRequest: Sendable, Hashable {
    /// At a subscription made with this message.
    case new(ReceiptSubscription)
    /// At one that an earlier message made.
    case known(ReceiptSubscription)

    public var subscription: ReceiptSubscription {
        switch self {
        case .new(let subscription), .known(let subscription): subscription
        }
    }
}

/// A word on what became of a message: 204 when its user agent has it, 410 when it never will (RFC 8030 §6.2). Of a message that was
/// replaced there is none.
public struct DeliveryReceipt: Sendable, Hashable {
    public var place: ReceiptPlace
    public var message: MessageID
    public var ending: MessageEnding
    public var at: Date

    public init(place: ReceiptPlace, message: MessageID, ending: MessageEnding, at: Date) {
        self.place = place
        self.message = message
        self.ending = ending
        self.at = at
    }

    /// The status that RFC 8030 gives to it.
    public var status: Int { ending == .delivered ? 204 : 410 }
}

/// A receipt's place in the order of its subscription: nothing appears later behind a place that was seen.
public struct ReceiptPlace: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let transaction: Int64
    public let number: Int64

    public init(transaction: Int64, number: Int64) {
        self.transaction = transaction
        self.number = number
    }

    /// Before all.
    public static let start = ReceiptPlace(transaction: 0, number: 0)

    public static func < (one: Self, other: Self) -> Bool {
        (one.transaction, one.number) < (other.transaction, other.number)
    }

    /// As a reader gives it back: `0-42`.
    public var description: String { "\(transaction)-\(number)" }

    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int64($0) }
        guard parts.count == 2, let transaction = parts[0], let number = parts[1], transaction >= 0, number >= 0 else { return nil }
        self.init(transaction: transaction, number: number)
    }
}
