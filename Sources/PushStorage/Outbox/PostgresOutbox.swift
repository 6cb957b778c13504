import Foundation

/// One connection to the database of an outbox. It is made when it is first needed, and again when it is lost.
///
/// Rows are locked as Centrifugo locks them, so that of several nodes, and of nodes of either kind, one at a time works on a partition.
public final class PostgresOutbox: Sendable {
    private let settings: OutboxSettings
    private let postgres: PostgresSettings
    private let patience = Patience()
    private let line = Line()

    public init(_ settings: OutboxSettings) {
        self.settings = settings
        postgres = PostgresSettings(url: settings.url)
    }

    /// Takes a partition's first rows, has them carried out, and deletes those that are over: all of it in one transaction.
    /// - Parameter carryOut: says how many of the first rows are over. They may come again when the transaction can't be committed.
    /// - Returns: nil while somebody else works on the partition.
    /// - Throws: ``StorageError``: then the rows are still there.
    public func page(of partition: Int, _ carryOut: @Sendable ([OutboxRow]) async -> OutboxPage) async throws -> OutboxPage? {
        guard let rows = try await onLink({ try self.take(partition, $0) }) else { return nil }
        let page = rows.isEmpty ? OutboxPage(rows: 0, settled: 0) : await carryOut(rows)
        try await onLink { try self.end(rows.prefix(page.settled), $0) }
        return page
    }

    /// Waits until there may be rows.
    /// - Returns: partitions that were notified.
    public func rest(for duration: Duration) async -> [Int] {
        guard settings.channel != nil else {
            try? await Task.sleep(for: duration)
            return []
        }
        let end = ContinuousClock.now + duration
        let heard = try? await onLink { link in
            var heard = try link.notifications()
            while heard.isEmpty, ContinuousClock.now < end, !self.patience.isHurried {
                link.waitForInput(until: min(end, .now + .milliseconds(200)))
                heard = try link.notifications()
            }
            return heard
        }
        if heard == nil { try? await Task.sleep(until: end) }
        return heard?.compactMap { Int($0.payload) } ?? []
    }

    /// To be called when the server stops: a database that doesn't answer is not waited for.
    public func hurry() { patience.hurry() }

    public func close() async { await line.perform { $0 = nil } }

    // MARK: Statements

    private func take(_ partition: Int, _ link: PostgresLink) throws -> [OutboxRow]? {
        let lock = try link.run([
            .command("BEGIN ISOLATION LEVEL READ COMMITTED"),
            .init(
                sql: "SELECT pg_try_advisory_xact_lock(hashtext(?))",
                arguments: [.text("centrifugo_partition_lock_\(settings.name)\(partition)")]),
        ])
        guard try lock.last?.rows.first?.int(0) == 1 else {
            _ = try link.run([.command("ROLLBACK")])
            return nil
        }
        let rows = try link.run([
            .init(
                sql: """
                    SELECT id::bigint, id::text || '.' || xmin::text, method::text, payload::text FROM \(settings.table.sql)
                    WHERE "partition" = ? ORDER BY id LIMIT ?
                    """,
                arguments: [.integer(partition), .integer(settings.pageRows)])
        ])
        return try rows.first?.rows.map { row in
            OutboxRow(
                id: try row.integer(0), identity: try row.text(1), method: try row.optionalText(2), payload: try row.optionalText(3))
        }
    }

    private func end(_ rows: ArraySlice<OutboxRow>, _ link: PostgresLink) throws {
        let deletions = rows.map {
            PostgresLink.Statement(sql: "DELETE FROM \(settings.table.sql) WHERE id = ?", arguments: [.integer($0.id)])
        }
        _ = try link.run(deletions + [.command(rows.isEmpty ? "ROLLBACK" : "COMMIT")])
    }

    // MARK: The connection

    /// After a failure the connection is given up, and with it the transaction.
    private func onLink<Value: Sendable>(_ work: @escaping @Sendable (PostgresLink) throws -> Value) async throws -> Value {
        let result: Result<Value, any Error> = await line.perform { link in
            do {
                let open = try link ?? self.connect()
                link = open
                return .success(try work(open))
            } catch {
                link = nil
                return .failure(error)
            }
        }
        do { return try result.get() } catch let failure as PostgresFailure {
            throw StorageError(failure.kind == .connectionLost ? .unavailable : .failed, failure.message)
        }
    }

    private func connect() throws -> PostgresLink {
        let link = try PostgresLink(postgres, patience: patience)
        if let channel = settings.channel { _ = try link.run([.command("LISTEN \(channel.sql)")]) }
        return link
    }
}

/// A connection and the one queue that it is used on.
private final class Line: @unchecked Sendable {
    // Unchecked, since what is touched on this queue alone needs no lock.
    private let queue = DispatchQueue(label: "herald-outbox")
    private var link: PostgresLink?

    func perform<Value: Sendable>(_ work: @escaping @Sendable (inout PostgresLink?) -> Value) async -> Value {
        await withCheckedContinuation { caller in
            queue.async { caller.resume(returning: work(&self.link)) }
        }
    }
}
