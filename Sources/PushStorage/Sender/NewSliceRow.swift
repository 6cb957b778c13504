import Foundation
import PushSender

/// A slice that isn't in the database yet.
struct NewSliceRow {
    let push: PushID
    let segment: Segment
    let kind: SliceKind
    var range = ShardRange.all
    var notBefore: Date?
    var lease: Lease?

    /// - Returns: the slice's id.
    @discardableResult
    func insert(_ connection: any SQLConnection) throws -> Int64 {
        let due = notBefore ?? Date(milliseconds: 0)
        let row = try connection.row(
            """
            INSERT INTO slice
              (push, \(LaneRow.columns), time_zone, kind, first_shard, last_shard, not_before, lease_owner, lease_until)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id
            """,
            [.text(push.rawValue)] + LaneRow.values(segment.lane)
                + [
                    .text(segment.timeZone), .integer(kind.rawValue), .integer(range.first), .integer(range.last), .date(due),
                    .text(lease?.owner.rawValue), .date(lease?.until ?? due),
                ])
        guard let row else { throw StorageError(.corrupt, "a slice got no id") }
        return try row.integer(0)
    }
}
