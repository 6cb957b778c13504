#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A row of an answer, read column by column in the order of the SELECT.
struct SQLRow: Sendable {
    let values: [SQLValue]

    func integer(_ column: Int) throws(StorageError) -> Int64 {
        guard case .integer(let value) = values[column] else { throw unexpected(column, "an integer") }
        return value
    }

    func int(_ column: Int) throws(StorageError) -> Int { Int(try integer(column)) }

    func text(_ column: Int) throws(StorageError) -> String {
        guard case .text(let value) = values[column] else { throw unexpected(column, "text") }
        return value
    }

    func blob(_ column: Int) throws(StorageError) -> [UInt8] {
        guard case .blob(let value) = values[column] else { throw unexpected(column, "bytes") }
        return value
    }

    func date(_ column: Int) throws(StorageError) -> Date { Date(milliseconds: try integer(column)) }

    func optionalInt(_ column: Int) throws(StorageError) -> Int? { values[column] == .null ? nil : try int(column) }
    func optionalText(_ column: Int) throws(StorageError) -> String? { values[column] == .null ? nil : try text(column) }
    func optionalBlob(_ column: Int) throws(StorageError) -> [UInt8]? { values[column] == .null ? nil : try blob(column) }
    func optionalDate(_ column: Int) throws(StorageError) -> Date? { values[column] == .null ? nil : try date(column) }

    private func unexpected(_ column: Int, _ expected: String) -> StorageError {
        StorageError(
            .corrupt, "column \(column) holds \(values[column]) instead of \(expected); was the database changed by hand?")
    }
}

// Times are stored as whole milliseconds since 1970: both databases compare and index them alike.
extension Date {
    init(milliseconds: Int64) { self.init(timeIntervalSince1970: Double(milliseconds) / 1000) }
    var milliseconds: Int64 { Int64((timeIntervalSince1970 * 1000).rounded()) }
}

extension SQLValue {
    static func date(_ value: Date) -> SQLValue { .integer(value.milliseconds) }
    static func date(_ value: Date?) -> SQLValue { value.map { .integer($0.milliseconds) } ?? .null }
}
