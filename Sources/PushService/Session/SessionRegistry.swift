/// Which connection is a user agent's own: the newest. Not safe for concurrent use; the server puts a lock around it.
public struct SessionRegistry<Connection> {
    /// Tells the connections of one user agent apart.
    public struct Generation: Sendable, Hashable {
        fileprivate let number: UInt64
    }

    private var entries: [UAID: (generation: Generation, connection: Connection)] = [:]
    private var latest: UInt64 = 0

    public init() {}

    public var count: Int { entries.count }

    /// All connections, for a server that stops.
    public var connections: [Connection] { entries.values.map(\.connection) }

    /// Makes `connection` the user agent's own. The one that it replaces must be told (``SessionEvent/replaced``).
    public mutating func attach(_ connection: Connection, to uaid: UAID) -> (
        generation: Generation, replaced: Connection?
    ) {
        latest += 1
        let generation = Generation(number: latest)
        let replaced = entries.updateValue((generation, connection), forKey: uaid)
        return (generation, replaced?.connection)
    }

    /// The connection ended. Does nothing when a newer one has taken its place; answers whether it was still the newest.
    @discardableResult
    public mutating func detach(_ generation: Generation, from uaid: UAID) -> Bool {
        guard entries[uaid]?.generation == generation else { return false }
        entries[uaid] = nil
        return true
    }

    /// Whom to offer a message for this user agent.
    public func connection(for uaid: UAID) -> Connection? { entries[uaid]?.connection }
}

extension SessionRegistry: Sendable where Connection: Sendable {}
