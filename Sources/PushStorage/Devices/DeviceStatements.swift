#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import PushSender

/// What is written of a device, one at a time or many at once.
enum DeviceStatements {
    static let insertDevice = SQLInsert(
        table: "device",
        columns: ["id", "app", "provider", "shard", "address_hash", "user_id", "created_at", "registered_at", "disabled_at"]
            + TokenRow.columnNames + DeviceRow.profileColumns)

    static let renewDevice = """
        UPDATE device SET address = ?, keys = ?, environment = ?, token_kind = ?, app_identifier = ?, user_id = ?,
          registered_at = ?, disabled_at = ?, \(assignments(DeviceRow.profileColumns)) WHERE id = ?
        """

    static let deleteTag = "DELETE FROM device_tag WHERE device = ? AND name = ?"
    static let insertTag = SQLInsert(
        table: "device_tag", columns: ["app", "name", "value", "shard", "device"], tail: "ON CONFLICT DO NOTHING")

    static let deleteTopic = "DELETE FROM device_topic WHERE app = ? AND shard = ? AND device = ? AND topic = ?"
    static let insertTopic = SQLInsert(
        table: "device_topic", columns: ["app", "shard", "device", "topic", "origin"],
        tail: "ON CONFLICT (app, topic, shard, device) DO UPDATE SET origin = excluded.origin")

    static func assignments(_ columns: [String]) -> String { columns.map { "\($0) = ?" }.joined(separator: ", ") }
}
