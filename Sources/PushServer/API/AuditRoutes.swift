import Hummingbird
import PushStorage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `GET /v1/audit`: what administrators did, the newest first. For admin keys only; those of the App `default` see every App's.
struct AuditRoutes: Sendable {
    let store: SQLAuditStore
    let apps: SQLAppStore

    func add(to routes: RouterGroup<APIContext>, _ guards: RouteGuards) {
        routes.group("audit").add(middleware: guards.admin).get { request, context in try await list(request, context) }
    }

    private func list(_ request: Request, _ context: APIContext) async throws -> JSONReply {
        let page = try PageRequest(request)
        let names = try await Dictionary(uniqueKeysWithValues: apps.apps().map { ($0.id, $0.name) })
        let found = try await store.entries(app: try context.appScope(), before: try page.after.map(Self.number), limit: page.limit)
        return try JSONReply(
            .ok,
            AuditList(
                entries: found.map { AuditBody($0.number, $0.entry, app: names[$0.entry.app] ?? "") },
                next: OrNull(page.next(found.map { String($0.number) }))))
    }

    private static func number(_ text: String) throws -> Int64 {
        guard let number = Int64(text) else {
            throw Problem(.unprocessableContent, "invalid_field", "after: give what stood in next of the page before", field: "after")
        }
        return number
    }
}

private struct AuditList: Encodable {
    let entries: [AuditBody]
    let next: OrNull<String>
}

private struct AuditBody: Encodable {
    struct Key: Encodable {
        /// Null for what was done on the command line.
        let id: OrNull<String>
        let name: String
    }

    let id: String
    let at: Date
    let app: String
    let key: Key
    let action: String
    let subject: String

    init(_ number: Int64, _ entry: AuditEntry, app: String) {
        id = String(number)
        at = entry.at
        self.app = app
        key = Key(id: OrNull(entry.keyID.isEmpty ? nil : entry.keyID), name: entry.keyName)
        action = entry.action
        subject = entry.subject
    }
}
