#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import PushSender

/// How many devices there are in an audience: reads each of them, or each active one where they stand nowhere together.
enum AudienceCount {
    /// Active devices; providers that there are none of are left out. Tokens that aren't registered don't count.
    static func devices(of audience: Audience, app: AppID, asOf now: Date, _ connection: any SQLConnection) throws -> [ProviderName: Int] {
        try counts(audience.condition, .init(app: app, slice: nil, now: now), connection)
    }

    /// Active devices of which a condition is true.
    static func devices(matching condition: AudienceCondition, app: AppID, asOf now: Date, _ connection: any SQLConnection) throws -> Int {
        try counts(condition, .init(app: app, slice: nil, now: now), connection).values.reduce(0, +)
    }

    /// Active devices after the slice's cursor.
    static func left(of slice: Slice, _ audience: Audience, app: AppID, asOf now: Date, _ connection: any SQLConnection) throws -> Int {
        try counts(audience.condition, .init(app: app, slice: slice, now: now), connection).values.reduce(0, +)
    }

    /// Whether there is an active device.
    static func isAny(of audience: Audience, app: AppID, asOf now: Date, _ connection: any SQLConnection) throws -> Bool {
        let source = AudienceSource(audience.condition, .init(app: app, slice: nil, now: now))
        return try source.branches.contains { branch in
            let statement = "SELECT 1 " + branch.tables + " LIMIT 1"
            return try connection.row(statement.sql, statement.arguments) != nil
        }
    }

    private static func counts(
        _ condition: AudienceCondition, _ scope: AudienceSource.Scope, _ connection: any SQLConnection
    ) throws -> [ProviderName: Int] {
        let statement = statement(AudienceSource(condition, scope))
        let counts = try connection.rows(statement.sql, statement.arguments).map { (ProviderName(rawValue: try $0.text(0)), try $0.int(1)) }
        return Dictionary(counts, uniquingKeysWith: +)
    }

    private static func statement(_ source: AudienceSource) -> SQLFragment {
        guard source.branches.count > 1 else { return "SELECT d.provider, COUNT(*) " + source.branches[0].tables + " GROUP BY d.provider" }
        // Each once, wherever it was found.
        let devices = source.branches.map { "SELECT d.provider AS provider, d.id AS id " + $0.tables }.joined(" UNION ")
        return "SELECT provider, COUNT(*) FROM (" + devices + ") AS a GROUP BY provider"
    }
}
