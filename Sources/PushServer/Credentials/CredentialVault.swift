import HTTPTransport
import HTTPTypes
import JSON
import Logging
import PushProviders
import PushSender
import PushStorage
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Every App's provider credentials: checked when they are set, sealed in the database, in force at once.
final class CredentialVault: Sendable {
    /// A credential as it may be shown, and what came of checking it.
    struct Report: Sendable {
        let summary: [String: String]
        let environments: [ProviderEnvironment]
        let verdict: CredentialVerdict?
    }

    private let kinds: [ProviderName: CredentialKind]
    private let store: SQLCredentialStore
    private let keys: MasterKeys
    private let transport: any Transport
    private let changed: @Sendable (AppID, ProviderName) async throws -> Void
    private let learned: @Sendable (AppID, ProviderName) -> Void
    private let logger: Logger
    /// What is in force, as it stands in the database.
    private let inForce = Mutex<[Owner: [UInt8]]>([:])

    private struct Owner: Hashable {
        let app: AppID
        let provider: ProviderName
    }

    /// - Parameters:
    ///   - transport: reaches providers and whatever stands in for them; the operator chooses the addresses.
    ///   - changed: called when other credentials have been put in force here.
    ///   - learned: called when other credentials are in force that another node has put into the database.
    init(
        kinds: [CredentialKind], store: SQLCredentialStore, keys: MasterKeys, transport: any Transport, logger: Logger,
        changed: @escaping @Sendable (AppID, ProviderName) async throws -> Void,
        learned: @escaping @Sendable (AppID, ProviderName) -> Void
    ) {
        self.kinds = Dictionary(uniqueKeysWithValues: kinds.map { ($0.provider, $0) })
        self.store = store
        self.keys = keys
        self.transport = transport
        self.changed = changed
        self.learned = learned
        self.logger = logger
    }

    var providers: [ProviderName] { kinds.keys.sorted { $0.rawValue < $1.rawValue } }

    /// Puts everything stored in force. A credential that has become unusable, an expired certificate say, is named in the log and doesn't
    /// keep the server from starting.
    ///
    /// Called again it looks for what other nodes have changed since, and leaves the rest alone.
    func load(now: Date) async throws {
        let all = try await store.all()
        let owners = Set(all.map { Owner(app: $0.app, provider: $0.provider) })
        for owner in inForce.withLock({ Array($0.keys) }) where !owners.contains(owner) {
            inForce.withLock { _ = $0.removeValue(forKey: owner) }
            kinds[owner.provider]?.install([], owner.app)
            learned(owner.app, owner.provider)
        }
        for stored in all {
            let owner = Owner(app: stored.app, provider: stored.provider)
            guard let kind = kinds[stored.provider], inForce.withLock({ $0[owner] }) != stored.sealed else { continue }
            inForce.withLock { $0[owner] = stored.sealed }
            guard let (secret, isOld) = keys.open(stored.sealed, for: Self.context(stored.app, stored.provider)) else {
                logger.error(
                    "Credentials can't be opened: master.keys is not the one they were sealed with. Restore it, or set them again",
                    metadata: ["provider": "\(stored.provider.rawValue)"])
                continue
            }
            kind.install(usable(try JSONDecoder().decode([JSONValue].self, from: Data(secret)), kind, now), stored.app)
            learned(stored.app, stored.provider)
            if isOld { try await put(secret, stored.app, stored.provider, stored.updatedAt) }
        }
    }

    private func usable(_ all: [JSONValue], _ kind: CredentialKind, _ now: Date) -> [any ProviderCredential] {
        all.compactMap { fields in
            do throws(CredentialProblem) {
                return try kind.read(fields, now)
            } catch {
                logger.error(
                    "A credential can't be used any more",
                    metadata: ["provider": "\(kind.provider.rawValue)", "field": "\(error.field)", "problem": "\(error.message)"])
                return nil
            }
        }
    }

    /// Credentials that can be put in force.
    struct Checked: Sendable {
        fileprivate let fields: [JSONValue]
        fileprivate let credentials: [any ProviderCredential]
        fileprivate let app: AppID
        fileprivate let kind: CredentialKind
        let reports: [Report]
    }

    /// Replaces an App's credentials for a provider.
    /// - Throws: as ``check(_:app:provider:verifies:now:)``; nothing has changed then.
    func set(
        _ all: [JSONValue], app: AppID, provider: ProviderName, verifies: Bool, now: Date
    ) async throws -> [Report] {
        let checked = try await check(all, app: app, provider: provider, verifies: verifies, now: now)
        try await set(checked, now: now)
        return checked.reports
    }

    /// - Parameter verifies: asks the provider, too. One that can't be reached is no reason to refuse.
    /// - Throws: ``Problem`` that names the field.
    func check(
        _ all: [JSONValue], app: AppID, provider: ProviderName, verifies: Bool, now: Date
    ) async throws -> Checked {
        let kind = try kind(provider)
        guard !all.isEmpty else { throw Problem.invalid("credentials", "the list is empty; name one, or DELETE removes them all") }
        let credentials = try all.indices.map { index in
            try refuseStrangers(in: all[index], kind, index, of: all.count)
            do throws(CredentialProblem) {
                return try kind.read(all[index], now)
            } catch {
                throw problem(error, index, of: all.count)
            }
        }
        var reports: [Report] = []
        for (index, credential) in credentials.enumerated() {
            let verdict = verifies ? await credential.verify(over: transport, now: now) : nil
            if case .refused(let refusal) = verdict { throw problem(refusal, index, of: all.count) }
            reports.append(Report(credential, verdict))
        }
        return Checked(fields: all, credentials: credentials, app: app, kind: kind, reports: reports)
    }

    /// Replaces an App's credentials for a provider.
    func set(_ checked: Checked, now: Date) async throws {
        let app = checked.app, provider = checked.kind.provider
        try await put(Array(try JSONEncoder().encode(checked.fields)), app, provider, now)
        checked.kind.install(checked.credentials, app)
        try await changed(app, provider)
    }

    func remove(app: AppID, provider: ProviderName) async throws {
        let kind = try kind(provider)
        guard try await store.remove(app: app, provider: provider) else {
            throw Problem.noSuch("credential for", provider.rawValue)
        }
        inForce.withLock { _ = $0.removeValue(forKey: Owner(app: app, provider: provider)) }
        kind.install([], app)
        try await changed(app, provider)
    }

    /// What is in force.
    func reports(app: AppID, provider: ProviderName) throws -> [Report] {
        try kind(provider).installed(app).map { Report($0, nil) }
    }

    private func put(_ secret: [UInt8], _ app: AppID, _ provider: ProviderName, _ now: Date) async throws {
        let sealed = try keys.seal(secret, for: Self.context(app, provider))
        try await store.put(sealed, app: app, provider: provider, now: now)
        inForce.withLock { $0[Owner(app: app, provider: provider)] = sealed }
    }

    private static func context(_ app: AppID, _ provider: ProviderName) -> String {
        "credential \(app.rawValue) \(provider.rawValue)"
    }

    private func kind(_ provider: ProviderName) throws -> CredentialKind {
        guard let kind = kinds[provider] else {
            throw Problem(
                .notFound, "not_found",
                "there is no provider \(provider.rawValue); known are \(providers.map(\.rawValue).joined(separator: ", "))")
        }
        return kind
    }

    /// A slip of the pen must not be silence. Those from the database may be of an older Herald, and are left as they are.
    private func refuseStrangers(in fields: JSONValue, _ kind: CredentialKind, _ index: Int, of count: Int) throws {
        guard case .object(let members) = fields, let stranger = members.keys.sorted().first(where: { !kind.fieldNames.contains($0) })
        else { return }
        throw Problem.unknown(field: Self.field(stranger, index, of: count), among: kind.fieldNames.sorted())
    }

    private func problem(_ problem: CredentialProblem, _ index: Int, of count: Int) -> Problem {
        let field = Self.field(problem.field, index, of: count)
        return Problem(.unprocessableContent, "invalid_credential", "\(field): \(problem.message)", field: field)
    }

    /// - Parameter name: empty for the credential itself.
    private static func field(_ name: String, _ index: Int, of count: Int) -> String {
        if name.isEmpty { return "credentials[\(index)]" }
        return count == 1 ? name : "credentials[\(index)].\(name)"
    }
}

extension CredentialVault.Report {
    fileprivate init(_ credential: any ProviderCredential, _ verdict: CredentialVerdict?) {
        self.init(summary: credential.summary, environments: credential.environments, verdict: verdict)
    }
}
