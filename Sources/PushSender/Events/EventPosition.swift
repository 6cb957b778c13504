/// A place in the order in which an App's events are told. Nothing ever appears before a place that somebody has read up to.
///
/// Numbers are given to rows before their transactions end, and two transactions may end the other way round. So the order is that of the
/// transactions, then of the rows in them, and readers see only transactions before the oldest that is still open.
public struct EventPosition: Sendable, Hashable, Comparable {
    /// The number of the transaction that wrote the event; 0 where the database has one writer.
    public let transaction: Int64
    public let id: Int64

    /// Before everything.
    public static let start = EventPosition(transaction: 0, id: 0)

    public init(transaction: Int64, id: Int64) {
        self.transaction = transaction
        self.id = id
    }

    /// - Parameter text: as ``description`` writes it.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let transaction = Self.number(parts[0]), let id = Self.number(parts[1]) else { return nil }
        self.init(transaction: transaction, id: id)
    }

    /// Digits alone: no sign, no other way to write the same place.
    private static func number(_ text: some StringProtocol) -> Int64? {
        guard let number = Int64(text), number >= 0, String(number) == text else { return nil }
        return number
    }

    public static func < (left: EventPosition, right: EventPosition) -> Bool {
        (left.transaction, left.id) < (right.transaction, right.id)
    }
}

extension EventPosition: CustomStringConvertible {
    /// `TRANSACTION-ID`: the id of an event outside of Herald.
    public var description: String { "\(transaction)-\(id)" }
}
