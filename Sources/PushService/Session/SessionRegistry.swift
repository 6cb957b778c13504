/// Which connection to this node is a user agent's own: the newest. Not safe for concurrent use; the server puts a lock around it.
public struct SessionRegistry<Connection> {
    /// Tells the connections of one user agent apart.
    public struct Generation: Sendable, Hashable {
        fileprivate let number: UInt64
    }

    fileprivate struct Entry {
        let generation: Generation
        let number: ConnectionNumber
        let connection: Connection
    }

    private var entries: [UAID: Entry] = [:]
    private var latest: UInt64 = 0

    public init() {}

    public var count: Int { entries.count }

    /// All connections, for a server that stops.
    public var connections: [Connection] { entries.values.map(\.connection) }

    /// All user agents, with the numbers of their connections.
    public var numbers: [UAID: ConnectionNumber] { entries.mapValues(\.number) }

    /// Makes `connection` the user agent's own, unless one with a higher number is there: look-ups may overtake each other.
    /// - Returns: which of the two has to go (``SessionEvent/replaced``).
    public mutating func attach(_ connection: Connection, to uaid: UAID, _ number: ConnectionNumber = .first) -> (
        generation: Generation, replaced: Connection?
    ) {
        latest += 1
        let generation = Generation(number: latest)
        if let known = entries[uaid], known.number > number { return (generation, connection) }
        let replaced = entries.updateValue(Entry(generation: generation, number: number, connection: connection), forKey: uaid)
        return (generation, replaced?.connection)
    }

    /// The connection ended. Does nothing when a newer one has taken its place; answers whether it was still the newest.
    @discardableResult
    public mutating func detach(_ generation: Generation, from uaid: UAID) -> Bool {
        guard entries[uaid]?.generation == generation else { return false }
        entries[uaid] = nil
        return true
    }

    /// The user agent has a connection of that number to another node.
    /// - Returns: the one that has to go, if it is older.
    public mutating func replace(_ uaid: UAID, olderThan number: ConnectionNumber) -> Connection? {
        guard let entry = entries[uaid], entry.number < number else { return nil }
        entries[uaid] = nil
        return entry.connection
    }

    /// Whom to offer a message for this user agent.
    public func connection(for uaid: UAID) -> Connection? { entries[uaid]?.connection }
}

extension SessionRegistry: Sendable where Connection: Sendable {}
extension SessionRegistry.Entry: Sendable where Connection: Sendable {}
