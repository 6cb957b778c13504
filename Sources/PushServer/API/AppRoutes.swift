import Hummingbird
import JSON
import PushProviders
import PushSender
import PushStorage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `/v1/apps`: Apps and their provider credentials. For admin keys only; those of the App `default` see to every App, others to their own.
struct AppRoutes: Sendable {
    let apps: SQLAppStore
    let vault: CredentialVault
    let now: @Sendable () -> Date

    func add(to routes: RouterGroup<APIContext>, _ guards: RouteGuards) {
        let apps = routes.group("apps").add(middleware: guards.admin)
        apps.get { _, context in try await list(context) }
        apps.put(":app") { _, context in try await create(context, guards.audit) }
        apps.get(":app/settings") { _, context in try await settings(context) }
        apps.put(":app/settings") { request, context in try await set(settings: request, context, guards.audit) }
        apps.get(":app/providers") { _, context in try await providers(context) }
        apps.put(":app/providers/:provider") { request, context in try await set(request, context, guards.audit) }
        apps.delete(":app/providers/:provider") { _, context in try await remove(context, guards.audit) }
    }

    private func list(_ context: APIContext) async throws -> JSONReply {
        let mine = try context.requireApp()
        let all = try await apps.apps().filter { mine == .default || $0.id == mine }
        return try JSONReply(.ok, AppList(apps: all.map(AppBody.init)))
    }

    private func create(_ context: APIContext, _ audit: AuditLog) async throws -> JSONReply {
        guard try context.requireApp() == .default else {
            throw Problem(.forbidden, "wrong_app", "only an admin key of the App default makes Apps")
        }
        let name = try context.parameters.require("app")
        guard (1...64).contains(name.utf8.count), name.utf8.allSatisfy(Self.isNameByte) else {
            throw Problem(
                .unprocessableContent, "invalid_field", "app: give 1 to 64 of a-z, 0-9, - and _", field: "app")
        }
        let (app, isNew) = try await apps.create(name, now: now())
        if isNew { try await audit.record(.appCreated, "App \(app.name)", app: app.id, by: context) }
        return try JSONReply(isNew ? .created : .ok, AppBody(app))
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }

    private func settings(_ context: APIContext) async throws -> JSONReply {
        try JSONReply(.ok, AppSettingsBody(try await apps.rules(of: try await app(context)).settings))
    }

    private func set(settings request: Request, _ context: APIContext, _ audit: AuditLog) async throws -> JSONReply {
        let settings = try await request.body(AppSettingsBody.self).checked()
        let app = try await app(context)
        try await apps.set(settings, of: app)
        try await audit.record(.appSettingsChanged, "settings", app: app, by: context)
        return try JSONReply(.ok, AppSettingsBody(settings))
    }

    private func providers(_ context: APIContext) async throws -> JSONReply {
        let app = try await app(context)
        let bodies = try vault.providers.map { provider in
            ProviderBody(provider: provider.rawValue, credentials: try vault.reports(app: app, provider: provider).map(CredentialBody.init))
        }
        return try JSONReply(.ok, ProviderList(providers: bodies))
    }

    private func set(_ request: Request, _ context: APIContext, _ audit: AuditLog) async throws -> JSONReply {
        let app = try await app(context), provider = try provider(context)
        let body = try await request.body(CredentialsBody.self)
        let reports = try await vault.set(
            try body.checked(), app: app, provider: provider, verifies: try request.asksToVerify(), now: now())
        try await audit.record(.credentialSet, "\(reports.count) for \(provider.rawValue)", app: app, by: context)
        return try JSONReply(.ok, ProviderBody(provider: provider.rawValue, credentials: reports.map(CredentialBody.init)))
    }

    private func remove(_ context: APIContext, _ audit: AuditLog) async throws -> Response {
        let app = try await app(context), provider = try provider(context)
        try await vault.remove(app: app, provider: provider)
        try await audit.record(.credentialRemoved, "those for \(provider.rawValue)", app: app, by: context)
        return Response(status: .noContent)
    }

    private func provider(_ context: APIContext) throws -> ProviderName {
        ProviderName(rawValue: try context.parameters.require("provider"))
    }

    private func app(_ context: APIContext) async throws -> AppID {
        let mine = try context.requireApp()
        let name = try context.parameters.require("app")
        guard let app = try await apps.app(named: name), mine == .default || app.id == mine else {
            throw Problem.noSuch("App", name)
        }
        return app.id
    }
}

extension Request {
    /// `?verify=false`: nobody outside is asked.
    func asksToVerify() throws -> Bool {
        switch uri.queryParameters["verify"] {
        case nil, "true": true
        case "false": false
        default: throw Problem.invalid("verify", "give true or false, or leave it out for true")
        }
    }
}

// MARK: Bodies

/// One credential as an object, or several as `{"credentials": […]}`.
private struct CredentialsBody: RequestBody {
    private let fields: [String: JSONValue]
    /// Each provider's vault knows its own.
    static let shape = BodyShape.any

    init(from decoder: any Decoder) throws {
        guard case .object(let fields) = try JSONValue(from: decoder) else {
            throw DecodingError.typeMismatch([String: JSONValue].self, .init(codingPath: [], debugDescription: "expected an object"))
        }
        self.fields = fields
    }

    func checked() throws -> [JSONValue] {
        guard let list = fields["credentials"] else { return [.object(fields)] }
        guard case .array(let all) = list else { throw Problem.invalid("credentials", "expected a list") }
        if let stranger = fields.keys.sorted().first(where: { $0 != "credentials" }) {
            throw Problem.unknown(field: stranger, among: ["credentials"])
        }
        return all
    }
}

private struct AppBody: Encodable {
    let app: String
    let createdAt: Date

    init(_ app: SQLAppStore.App) {
        self.app = app.name
        createdAt = app.createdAt
    }
}

private struct AppList: Encodable {
    let apps: [AppBody]
}

private struct ProviderList: Encodable {
    let providers: [ProviderBody]
}

private struct ProviderBody: Encodable {
    let provider: String
    let credentials: [CredentialBody]
}

private struct CredentialBody: Encodable {
    /// What may be shown of it.
    let fields: [String: String]
    let environments: [String]
    /// `accepted` or `unknown`; missing when nobody asked the provider.
    let verified: String?
    /// Why it is unknown.
    let note: String?

    init(_ report: CredentialVault.Report) {
        fields = report.summary
        environments = report.environments.map(\.rawValue).filter { !$0.isEmpty }
        switch report.verdict {
        case .accepted: (verified, note) = ("accepted", nil)
        case .unknown(let reason): (verified, note) = ("unknown", reason)
        case .refused, nil: (verified, note) = (nil, nil)
        }
    }
}
