import HTTPTransport
import JSON
import PushSender
import PushStorage
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Every App's identity settings, sealed in the database. What another node changes holds here with the next token.
final class IdentityVault: Sendable {
    private let store: SQLSecretStore
    private let master: MasterKeys
    private let transport: any Transport
    private let now: @Sendable () -> Date
    /// Made from what stands in the database as long as it does.
    private let checkers = Mutex<[AppID: (sealed: [UInt8], checker: IdentityChecker)]>([:])

    /// - Parameter transport: one for addresses that strangers choose.
    init(store: SQLSecretStore, master: MasterKeys, transport: any Transport, now: @escaping @Sendable () -> Date) {
        self.store = store
        self.master = master
        self.transport = transport
        self.now = now
    }

    /// What checks an App's tokens; nil when the App has no settings.
    /// - Throws: ``IdentityRefusal`` when they can't be opened.
    func checker(of app: AppID) async throws -> IdentityChecker? {
        guard let (sealed, _) = try await store.secret(Self.name(app)) else { return nil }
        if let known = checkers.withLock({ $0[app] }), known.sealed == sealed { return known.checker }
        guard let (secret, isOld) = master.open(sealed, for: Self.name(app)),
            let settings = try? JSONDecoder().decode(IdentitySettings.self, from: Data(secret))
        else { throw IdentityRefusal.settingsUnreadable }
        let checker = try await IdentityChecker(settings, transport: transport)
        if isOld {
            try await put(secret, app, checker)
        } else {
            checkers.withLock { $0[app] = (sealed, checker) }
        }
        return checker
    }

    /// - Parameter asks: fetches the keys where they are at a URL, and refuses settings whose keys can't be had.
    /// - Throws: ``Problem`` that names the field; nothing has changed then.
    func set(_ settings: IdentitySettings, of app: AppID, asks: Bool) async throws {
        let checker = try await IdentityChecker(try await settings.checked(), transport: transport)
        if asks { try await checker.fetch() }
        try await put(Array(try JSONEncoder().encode(settings)), app, checker)
    }

    /// - Returns: whether there were any.
    func remove(of app: AppID) async throws -> Bool {
        checkers.withLock { _ = $0.removeValue(forKey: app) }
        return try await store.remove(Self.name(app))
    }

    /// Seals with the first master key what an older one has sealed, so that the older one may go after a start.
    func sealAnew(_ apps: [AppID]) async throws {
        for app in apps {
            do { _ = try await checker(of: app) } catch is IdentityRefusal {}
        }
    }

    private func put(_ secret: [UInt8], _ app: AppID, _ checker: IdentityChecker) async throws {
        let sealed = try master.seal(secret, for: Self.name(app))
        try await store.put(sealed, as: Self.name(app), now: now())
        checkers.withLock { $0[app] = (sealed, checker) }
    }

    private static func name(_ app: AppID) -> String { "identity \(app.rawValue)" }
}
