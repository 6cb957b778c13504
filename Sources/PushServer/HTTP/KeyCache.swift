import Crypto
import PushStorage
import Synchronization

/// Remembers for a second which key a secret is, so that a client that sends thousands of pushes a second doesn't cost as many look-ups.
/// A key that is removed works for that second more.
final class KeyCache: Sendable {
    private struct Entry {
        let key: APIKey
        let until: ContinuousClock.Instant
    }

    private let store: SQLKeyStore
    /// By digest: what is compared then takes no longer the more of a guess is right.
    private let entries = Mutex<[SHA256.Digest: Entry]>([:])
    private let lifetime = Duration.seconds(1)
    private let entryLimit = 1024

    init(_ store: SQLKeyStore) { self.store = store }

    /// - Returns: nil when no key has this secret. That isn't remembered: a new key works at once.
    func key(secret: String) async throws -> APIKey? {
        let digest = SHA256.hash(data: Array(secret.utf8))
        let now = ContinuousClock.now
        if let entry = entries.withLock({ $0[digest] }), entry.until > now { return entry.key }
        let key = try await store.key(secret: secret)
        entries.withLock { entries in
            if entries.count >= entryLimit { entries.removeAll() }
            entries[digest] = key.map { Entry(key: $0, until: now + lifetime) }
        }
        return key
    }
}
