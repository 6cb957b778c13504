import Foundation
import GRDB
import GRDBSQLite

/// A GRDB connection in the words of the stores.
struct SQLiteConnection: SQLConnection {
    let database: Database
    /// A longer statement is some expression's, and will hardly come again: the cache forgets nothing.
    private static let cachedBytes = 2048

    @discardableResult
    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
        let statement = try database.cachedStatement(sql: sql)
        try statement.execute(arguments: StatementArguments(arguments.map { $0.databaseValue }))
        return database.changesCount
    }

    @discardableResult
    func execute(_ sql: String, each arguments: [[SQLValue]]) throws -> [Int] {
        guard arguments.count > 1 else { return try arguments.map { try execute(sql, $0) } }
        let statement = try database.cachedStatement(sql: sql).sqliteStatement
        defer { sqlite3_reset(statement) }
        return try arguments.map { try step(statement, $0) }
    }

    /// Past GRDB, which takes more time for its arguments than SQLite for the row.
    private func step(_ statement: OpaquePointer, _ arguments: [SQLValue]) throws -> Int {
        sqlite3_reset(statement)
        for (index, argument) in arguments.enumerated() { argument.bind(to: statement, at: Int32(index + 1)) }
        let code = sqlite3_step(statement)
        guard code == SQLITE_DONE else {
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(database.sqliteConnection)))
        }
        return Int(sqlite3_changes(database.sqliteConnection))
    }

    var rowsPerStatement: Int { 1 }

    func rows(_ sql: String, _ arguments: [SQLValue]) throws -> [SQLRow] {
        let statement = try sql.utf8.count > Self.cachedBytes ? database.makeStatement(sql: sql) : database.cachedStatement(sql: sql)
        let cursor = try Row.fetchCursor(statement, arguments: StatementArguments(arguments.map { $0.databaseValue }))
        var rows: [SQLRow] = []
        while let row = try cursor.next() {
            rows.append(SQLRow(values: (0..<row.count).map { SQLValue(row[$0] as DatabaseValue) }))
        }
        return rows
    }
}

/// SQLite takes a copy.
private let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

extension SQLValue {
    fileprivate func bind(to statement: OpaquePointer, at index: Int32) {
        switch self {
        case .null: sqlite3_bind_null(statement, index)
        case .integer(let value): sqlite3_bind_int64(statement, index, value)
        case .text(var value):
            _ = value.withUTF8 { text in
                // Of an empty one there may be no address, and that would be a null.
                if text.isEmpty { sqlite3_bind_text(statement, index, "", 0, transient) } else {
                    text.withMemoryRebound(to: CChar.self) {
                        sqlite3_bind_text(statement, index, $0.baseAddress, Int32($0.count), transient)
                    }
                }
            }
        case .blob(let value):
            if value.isEmpty { sqlite3_bind_zeroblob(statement, index, 0) } else {
                sqlite3_bind_blob(statement, index, value, Int32(value.count), transient)
            }
        }
    }

    fileprivate var databaseValue: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let value): value.databaseValue
        case .text(let value): value.databaseValue
        case .blob(let value): Data(value).databaseValue
        }
    }

    fileprivate init(_ value: DatabaseValue) {
        switch value.storage {
        case .null: self = .null
        case .int64(let value): self = .integer(value)
        case .double(let value): self = .integer(Int64(value))
        case .string(let value): self = .text(value)
        case .blob(let value): self = .blob(Array(value))
        }
    }
}
