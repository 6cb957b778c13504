import PushStorage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Whose a secret is, without letting anybody guess.
struct KeyCheck: Sendable {
    let cache: KeyCache
    let limits: RequestLimits
    let uses: KeyUses
    let now: @Sendable () -> Date

    /// - Throws: ``Problem``: 401 for a secret that is no key's; 429, without a look into the database, when such secrets have come from
    ///   this address too often. One that was a key's a moment ago is always looked up.
    func key(secret: String, from address: ClientAddress, notes: RateNotes) async throws -> APIKey {
        let key = try await known(secret, from: address, notes)
        uses.note(key, at: now())
        try notes.note(limits.request(with: key, from: address, now: .now))
        return key
    }

    private func known(_ secret: String, from address: ClientAddress, _ notes: RateNotes) async throws -> APIKey {
        let memory = cache.memory(of: secret, now: .now)
        if case .fresh(let key) = memory { return key }
        if case .none = memory, let verdict = limits.guess(from: address, now: .now), verdict.wait != nil { try notes.note([verdict]) }
        guard let key = try await cache.look(for: secret) else { throw Problem.unauthenticated }
        if case .none = memory { limits.guessedRight(from: address) }
        return key
    }
}
