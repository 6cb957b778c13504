#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
public import PushSender

/// Which devices may be sent to through a relay's capability URLs, in a database. A device has one number for all of them, so that there is
/// a row less to keep; what revokes them takes the number away, and the next is another.
public struct SQLRelayStore: Sendable {
    /// What is known of a device that a capability names.
    public struct Standing: Sendable, Hashable {
        public let provider: ProviderName
        /// Whether its provider has proved the token dead.
        public let isDisabled: Bool
        /// What its capabilities must have; nil when there are none.
        public let number: Int?
    }

    private let database: any SQLDatabase

    public init(_ database: OpenDatabase) { self.database = database.sql }

    /// - Returns: nil when there is no such device (any more).
    public func standing(of device: DeviceID, app: AppID) async throws -> Standing? {
        try await database.read { connection in
            try connection.row(
                "SELECT provider, disabled_at, relay FROM device WHERE id = ? AND app = ?", [.text(device.rawValue), .integer(app.rawValue)]
            ).map { row in
                Standing(
                    provider: ProviderName(rawValue: try row.text(0)), isDisabled: try row.optionalInt(1) != nil,
                    number: try row.optionalInt(2))
            }
        }
    }

    /// Gives the device a number, unless it has one.
    /// - Returns: the one it has then; nil when there is no such device.
    public func open(_ device: DeviceID, app: AppID, number: Int) async throws -> Int? {
        try await database.write { connection in
            try connection.execute(
                "UPDATE device SET relay = ? WHERE id = ? AND app = ? AND relay IS NULL",
                [.integer(number), .text(device.rawValue), .integer(app.rawValue)])
            return try connection.row(
                "SELECT relay FROM device WHERE id = ? AND app = ?", [.text(device.rawValue), .integer(app.rawValue)])?.optionalInt(0)
        }
    }

    /// Takes the number away: no capability of the device works any more.
    /// - Returns: whether there is such a device.
    public func revoke(_ device: DeviceID, app: AppID) async throws -> Bool {
        try await database.write { connection in
            try connection.execute(
                "UPDATE device SET relay = NULL WHERE id = ? AND app = ?", [.text(device.rawValue), .integer(app.rawValue)]) > 0
        }
    }
}
