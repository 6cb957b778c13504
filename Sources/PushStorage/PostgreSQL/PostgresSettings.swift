import CLibPQ

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How to reach a PostgreSQL, and how long to wait for it.
public struct PostgresSettings: Sendable {
    /// `postgresql://user:password@host:port/database?sslmode=verify-full`, with every parameter that libpq knows.
    /// https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING
    public var url: String
    /// Connections kept open, each with a thread of its own; one more listens.
    public var connections = 10
    /// How long a request waits for a free connection, and for a database that is away.
    public var waitSeconds: Double = 5
    /// Requests that may wait for a connection at once; those beyond are refused at once.
    public var waitingRequests = 4096
    /// The longest that one statement may take.
    public var statementSeconds: Double = 15
    /// How long a start waits for a database that doesn't answer yet.
    public var startSeconds: Double = 10

    public init(url: String) { self.url = url }

    /// Whether a text names a PostgreSQL.
    public static func isPostgres(_ url: String) -> Bool {
        url.hasPrefix("postgres://") || url.hasPrefix("postgresql://")
    }

    /// What libpq can't read in a connection string, in either of its forms; nil when it can. Doesn't mention what the string holds.
    public static func problem(in url: String) -> String? {
        var message: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(url, &message) else {
            defer { PQfreemem(message) }
            let text = message.map { String(cString: $0) } ?? ""
            let isHarmless = text.hasPrefix("invalid URI query parameter") || text.hasPrefix("invalid connection option")
            return isHarmless ? text.split(separator: "\n").first.map(String.init) ?? text : "libpq can't read it"
        }
        PQconninfoFree(options)
        return nil
    }

    /// Makes an empty schema beside those that are there, so that several Heralds, or several tests, can share a database.
    /// - Returns: the settings that lead to it.
    /// - Throws: ``StorageError``.
    public func inNewSchema() throws -> PostgresSettings {
        let schema = "t_" + UUID().uuidString.lowercased().replacing("-", with: "")
        do {
            _ = try PostgresLink(self).run([.command("CREATE SCHEMA \(schema)")])
        } catch let failure as PostgresFailure {
            throw StorageError(failure)
        }
        var settings = self
        settings.url += (url.contains("?") ? "&" : "?") + "options=-csearch_path%3D\(schema)"
        return settings
    }
}
