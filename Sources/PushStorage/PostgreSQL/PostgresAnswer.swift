import CLibPQ
import Foundation

/// What a statement answered.
struct PostgresAnswer {
    let rows: [SQLRow]
    /// How many rows a change touched.
    let changes: Int

    static func read(_ result: OpaquePointer) -> Result<PostgresAnswer, PostgresFailure> {
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
            .success(PostgresAnswer(rows: rows(result), changes: Int(String(cString: PQcmdTuples(result))) ?? 0))
        case PGRES_PIPELINE_ABORTED:
            .failure(PostgresFailure(.statement, "a statement before this one failed"))
        default:
            .failure(PostgresFailure(state: field(result, "C"), message: field(result, "M")))
        }
    }

    /// `C` is the SQLSTATE. `M`, the primary message, names tables and constraints; the detail would hold values, and is left out.
    /// https://www.postgresql.org/docs/current/protocol-error-fields.html
    private static func field(_ result: OpaquePointer, _ code: Unicode.Scalar) -> String {
        PQresultErrorField(result, Int32(code.value)).map { String(cString: $0) } ?? ""
    }

    private static func rows(_ result: OpaquePointer) -> [SQLRow] {
        let columns = PQnfields(result)
        let types = (0..<columns).map { PQftype(result, $0) }
        return (0..<PQntuples(result)).map { row in
            SQLRow(values: (0..<columns).map { value(result, row, $0, types[Int($0)]) })
        }
    }

    /// All answers are binary. https://www.postgresql.org/docs/current/catalog-pg-type.html gives the numbers of the types.
    private static func value(_ result: OpaquePointer, _ row: Int32, _ column: Int32, _ type: Oid) -> SQLValue {
        guard PQgetisnull(result, row, column) == 0 else { return .null }
        let bytes = UnsafeRawBufferPointer(start: PQgetvalue(result, row, column), count: Int(PQgetlength(result, row, column)))
        switch type {
        case 16: return .integer(Int64(bytes[0]))
        case 20: return .integer(Int64(bigEndian: bytes.loadUnaligned(as: Int64.self)))
        case 21: return .integer(Int64(Int16(bigEndian: bytes.loadUnaligned(as: Int16.self))))
        case 23: return .integer(Int64(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self))))
        case 17: return .blob(Array(bytes))
        default: return .text(String(decoding: bytes, as: UTF8.self))
        }
    }
}

/// Arguments as libpq takes them.
struct PostgresParameters {
    let count: Int32
    let values: UnsafePointer<UnsafePointer<CChar>?>?
    let lengths: UnsafePointer<Int32>?
    let formats: UnsafePointer<Int32>?
}

extension [SQLValue] {
    /// Numbers go as text, which fits whatever integer type stands at their place; text and bytes go as they are.
    func withParameters<Value>(_ body: (PostgresParameters) -> Value) -> Value {
        guard !isEmpty else { return body(PostgresParameters(count: 0, values: nil, lengths: nil, formats: nil)) }
        var bytes: [UInt8] = []
        var ranges: [(start: Int, length: Int)?] = []
        for value in self {
            guard let encoded = value.parameterBytes else {
                ranges.append(nil)
                continue
            }
            ranges.append((bytes.count, encoded.count))
            bytes += encoded
            bytes.append(0)
        }
        let lengths = ranges.map { Int32($0?.length ?? 0) }
        let formats = map { $0.isText ? Int32(0) : 1 }
        return bytes.withUnsafeBytes { storage in
            let values = ranges.map { range in
                range.flatMap { storage.baseAddress?.advanced(by: $0.start).assumingMemoryBound(to: CChar.self) }
            }
            return values.withUnsafeBufferPointer { values in
                lengths.withUnsafeBufferPointer { lengths in
                    formats.withUnsafeBufferPointer { formats in
                        body(
                            PostgresParameters(
                                count: Int32(count), values: values.baseAddress, lengths: lengths.baseAddress,
                                formats: formats.baseAddress))
                    }
                }
            }
        }
    }
}

extension SQLValue {
    fileprivate var isText: Bool {
        switch self {
        case .integer, .null: true
        case .text, .blob: false
        }
    }

    /// PostgreSQL keeps no NUL characters in text, which SQLite does: they are shown as what can't be shown.
    fileprivate var parameterBytes: [UInt8]? {
        switch self {
        case .null: nil
        case .integer(let value): Array(String(value).utf8)
        case .text(let value): value.utf8.contains(0) ? Array(value.replacing("\0", with: "\u{FFFD}").utf8) : Array(value.utf8)
        case .blob(let value): value
        }
    }
}
