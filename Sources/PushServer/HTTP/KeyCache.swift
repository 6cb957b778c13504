import Crypto
import PushStorage
import Synchronization

/// Remembers for a second which key a secret is, so that a client that sends thousands of pushes a second doesn't cost as many look-ups.
/// A key that is removed works for that second more, on the node that removed it not at all.
final class KeyCache: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// What is remembered of a secret.
    enum Memory {
        case none
        /// It was a key's when somebody last looked.
        case stale
        case fresh(APIKey)
    }

    private struct Entry {
        let key: APIKey
        let until: Instant
    }

    private let store: SQLKeyStore
    /// By digest: what is compared then takes no longer the more of a guess is right.
    private let entries = Mutex<[SHA256.Digest: Entry]>([:])
    private let lifetime: Duration
    private let entryLimit = 1024

    /// - Parameter lifetime: how long what was looked up counts as fresh.
    init(_ store: SQLKeyStore, lifetime: Duration = .seconds(1)) {
        self.store = store
        self.lifetime = lifetime
    }

    func memory(of secret: String, now: Instant) -> Memory {
        guard let entry = entries.withLock({ $0[digest(secret)] }) else { return .none }
        return entry.until > now ? .fresh(entry.key) : .stale
    }

    /// Looks into the database.
    /// - Returns: nil when no key has this secret. That isn't remembered: a new key works at once.
    func look(for secret: String) async throws -> APIKey? {
        guard let key = try await store.key(secret: secret) else {
            entries.withLock { _ = $0.removeValue(forKey: digest(secret)) }
            return nil
        }
        let entry = Entry(key: key, until: .now + lifetime)
        entries.withLock { entries in
            // Guesses never come so far: they can't push anybody out.
            if entries.count >= entryLimit { entries.removeAll() }
            entries[digest(secret)] = entry
        }
        return key
    }

    /// Forgets a key whose secrets are others now.
    func forget(_ id: String) { entries.withLock { $0 = $0.filter { $0.value.key.id != id } } }

    private func digest(_ secret: String) -> SHA256.Digest { SHA256.hash(data: Array(secret.utf8)) }
}
