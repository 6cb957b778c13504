import Foundation
import GRDB

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
        try arguments.map { try execute(sql, $0) }
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

extension SQLValue {
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
