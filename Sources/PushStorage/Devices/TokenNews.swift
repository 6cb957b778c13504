#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import PushSender

/// Writes what providers say of tokens.
struct TokenNews {
    private let connection: any SQLConnection

    init(_ connection: any SQLConnection) { self.connection = connection }

    /// Devices that have registered since stay as they are.
    /// - Returns: for each, how many rows were written: 1 or 0.
    func disable(_ dead: [PageRecord.Dead]) throws -> [Int] {
        try connection.execute(
            "UPDATE device SET disabled_at = ? WHERE id = ? AND registered_at <= ?",
            each: dead.map { [.date($0.asOf), .text($0.device.rawValue), .date($0.asOf)] })
    }

    /// A token that another device has stays its.
    func move(_ moved: PageRecord.Moved, at moment: Date) throws {
        let hash = SQLValue.blob(addressHash(moved.token.address))
        try connection.execute(
            """
            UPDATE device SET address = ?, keys = ?, environment = ?, token_kind = ?, app_identifier = ?, address_hash = ?,
              registered_at = CASE WHEN registered_at < ? THEN ? ELSE registered_at END
            WHERE id = ? AND NOT EXISTS
              (SELECT 1 FROM device AS other WHERE other.app = device.app AND other.provider = device.provider
               AND other.address_hash = ? AND other.id <> device.id)
            """,
            TokenRow.values(moved.token)
                // What is said of the old token later means nothing any more.
                + [hash, .date(moment), .date(moment), .text(moved.device.rawValue), hash])
    }
}
