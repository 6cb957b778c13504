#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
public import PushSender
import Synchronization

/// Rates that the nodes on one database share. A node takes a tenth of a second's worth at a time, so that small pages don't cost
/// a transaction each.
public final class SQLRateLedger: RateLedger {
    private struct Stock {
        var devices: Int
        let takenAt: Date
    }

    private let database: any SQLDatabase
    private let stocks = Mutex<[RateSubject: Stock]>([:])
    /// What isn't used soon is gone: it must not add to the next second's.
    private static let stockSeconds: Double = 1

    public init(_ database: OpenDatabase) { self.database = database.sql }

    public func take(_ devices: Int, of subject: RateSubject, perSecond: Double, now: Date) async throws -> Date? {
        if takeFromStock(devices, subject, now) { return nil }
        let most = max(devices, Int(perSecond / 10))
        let (taken, until) = try await database.write { [dialect = database.dialect] connection in
            var bucket = try Self.bucket(subject, perSecond, now, connection, dialect)
            let answer = bucket.take(devices, upTo: most, now: now)
            try Self.write(bucket, subject, now, connection)
            return answer
        }
        if taken > devices { stock(taken - devices, subject, now) }
        return until
    }

    private func takeFromStock(_ devices: Int, _ subject: RateSubject, _ now: Date) -> Bool {
        stocks.withLock { stocks in
            guard let stock = stocks[subject], stock.devices >= devices,
                abs(now.timeIntervalSince(stock.takenAt)) < Self.stockSeconds
            else { return false }
            stocks[subject]?.devices -= devices
            return true
        }
    }

    private func stock(_ devices: Int, _ subject: RateSubject, _ now: Date) {
        stocks.withLock { $0[subject] = Stock(devices: devices, takenAt: now) }
    }

    // MARK: Statements

    private static func bucket(
        _ subject: RateSubject, _ perSecond: Double, _ now: Date, _ connection: any SQLConnection, _ dialect: SQLDialect
    ) throws -> TokenBucket {
        let select = "SELECT thousandths, filled_at FROM \(subject.table) WHERE \(subject.condition)\(dialect.forUpdate)"
        if try connection.row(select, subject.values) == nil {
            try insert(TokenBucket(perSecond: perSecond), subject, now, connection)
        }
        // Locked from here on: whoever made the row.
        guard let row = try connection.row(select, subject.values) else {
            throw StorageError(.corrupt, "the rate of \(subject) is not there right after it was written")
        }
        return TokenBucket(perSecond: perSecond, tokens: Double(try row.integer(0)) / 1000, filledAt: try row.date(1))
    }

    private static func write(_ bucket: TokenBucket, _ subject: RateSubject, _ now: Date, _ connection: any SQLConnection) throws {
        try connection.execute(
            "UPDATE \(subject.table) SET thousandths = ?, filled_at = ? WHERE \(subject.condition)", values(bucket, now) + subject.values)
    }

    private static func insert(_ bucket: TokenBucket, _ subject: RateSubject, _ now: Date, _ connection: any SQLConnection) throws {
        try connection.execute(
            """
            INSERT INTO \(subject.table) (thousandths, filled_at, \(subject.columns))
            VALUES (?, ?\(String(repeating: ", ?", count: subject.values.count))) ON CONFLICT DO NOTHING
            """,
            values(bucket, now) + subject.values)
    }

    private static func values(_ bucket: TokenBucket, _ now: Date) -> [SQLValue] {
        [.integer(Int64((bucket.tokens * 1000).rounded())), .date(bucket.filledAt ?? now)]
    }
}

extension RateSubject {
    fileprivate var table: String { if case .lane = self { "lane_rate" } else { "push_rate" } }
    fileprivate var columns: String { if case .lane = self { LaneRow.columns } else { "push" } }
    fileprivate var condition: String { if case .lane = self { LaneRow.condition } else { "push = ?" } }

    fileprivate var values: [SQLValue] {
        switch self {
        case .lane(let lane): LaneRow.values(lane)
        case .push(let push): [.text(push.rawValue)]
        }
    }
}
