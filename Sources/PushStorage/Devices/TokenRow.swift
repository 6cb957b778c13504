import PushSender

/// A token as it stands in the columns of a device.
enum TokenRow {
    static let columnNames = ["address", "keys", "environment", "token_kind", "app_identifier"]

    static func columns(_ prefix: String = "") -> String { columnNames.map { prefix + $0 }.joined(separator: ", ") }

    static func values(_ token: Token) -> [SQLValue] {
        [
            .text(token.address), .blob(token.keys), .text(token.environment.rawValue), .text(token.kind),
            .text(token.appIdentifier),
        ]
    }

    /// - Parameter first: where the columns begin in the row.
    static func token(_ row: SQLRow, at first: Int) throws -> Token {
        Token(
            address: try row.text(first), keys: try row.blob(first + 1),
            environment: ProviderEnvironment(rawValue: try row.text(first + 2)), kind: try row.text(first + 3),
            appIdentifier: try row.text(first + 4))
    }
}
