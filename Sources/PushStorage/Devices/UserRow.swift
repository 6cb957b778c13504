import Foundation
import JSON
import PushSender

/// How a user stands in a row.
enum UserRow {
    static let columns = "id, attributes, quiet_hours, created_at, updated_at"

    static let insertUser = SQLInsert(
        table: "app_user", columns: ["app", "id", "attributes", "created_at", "updated_at"], tail: "ON CONFLICT DO NOTHING")

    /// Makes the row if it isn't there and holds it until the transaction ends: who registers a device of the user and who joins the user
    /// to a topic wait for each other.
    static func touch(_ user: String, _ app: AppID, _ now: Date, _ connection: any SQLConnection, _ dialect: SQLDialect) throws {
        let select = "SELECT 1 FROM app_user WHERE app = ? AND id = ?\(dialect.forUpdate)"
        let key: [SQLValue] = [.integer(app.rawValue), .text(user)]
        guard try connection.row(select, key) == nil else { return }
        try connection.insert(insertUser, [key + ["{}", .date(now), .date(now)]])
        if !dialect.forUpdate.isEmpty { _ = try connection.row(select, key) }
    }

    static func attributes(_ text: String) throws -> [String: JSONValue] {
        text == "{}" ? [:] : try value([String: JSONValue].self, text)
    }

    static func user(_ row: SQLRow, topics: [String]) throws -> User {
        User(
            id: try row.text(0), attributes: try attributes(row.text(1)),
            quietHours: try row.optionalText(2).map { try value(DailyHours.self, $0) }, topics: topics, createdAt: try row.date(3),
            updatedAt: try row.date(4))
    }
}
