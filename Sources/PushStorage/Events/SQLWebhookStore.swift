#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
public import PushSender

/// Webhooks in a database.
public struct SQLWebhookStore: WebhookStore {
    let database: any SQLDatabase

    public init(_ database: OpenDatabase) { self.database = database.sql }

    public func put(
        _ definition: WebhookDefinition, sealedSecrets: [UInt8], limit: Int, now: Date
    ) async throws -> (webhook: Webhook, isNew: Bool)? {
        try await database.write { [dialect = database.dialect] connection in
            let isChanged = try change(definition, connection)
            if !isChanged {
                guard try count(definition.app, connection) < limit else { return nil }
                try insert(definition, sealedSecrets, EventRow.newest(app: definition.app, connection, dialect), now, connection)
            }
            guard let webhook = try find(definition.id, definition.app, connection) else {
                throw StorageError(.corrupt, "webhook \(definition.id.rawValue) is not there right after it was written")
            }
            return (webhook, !isChanged)
        }
    }

    public func putSecrets(_ sealed: [UInt8], id: WebhookID, app: AppID) async throws -> Bool {
        try await database.write { connection in
            try connection.execute(
                "UPDATE webhook SET sealed_secrets = ? WHERE app = ? AND id = ?", [.blob(sealed)] + WebhookRow.key(id, app)) > 0
        }
    }

    public func webhook(_ id: WebhookID, app: AppID) async throws -> Webhook? {
        try await database.look { try find(id, app, $0) }
    }

    public func webhooks(app: AppID) async throws -> [Webhook] {
        try await database.read { connection in
            try connection.rows("SELECT \(WebhookRow.columns) FROM webhook WHERE app = ? ORDER BY id", [.integer(app.rawValue)])
                .map(WebhookRow.webhook)
        }
    }

    public func webhooks() async throws -> [Webhook] {
        try await database.read { connection in
            try connection.rows("SELECT \(WebhookRow.columns) FROM webhook ORDER BY app, id", []).map(WebhookRow.webhook)
        }
    }

    public func remove(_ id: WebhookID, app: AppID) async throws -> Bool {
        try await database.write { try $0.execute("DELETE FROM webhook WHERE app = ? AND id = ?", WebhookRow.key(id, app)) > 0 }
    }
}

private func find(_ id: WebhookID, _ app: AppID, _ connection: any SQLConnection) throws -> Webhook? {
    try connection.row("SELECT \(WebhookRow.columns) FROM webhook WHERE app = ? AND id = ?", WebhookRow.key(id, app))
        .map(WebhookRow.webhook)
}

private func count(_ app: AppID, _ connection: any SQLConnection) throws -> Int {
    try connection.row("SELECT COUNT(*) FROM webhook WHERE app = ?", [.integer(app.rawValue)])?.int(0) ?? 0
}

/// It goes on at once, with batches of its new kinds. Whoever is sending one has lost it.
private func change(_ definition: WebhookDefinition, _ connection: any SQLConnection) throws -> Bool {
    try connection.execute(
        """
        UPDATE webhook SET url = ?, kinds = ?, end_transaction = NULL, end_id = NULL, failures = 0, failing_since = NULL, problem = NULL,
          due_at = 0, disabled_at = NULL, lease_owner = NULL, lease_until = 0
        WHERE app = ? AND id = ?
        """,
        [.text(definition.url), .text(WebhookRow.text(definition.kinds))] + WebhookRow.key(definition)) > 0
}

private func insert(
    _ definition: WebhookDefinition, _ sealedSecrets: [UInt8], _ position: EventPosition, _ now: Date, _ connection: any SQLConnection
) throws {
    try connection.execute(
        """
        INSERT INTO webhook (app, id, url, kinds, sealed_secrets, created_at, seen_transaction, seen_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
        WebhookRow.key(definition) + [
            .text(definition.url), .text(WebhookRow.text(definition.kinds)), .blob(sealedSecrets), .date(now),
        ] + EventRow.values(position))
}
