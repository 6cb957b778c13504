/// Copies everything from one database into another, empty one, and compares what then stands there.
///
/// All of it is one transaction on the target, the comparison too: whatever ends it early, the target is as it was, no server ever sees
/// half a copy or one that differs, and the move can simply be run again. Nothing in it grows with the number of rows but what is on disk:
/// PostgreSQL undoes a transaction by forgetting its number, and recycles its log while the transaction goes on. In memory there are at
/// most four pages of about a megabyte.
public struct DatabaseMove: Sendable {
    /// How far it is.
    public struct Progress: Sendable, Hashable {
        public enum Step: Sendable, Hashable { case copying, verifying }
        public let step: Step
        /// Rows that this step has behind it, of all tables together.
        public let rows: Int
        /// Rows of all tables together.
        public let allRows: Int

        /// 0 to 1, of the whole move.
        public var fraction: Double {
            let ofStep = allRows == 0 ? 1 : Double(rows) / Double(allRows)
            return step == .copying ? ofStep / 2 : 0.5 + ofStep / 2
        }
    }

    /// A table that stands in the target as it stood in the source.
    public struct MovedTable: Sendable, Hashable {
        public let name: String
        public let rows: Int
        /// The same for the same rows: hexadecimal.
        public let checksum: String
    }

    /// What the target needs beyond the source's rows; written when these have been compared, in the same transaction.
    public struct Additions: Sendable {
        /// Secrets by name, sealed.
        public var secrets: [String: [UInt8]]
        /// Ids of API keys that the target shall not have.
        public var leftOutKeys: [String]

        public init(secrets: [String: [UInt8]] = [:], leftOutKeys: [String] = []) {
            self.secrets = secrets
            self.leftOutKeys = leftOutKeys
        }
    }

    private let source: any SQLDatabase
    private let target: any SQLDatabase

    /// Both have the schema of this program since they were opened. Nobody may write to the source meanwhile.
    public init(from source: OpenDatabase, to target: OpenDatabase) {
        self.source = source.sql
        self.target = target.sql
    }

    /// - Parameter progress: called after each page; what it throws ends the move.
    /// - Throws: ``StorageError``: `notEmpty`, `inUse` or `differs`, with nothing changed in the target; `inDoubt` when the connection was
    ///   lost while the whole was committed.
    public func run(
        adding additions: Additions = Additions(), progress: @escaping @Sendable (Progress) throws -> Void = { _ in }
    ) async throws -> [MovedTable] {
        let plan = try await source.read { [catalog = source.catalog, names = Schema.tables(source.dialect)] connection in
            try once { try MovingPlan(names, catalog, connection) }
        }
        let pages = PageHandover()
        async let reading: Void = read(plan.tables, into: pages)
        let moved = try await fill(plan, from: pages, additions, progress)
        try await reading
        return moved
    }

    /// The next page is read while one is written.
    private func read(_ tables: [MovingTable], into pages: PageHandover) async throws {
        do {
            try await source.read { connection in
                try once {
                    for (index, table) in tables.enumerated() {
                        try PageReader(table, connection).forEachPage { try pages.put(.init(table: index, rows: $0)) }
                    }
                }
            }
            pages.end(nil)
        } catch {
            pages.end(error)
            throw error
        }
    }

    private func fill(
        _ plan: MovingPlan, from pages: PageHandover, _ additions: Additions, _ progress: @escaping @Sendable (Progress) throws -> Void
    ) async throws -> [MovedTable] {
        do {
            return try await target.write { [catalog = target.catalog, now = target.now] connection in
                try once {
                    var filling = Filling(plan, connection, catalog, progress)
                    try filling.claim()
                    while let page = try pages.take() { try filling.insert(page) }
                    let moved = try filling.verify()
                    try filling.add(additions, now: now())
                    return moved
                }
            }
        } catch {
            pages.end(error)
            throw error
        }
    }
}

/// The driver runs a transaction again whose connection was lost or that met another. Half of the pages are gone by then: not this one.
private func once<Value>(_ work: () throws -> Value) throws -> Value {
    do {
        return try work()
    } catch let failure as PostgresFailure {
        throw StorageError(failure)
    }
}

extension StorageError.Code {
    /// The database that everything should go to holds something already.
    public static let notEmpty = StorageError.Code(rawValue: "not_empty")
    /// What was written is not what was read.
    public static let differs = StorageError.Code(rawValue: "differs")
}
