#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import PushSender

/// The SELECT that reads the next page of an audience, in the order of cursors: `d.id`, then the columns asked for.
///
/// It looks where the audience's devices stand (``AudiencePlan``), in an index that has them in order, so that a page costs the devices
/// in it and not those before it, nor those beside it. Where there are several such places, a page of each is merged.
struct AudienceQuery {
    let sql: String
    let arguments: [SQLValue]

    /// - Parameters:
    ///   - limit: devices; a shorter page is the last.
    ///   - now: what ages in expressions are counted from. The same for all pages of a push.
    ///   - columns: of `device`, each as `d.…`.
    init(_ audience: Audience, slice: Slice, app: AppID, limit: Int, asOf now: Date, columns: String) {
        let source = AudienceSource(audience.condition, .init(app: app, slice: slice, now: now))
        let end = SQLFragment(" LIMIT ?", [.integer(limit)])
        let statement: SQLFragment
        if source.branches.count == 1 {
            let branch = source.branches[0]
            statement = "SELECT d.id, \(columns) " + branch.tables + " ORDER BY \(branch.order)" + end
        } else {
            let pages = source.branches.enumerated().map { index, branch in
                "SELECT shard, id FROM (SELECT d.shard AS shard, d.id AS id " + branch.tables + " ORDER BY \(branch.order)" + end
                    + ") AS p\(index)"
            }
            statement =
                "SELECT d.id, \(columns) FROM (" + pages.joined(" UNION ")
                + ") AS a CROSS JOIN device AS d WHERE d.id = a.id ORDER BY a.shard, a.id" + end
        }
        sql = statement.sql
        arguments = statement.arguments
    }
}
