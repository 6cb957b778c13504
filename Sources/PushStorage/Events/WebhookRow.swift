import PushSender

/// A webhook as a row.
enum WebhookRow {
    static let columns = """
        app, id, url, kinds, sealed_secrets, created_at, seen_transaction, seen_id, failures, failing_since, problem, due_at, disabled_at
        """

    static func webhook(_ row: SQLRow) throws -> Webhook {
        var progress = WebhookProgress(position: try EventRow.position(row, at: 6), dueAt: try row.date(11))
        progress.failures = try row.int(8)
        progress.failingSince = try row.optionalDate(9)
        progress.problem = try row.optionalText(10)
        progress.disabledAt = try row.optionalDate(12)
        return Webhook(
            definition: WebhookDefinition(
                app: AppID(rawValue: try row.integer(0)), id: WebhookID(rawValue: try row.text(1)), url: try row.text(2),
                kinds: kinds(try row.text(3))),
            sealedSecrets: try row.blob(4), createdAt: try row.date(5), progress: progress)
    }

    static func key(_ definition: WebhookDefinition) -> [SQLValue] { key(definition.id, definition.app) }
    static func key(_ id: WebhookID, _ app: AppID) -> [SQLValue] { [.integer(app.rawValue), .text(id.rawValue)] }

    /// Names with commas between them; none for all.
    static func text(_ kinds: Set<EventKind>) -> String { kinds.map(\.rawValue).sorted().joined(separator: ",") }

    private static func kinds(_ text: String) -> Set<EventKind> {
        Set(text.split(separator: ",").compactMap { EventKind(rawValue: String($0)) })
    }
}
