#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
public import PushSender

/// Records in a database.
public struct SQLRecordStore: RecordStore {
    private let database: any SQLDatabase

    public init(_ database: OpenDatabase) { self.database = database.sql }

    // MARK: Reading

    public func record(_ id: RecordID, in collection: RecordCollection) async throws -> Record? {
        try await records(RecordQuery(.equals("id", .string(id.rawValue)), limit: 1), in: collection).first
    }

    public func records(_ query: RecordQuery, in collection: RecordCollection) async throws -> [Record] {
        try await explaining(query.condition) {
            try await database.read { connection in
                let page = try RecordPage.statement(query, RecordSource(collection: collection, connection: connection))
                return try connection.rows(page.sql, page.arguments).map(readRecord)
            }
        }
    }

    public func count(_ condition: RecordCondition, in collection: RecordCollection) async throws -> Int {
        try await explaining(condition) {
            try await database.read { connection in
                let count = try "SELECT COUNT(*) " + RecordSource(collection: collection, connection: connection).tables(condition)
                return try connection.row(count.sql, count.arguments)?.int(0) ?? 0
            }
        }
    }

    // MARK: Writing

    public func put(_ entries: [RecordEntry], into collection: RecordCollection, now: Date) async throws -> [Record?] {
        try await database.write { [dialect = database.dialect] connection in
            try wait(for: entries.compactMap(\.twin), dialect, connection)
            let writer = RecordWriter(connection: connection, dialect: dialect, collection: collection, now: now)
            return try entries.map { entry in
                let known = try entry.twin.flatMap { try first($0, in: collection, connection) }
                return try known.map { try writer.replace($0, entry.draft) } ?? writer.insert(entry.draft, entry.newID)
            }
        }
    }

    public func change(
        _ id: RecordID, in collection: RecordCollection, now: Date, _ change: @escaping @Sendable (Record) throws -> RecordDraft
    ) async throws -> Record? {
        try await changed(.equals("id", .string(id.rawValue)), in: collection, now: now, change).first
    }

    public func change(
        matching condition: RecordCondition, in collection: RecordCollection, now: Date,
        _ change: @escaping @Sendable (Record) throws -> RecordDraft
    ) async throws -> Int {
        try await explaining(condition) {
            try await changed(condition, in: collection, now: now, change).count
        }
    }

    private func changed(
        _ condition: RecordCondition, in collection: RecordCollection, now: Date,
        _ change: @escaping @Sendable (Record) throws -> RecordDraft
    ) async throws -> [Record] {
        try await database.write { [dialect = database.dialect] connection in
            let writer = RecordWriter(connection: connection, dialect: dialect, collection: collection, now: now)
            let lock = dialect.forUpdate.isEmpty ? "" : dialect.forUpdate + " OF r"
            let found = try RecordSource(collection: collection, connection: connection).tables(condition)
            let select = "SELECT \(RecordPage.columns) " + found + " ORDER BY r.id" + lock
            return try connection.rows(select.sql, select.arguments).map(readRecord).map { try writer.replace($0, change($0)) }
        }
    }

    public func remove(_ ids: [RecordID], in collection: RecordCollection) async throws -> Int {
        try await database.write { connection in
            let named = RecordCondition.value(at: "id", .isOneOf(ids.map { .string($0.rawValue) }))
            let found = try RecordSource(collection: collection, connection: connection).tables(named)
            let there = try connection.rows("SELECT r.id, r.device " + found.sql, found.arguments)
            let devices = try there.filter { try $0.optionalText(1) != nil }
            try connection.execute("DELETE FROM device WHERE id = ?", each: devices.map { [.text(try $0.text(1))] })
            try connection.execute(
                "DELETE FROM record WHERE collection = ? AND id = ?",
                each: there.map { [.text(collection.rawValue), .text(try $0.text(0))] })
            return there.count
        }
    }

    /// Only the database knows which regular expressions it understands.
    private func explaining<Value: Sendable>(_ condition: RecordCondition, _ work: () async throws -> Value) async throws -> Value {
        do { return try await work() } catch let error as StorageError where error.code == .failed && condition.hasRegexp {
            throw PushProblem(
                .invalidField, field: "regexp", "the database can't read this regular expression, or not in time; write a simpler one")
        }
    }
}

private func readRecord(_ row: SQLRow) throws -> Record {
    Record(id: RecordID(rawValue: try row.text(0)), body: try row.text(1), isDevice: try row.optionalText(2) != nil)
}

/// The oldest of them, even if it is gone.
private func first(_ condition: RecordCondition, in collection: RecordCollection, _ connection: any SQLConnection) throws -> Record? {
    let found = try RecordSource(collection: collection, connection: connection).tables(condition, evenGone: true)
    let select = "SELECT \(RecordPage.columns) " + found + " ORDER BY r.id LIMIT 1"
    return try connection.row(select.sql, select.arguments).map(readRecord)
}

/// Until whoever puts the same has done so. In one order, so that nobody waits crosswise.
private func wait(for twins: [RecordCondition], _ dialect: SQLDialect, _ connection: any SQLConnection) throws {
    guard !dialect.forUpdate.isEmpty else { return }
    let names = try Set(twins.map(json)).sorted()
    try connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", each: names.map { [.text($0)] })
}

extension RecordCondition {
    fileprivate var hasRegexp: Bool {
        switch self {
        case .value(_, .regexp): true
        case .value: false
        case .not(let part): part.hasRegexp
        case .all(let parts), .any(let parts): parts.contains(where: \.hasRegexp)
        }
    }
}
