/// An outbox: a table of somebody else's, in a PostgreSQL of theirs, that their program writes commands to in its own transactions.
/// Columns: `id` (an integer that the database counts up), `method` (text), `payload` (jsonb, or text), `partition` (an integer).
public struct OutboxSettings: Sendable, Hashable {
    /// Names the consumer in locks, logs and metrics, and tells its rows from those of others. Never to be changed while rows are waiting.
    public var name: String
    /// As ``PostgresSettings/url``, or in the form `host=… dbname=…`. Secret.
    public var url: String
    public var table: SQLName
    /// Rows of partitions 0 to this, without it, are taken; each partition in its order, by one node at a time.
    public var partitions = 1
    /// The most rows that are taken at once.
    public var pageRows = 100
    /// How often to look for rows.
    public var pollMilliseconds = 300
    /// What is notified, with the number of a partition, when there are rows: then nobody waits for the next look.
    public var channel: SQLName?
    /// How many partitions may be worked on at once, each over a connection.
    public var connections = 4

    public init(name: String, url: String, table: SQLName) {
        self.name = name
        self.url = url
        self.table = table
    }
}

/// A row as it stands there.
public struct OutboxRow: Sendable, Hashable {
    public let id: Int64
    /// What tells the row from any other that ever was: its id, and the transaction that wrote it. Stays the same when it is read again.
    public let identity: String
    public let method: String?
    /// JSON.
    public let payload: String?

    public init(id: Int64, identity: String, method: String?, payload: String?) {
        self.id = id
        self.identity = identity
        self.method = method
        self.payload = payload
    }
}

/// What came of a look at a partition.
public struct OutboxPage: Sendable, Hashable {
    /// How many rows were there, and taken.
    public let rows: Int
    /// How many of the first of them are over.
    public let settled: Int
    /// Whether the next can't be carried out now.
    public let isBlocked: Bool

    public init(rows: Int, settled: Int, isBlocked: Bool = false) {
        self.rows = rows
        self.settled = settled
        self.isBlocked = isBlocked
    }
}
