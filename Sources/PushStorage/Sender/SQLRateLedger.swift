#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
public import PushSender
import Synchronization

/// Rates of lanes that the nodes on one database share. A node takes a tenth of a second's worth at a time, so that small pages don't cost
/// a transaction each.
public final class SQLRateLedger: RateLedger {
    private struct Stock {
        var devices: Int
        let takenAt: Date
    }

    private let database: any SQLDatabase
    private let stocks = Mutex<[Lane: Stock]>([:])
    /// What isn't used soon is gone: it must not add to the next second's.
    private static let stockSeconds: Double = 1

    public init(_ database: OpenDatabase) { self.database = database.sql }

    public func take(_ devices: Int, of lane: Lane, perSecond: Double, now: Date) async throws -> Date? {
        if takeFromStock(devices, lane, now) { return nil }
        let most = max(devices, Int(perSecond / 10))
        let (taken, until) = try await database.write { [dialect = database.dialect] connection in
            var bucket = try Self.bucket(lane, perSecond, now, connection, dialect)
            let answer = bucket.take(devices, upTo: most, now: now)
            try Self.write(bucket, lane, now, connection)
            return answer
        }
        if taken > devices { stock(taken - devices, lane, now) }
        return until
    }

    private func takeFromStock(_ devices: Int, _ lane: Lane, _ now: Date) -> Bool {
        stocks.withLock { stocks in
            guard let stock = stocks[lane], stock.devices >= devices,
                abs(now.timeIntervalSince(stock.takenAt)) < Self.stockSeconds
            else { return false }
            stocks[lane]?.devices -= devices
            return true
        }
    }

    private func stock(_ devices: Int, _ lane: Lane, _ now: Date) {
        stocks.withLock { $0[lane] = Stock(devices: devices, takenAt: now) }
    }

    // MARK: Statements

    private static func bucket(
        _ lane: Lane, _ perSecond: Double, _ now: Date, _ connection: any SQLConnection, _ dialect: SQLDialect
    ) throws -> TokenBucket {
        let select = "SELECT thousandths, filled_at FROM lane_rate WHERE \(LaneRow.condition)\(dialect.forUpdate)"
        if try connection.row(select, LaneRow.values(lane)) == nil {
            try insert(TokenBucket(perSecond: perSecond), lane, now, connection)
        }
        // Locked from here on: whoever made the row.
        guard let row = try connection.row(select, LaneRow.values(lane)) else {
            throw StorageError(.corrupt, "the rate of \(lane) is not there right after it was written")
        }
        return TokenBucket(perSecond: perSecond, tokens: Double(try row.integer(0)) / 1000, filledAt: try row.date(1))
    }

    private static func write(_ bucket: TokenBucket, _ lane: Lane, _ now: Date, _ connection: any SQLConnection) throws {
        try connection.execute(
            "UPDATE lane_rate SET thousandths = ?, filled_at = ? WHERE \(LaneRow.condition)", values(bucket, now) + LaneRow.values(lane))
    }

    private static func insert(_ bucket: TokenBucket, _ lane: Lane, _ now: Date, _ connection: any SQLConnection) throws {
        try connection.execute(
            "INSERT INTO lane_rate (thousandths, filled_at, \(LaneRow.columns)) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            values(bucket, now) + LaneRow.values(lane))
    }

    private static func values(_ bucket: TokenBucket, _ now: Date) -> [SQLValue] {
        [.integer(Int64((bucket.tokens * 1000).rounded())), .date(bucket.filledAt ?? now)]
    }
}
