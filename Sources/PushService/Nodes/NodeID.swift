/// One process that holds connections of user agents. A new start is a new node.
public struct NodeID: RawRepresentable, Sendable, Hashable {
    /// At most 32 letters and digits.
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    /// 64 random bits in letters and digits: no two are alike.
    public static func random(using random: inout some RandomNumberGenerator) -> NodeID {
        NodeID(rawValue: String(random.next() as UInt64, radix: 36))
    }
}

/// Counts a user agent's connections over all nodes, in the order of their hellos: the highest is the newest.
public struct ConnectionNumber: RawRepresentable, Sendable, Hashable, Comparable, ExpressibleByIntegerLiteral {
    public let rawValue: Int64

    public init(rawValue: Int64) { self.rawValue = rawValue }
    public init(integerLiteral value: Int64) { rawValue = value }

    /// That of a user agent that was just made up.
    public static let first: ConnectionNumber = 0

    public static func < (one: ConnectionNumber, other: ConnectionNumber) -> Bool { one.rawValue < other.rawValue }
}
