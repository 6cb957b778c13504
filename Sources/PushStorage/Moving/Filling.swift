#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The target's side of a move, inside its transaction.
struct Filling {
    private let plan: MovingPlan
    private let connection: any SQLConnection
    private let catalog: any Catalog
    private let progress: (DatabaseMove.Progress) throws -> Void
    private var copied: [Tally]
    private var done = 0

    init(
        _ plan: MovingPlan, _ connection: any SQLConnection, _ catalog: any Catalog,
        _ progress: @escaping (DatabaseMove.Progress) throws -> Void
    ) {
        self.plan = plan
        self.connection = connection
        self.catalog = catalog
        self.progress = progress
        copied = plan.tables.map { _ in Tally() }
    }

    // MARK: Before

    /// Makes sure that the target is as new, and keeps others out of it.
    func claim() throws {
        for table in plan.tables where try MovingTable(table.name, catalog.columns(of: table.name, connection)) != table {
            throw StorageError(.differs, "table \(table.name) has other columns in the target; was it changed by hand?")
        }
        try catalog.claim(plan.tables.map(\.name), connection)
        let filled = try plan.tables.map(\.name).filter(holdsMoreThanNew)
        guard filled.isEmpty else {
            throw StorageError(
                .notEmpty,
                """
                the target is not empty, so nothing was changed: there are rows in \(filled.joined(separator: ", ")). Name a new, empty \
                database. If they are from an earlier move, that one is complete
                """)
        }
        // What a new database has; the source has its own.
        for table in Self.newRows.keys.sorted() { try connection.execute("DELETE FROM \(table)", []) }
    }

    /// How to tell the rows that a new database begins with.
    private static let newRows = [
        "app": "id = 1 AND name = 'default' AND created_at = 0", "message_tally": "writer = 0 AND accepted = 0",
    ]

    private func holdsMoreThanNew(_ table: String) throws -> Bool {
        let isNew = Self.newRows[table] ?? "FALSE"
        return try connection.row("SELECT 1 FROM \(table) WHERE NOT (\(isNew)) LIMIT 1") != nil
    }

    // MARK: Copying

    mutating func insert(_ page: PageHandover.Page) throws {
        let table = plan.tables[page.table]
        let marks = repeatElement("?", count: table.columns.count).joined(separator: ", ")
        let overrides = table.counter == nil ? "" : catalog.overridesCounter
        try connection.execute(
            "INSERT INTO \(table.name) (\(table.columnList)) \(overrides)VALUES (\(marks))", each: page.rows.map(\.values))
        for row in page.rows { copied[page.table].add(row) }
        try advance(.copying, by: page.rows.count)
    }

    private mutating func advance(_ step: DatabaseMove.Progress.Step, by rows: Int) throws {
        done += rows
        try progress(.init(step: step, rows: done, allRows: plan.rows))
    }

    // MARK: Verifying

    /// Reads everything back.
    mutating func verify() throws -> [DatabaseMove.MovedTable] {
        done = 0
        return try plan.tables.indices.map { index in
            let table = plan.tables[index]
            if let counter = table.counter, let mark = plan.marks[index] {
                try catalog.setMark(mark, of: counter, in: table.name, connection)
            }
            try catalog.learn(table.name, connection)
            let found = try tally(table)
            guard found == copied[index], found.rows == plan.counts[index] else { throw difference(index, found) }
            return DatabaseMove.MovedTable(name: table.name, rows: found.rows, checksum: found.checksum)
        }
    }

    private mutating func tally(_ table: MovingTable) throws -> Tally {
        var tally = Tally()
        try PageReader(table, connection).forEachPage { rows in
            for row in rows { tally.add(row) }
            try advance(.verifying, by: rows.count)
        }
        return tally
    }

    private func difference(_ index: Int, _ found: Tally) -> StorageError {
        let (name, read) = (plan.tables[index].name, copied[index])
        return StorageError(
            .differs,
            """
            table \(name) differs, so nothing was changed: \(plan.counts[index]) rows were counted and \(read.rows) read with checksum \
            \(read.checksum); in the target there are \(found.rows) with \(found.checksum). Does anything else write to one of the two?
            """)
    }

    // MARK: After

    func add(_ additions: DatabaseMove.Additions, now: Date) throws {
        for (name, sealed) in additions.secrets {
            try connection.execute(
                "INSERT INTO secret (name, sealed, updated_at) VALUES (?, ?, ?)", [.text(name), .blob(sealed), .date(now)])
        }
        for id in additions.leftOutKeys { try connection.execute("DELETE FROM api_key WHERE id = ?", [.text(id)]) }
    }
}
