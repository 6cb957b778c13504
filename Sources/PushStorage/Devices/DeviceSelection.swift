#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import PushSender

/// Active devices of which a condition is true, in the order of their ids.
struct DeviceSelection {
    private let source: AudienceSource

    init(_ condition: AudienceCondition, _ app: AppID, asOf now: Date) {
        source = AudienceSource(condition, .init(app: app, slice: nil, now: now))
    }

    func devices(after: DeviceID?, limit: Int, _ connection: any SQLConnection) throws -> [Device] {
        let page = source.branches.enumerated().map { index, branch in
            SQLFragment("SELECT id FROM (SELECT d.id AS id ") + branch.tables
                + SQLFragment(
                    " AND d.id > ? ORDER BY d.id LIMIT ?) AS p\(index)", [.text(after?.rawValue ?? ""), .integer(limit)])
        }
        let statement = "SELECT \(DeviceRow.columns) FROM device WHERE id IN (" + page.joined(" UNION ")
            + SQLFragment(") ORDER BY id LIMIT ?", [.integer(limit)])
        return try connection.rows(statement.sql, statement.arguments).map { try DeviceRow.device($0, connection) }
    }

    func ids(_ connection: any SQLConnection) throws -> [DeviceID] {
        let all = source.branches.map { "SELECT d.id AS id " + $0.tables }.joined(" UNION ")
        let statement = "SELECT id FROM (" + all + ") AS a ORDER BY id"
        return try connection.rows(statement.sql, statement.arguments).map { DeviceID(rawValue: try $0.text(0)) }
    }
}
