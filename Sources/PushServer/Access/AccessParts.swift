import HTTPTransport
import Hummingbird
import Logging
import PushStorage
import ServiceLifecycle

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Who may, wired.
struct AccessParts: Sendable {
    let guards: RouteGuards
    /// Stands before everything below `/v1`.
    let limits: RateMiddleware
    /// Whom devices may belong to.
    let identity: IdentityVerifier
    let audit: SQLAuditStore
    /// Writes down when keys were used.
    let keyUse: KeyUseService
    private let cache: KeyCache
    private let database: OpenDatabase

    /// - Parameter transport: one for addresses that strangers choose.
    init(
        _ database: OpenDatabase, _ keys: ServerKeys, _ settings: LimitSettings, transport: any Transport, logger: Logger
    ) async throws {
        let store = SQLKeyStore(database), uses = KeyUses(), requestLimits = RequestLimits(settings), now = database.now
        self.database = database
        cache = KeyCache(store)
        audit = SQLAuditStore(database)
        guards = RouteGuards(
            KeyCheck(cache: cache, limits: requestLimits, uses: uses, now: now), audit: AuditLog(store: audit, logger: logger, now: now))
        limits = RateMiddleware(limits: requestLimits)
        let vault = IdentityVault(store: SQLSecretStore(database), master: keys.master, transport: transport, now: now)
        identity = IdentityVerifier(vault: vault, now: now)
        keyUse = KeyUseService(uses: uses, store: store, logger: logger, clock: ContinuousClock())
        try await vault.sealAnew(SQLAppStore(database).apps().map(\.id))
    }

    /// `/v1/keys`, `/v1/audit` and `/v1/apps/{app}/identity`.
    func addRoutes(to api: RouterGroup<APIContext>) {
        let apps = SQLAppStore(database)
        KeyRoutes(keys: KeyMaking(store: SQLKeyStore(database), now: database.now), cache: cache, apps: apps).add(to: api, guards)
        AuditRoutes(store: audit, apps: apps).add(to: api, guards)
        IdentityRoutes(apps: apps, vault: identity.vault).add(to: api, guards)
    }
}
